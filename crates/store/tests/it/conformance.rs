//! The conformance suite, on the embedded store and on the model itself.

mod embedded {
    //! SQLite in a directory that is new for each case.

    use std::sync::Arc;

    use store::conformance::{ManualClock, Subject};
    use store::sqlite::{Options, SqliteStore};

    async fn make() -> Subject {
        let clock = ManualClock::new();
        let directory = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(Options::new(directory.path()), Arc::clone(&clock) as Arc<_>).unwrap();
        Subject::new(Arc::new(store), clock, directory)
    }

    store::conformance!(crate::conformance::embedded::make);
}

mod model {
    //! The model, which is to the point only if it does what it says.

    use std::sync::Arc;

    use store::conformance::{ManualClock, Model, Subject};

    async fn make() -> Subject {
        let clock = ManualClock::new();
        Subject::new(Arc::new(Model::new(Arc::clone(&clock) as Arc<_>)), clock, ())
    }

    store::conformance!(crate::conformance::model::make);
}
