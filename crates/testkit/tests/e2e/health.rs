//! Whether it is alive and ready, and what it says of itself.

use testkit::Caller;

use crate::desk::play;

#[tokio::test]
async fn it_is_alive_and_ready() {
    play(async |desk| {
        let answer = desk.anonymous.get("/health").await.expect(200);
        assert_eq!(answer.text(), "Ok");
        desk.anonymous.get("/ready").await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn it_describes_itself() {
    play(async |desk| {
        let document = desk.anonymous.get("/openapi.json").await.json(200);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
        for path in ["/users", "/orders", "/locations", "/book", "/DynamoDBManager"] {
            assert!(document["paths"].get(path).is_some(), "{path}");
        }
    })
    .await;
}
