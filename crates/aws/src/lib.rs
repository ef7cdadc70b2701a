//! Every AWS adapter: the DynamoDB store.

pub mod dynamodb;
