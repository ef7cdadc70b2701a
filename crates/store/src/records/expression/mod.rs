//! DynamoDB's expressions: conditions, updates and projections. (Amazon DynamoDB Developer Guide, "Using expressions".)
//!
//! An expression is parsed before the table is looked at, with everything DynamoDB refuses by the request alone; then it is applied to
//! items. The faults of parsing are plain: on PutItem, UpdateItem and DeleteItem the caller puts `1 validation error detected: ` before.

mod condition;
mod placeholders;
mod projection;
mod update;

#[expect(unused_imports, reason = "the engine of requests is to use it")]
pub(crate) use condition::{Clause, Condition};
pub(crate) use placeholders::Placeholders;
pub(crate) use projection::Projection;
pub(crate) use update::Update;
