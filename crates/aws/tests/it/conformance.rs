//! The conformance suite on DynamoDB, as dynoxide speaks it.

use store::conformance::Subject;

use crate::dynoxide::Dynoxide;

async fn make() -> Subject {
    Dynoxide::start().await.subject("").await
}

store::conformance!(crate::conformance::make);
