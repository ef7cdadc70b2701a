//! The conformance suite on DynamoDB, as dynoxide speaks it.

use std::sync::Arc;

use aws::dynoxide::Dynoxide;
use store::conformance::{ManualClock, Subject};

async fn make() -> Subject {
    let (engine, clock) = (Dynoxide::start().await, ManualClock::new());
    let store = engine.store("", Arc::clone(&clock) as Arc<_>);
    store.create_tables().await.unwrap();
    Subject::new(Arc::new(store), clock, engine)
}

store::conformance!(crate::conformance::make);
