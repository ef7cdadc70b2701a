//! POST /book and GET /query: accepted at once, fulfilled later.

mod accept;
mod crash;
mod fairness;

use serde_json::Value;
use testkit::{Caller, User};

/// Asks for something, checks the answer's form, and gives the request's identifier.
pub(crate) async fn request(user: &User, body: &Value) -> String {
    let answer = user.post("/book", body).await.expect(200);
    let published = answer.json(200)["PublishResponse"].clone();
    let message_id = published["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
    assert_eq!(message_id.len(), 36);
    assert_eq!(published["PublishResult"]["SequenceNumber"], Value::Null);
    assert_eq!(published["ResponseMetadata"]["RequestId"].as_str(), answer.header("x-request-id"));
    assert_eq!(answer.header("location"), Some(format!("/query/{message_id}").as_str()));
    message_id
}
