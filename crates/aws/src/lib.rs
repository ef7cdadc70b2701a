//! Every AWS adapter: the DynamoDB store, the accounts of a Cognito user pool, topics of SNS.

mod causes;
pub mod cognito;
pub mod dynamodb;
#[cfg(feature = "dynoxide")]
pub mod dynoxide;
pub mod sns;
