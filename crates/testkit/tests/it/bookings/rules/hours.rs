//! When a resource can be booked: hours, exceptions, grid, lengths, notice and horizon.

use serde_json::json;
use testkit::{Caller, HOUR, MINUTE, NINE, TestApp};

use super::{alternatives, office, open, set};

#[tokio::test]
async fn hours_are_the_locations_own_and_bind_users_but_not_administrators() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"openingHours": office()})).await;
    // 09:00 UTC is 11:00 in Berlin.
    ada.book("a", "r", NINE, 60).await.expect(201);
    let problem = ada.book("b", "r", NINE + HOUR, 60).await.problem(409, "opening-hours");
    assert_eq!(problem["errors"][0]["pointer"], "/starttimeepochtime");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2030-06-03 12:00 Europe/Berlin"), "{detail}");
    assert!(detail.contains("from 09:00 to 12:00 and from 13:00 to 18:00"), "{detail}");
    let found = alternatives(&problem);
    assert_eq!(found[..2], [NINE + 2 * HOUR, NINE - HOUR], "what is taken is not offered");
    for (number, start) in found.into_iter().enumerate() {
        ada.book(&format!("c{number}"), "r", start, 60).await.expect(201);
    }
    admin.book("d", "r", NINE + HOUR, 60).await.expect(201);
    let problem = admin.book("e", "r", NINE + HOUR, 60).await.problem(409, "capacity");
    assert!(!alternatives(&problem).is_empty());
}

#[tokio::test]
async fn exceptions_of_the_location_bind_all_that_is_there() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    let closed = json!({"name": "L", "exceptions": [{"startDate": "2030-06-03", "closed": true, "reason": "Works"}]});
    admin.put("/locations/l", &closed).await.expect(201);
    let problem = ada.book("b", "r", NINE + HOUR, 60).await.problem(409, "exception");
    assert!(problem["detail"].as_str().unwrap().contains("(Works)"), "{problem}");
    assert_eq!(alternatives(&problem), [NINE - 10 * HOUR, NINE + 15 * HOUR]);
    admin.book("c", "r", NINE + HOUR, 60).await.expect(201);
    // What stands stays, and may be renamed, but not moved.
    ada.book("a", "r", NINE, 60).await.expect(200);
    ada.book("a", "r", NINE, 90).await.problem(409, "exception");
    ada.cancel("a").await.empty(200);
}

#[tokio::test]
async fn grid_and_lengths_are_refused_with_times_that_fit() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"slotGridMinutes": 30, "minMinutes": 60, "maxMinutes": 120})).await;
    for (start, minutes, rule, first) in [
        (NINE + 10 * MINUTE, 60, "slot-grid", NINE),
        (NINE, 75, "slot-grid", NINE),
        (NINE, 30, "min-duration", NINE),
        (NINE, 150, "max-duration", NINE),
    ] {
        let problem = ada.book("b", "r", start, minutes).await.problem(409, rule);
        assert_eq!(alternatives(&problem)[0], first, "{problem}");
        let nearest = &problem["alternatives"][0];
        let seconds = nearest["endtimeepochtime"].as_i64().unwrap() - first;
        ada.put("/users/{me}/bookings/b?dryRun=true", &testkit::booking_of("r", first, seconds / MINUTE))
            .await
            .expect(201);
    }
    ada.book("b", "r", NINE, 60).await.expect(201);
}

#[tokio::test]
async fn notice_and_horizon_move_with_the_clock() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"minNoticeMinutes": 60, "maxHorizonDays": 2})).await;
    let now = app.now_seconds();
    let problem = ada.book("a", "r", now + 59 * MINUTE, 30).await.problem(409, "min-notice");
    assert_eq!(alternatives(&problem), [now + HOUR]);
    ada.book("a", "r", now + HOUR, 30).await.expect(201);
    // It is 13:00 in Berlin; 3 January ends there 59 hours later.
    let problem = ada.book("b", "r", now + 59 * HOUR, 30).await.problem(409, "max-horizon");
    assert_eq!(alternatives(&problem), [now + 59 * HOUR - 30 * MINUTE]);
    admin.book("c", "r", now, 30).await.expect(201);
    app.clock.advance_seconds(11 * HOUR);
    let ada = ada.signed_in_again(&app.cognito).await;
    ada.book("b", "r", now + 59 * HOUR, 30).await.expect(201);
}

#[tokio::test]
async fn rules_that_go_bind_no_more() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    open(&admin, &json!({"maxMinutes": 30})).await;
    ada.book("a", "r", NINE, 60).await.problem(409, "max-duration");
    set(&admin, &json!({})).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
}
