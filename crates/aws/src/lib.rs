//! Every AWS adapter: the DynamoDB store.

pub mod dynamodb;
#[cfg(feature = "dynoxide")]
pub mod dynoxide;
