//! The conformance suite on DynamoDB, as dynoxide speaks it.

use std::sync::Arc;

use store::conformance::Subject;

use crate::engine::{Tables, tables};

async fn make() -> Subject {
    let Tables { store, clock, engine, .. } = tables().await;
    Subject::new(Arc::new(store), clock, engine)
}

store::conformance!(crate::conformance::make);
