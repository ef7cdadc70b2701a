//! The cancellation window: until when a booking may be given up.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, TestApp};

use super::open;

#[tokio::test]
async fn a_booking_is_canceled_in_time_or_by_an_administrator() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"cancellationNoticeMinutes": 120})).await;
    let start = app.now_seconds() + 150 * MINUTE;
    ada.book("a", "r", start, 60).await.expect(201);
    ada.book("b", "r", start + HOUR, 60).await.expect(201);
    app.clock.advance_seconds(30 * MINUTE);
    ada.cancel("b").await.empty(200);
    app.clock.advance_seconds(1);
    let problem = ada.cancel("a").await.problem(409, "cancellation-window");
    assert!(problem["detail"].as_str().unwrap().contains("120 minutes"), "{problem}");
    admin.delete(&ada.path("/bookings/a")).await.empty(200);
    ada.cancel("a").await.empty(200);
}

#[tokio::test]
async fn moving_away_is_giving_up_and_adding_is_not() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"cancellationNoticeMinutes": 120, "capacity": 2})).await;
    admin.resource("m", "elsewhere", 1).await;
    let start = app.now_seconds() + HOUR;
    ada.book("a", "r", start, 60).await.expect(201);
    ada.book("a", "r", start + 10 * HOUR, 60).await.problem(409, "cancellation-window");
    ada.book("a", "r", start, 30).await.problem(409, "cancellation-window");
    ada.book("a", "elsewhere", start, 60).await.problem(409, "cancellation-window");
    ada.book("a", "r", start - 30 * MINUTE, 120).await.expect(200);
    ada.book("a", "r", start - 30 * MINUTE, 120).await.expect(200);
    admin.put(&ada.path("/bookings/a"), &testkit::booking_of("elsewhere", start, 60)).await.expect(200);
    ada.book("a", "r", start, 60).await.expect(200);
}
