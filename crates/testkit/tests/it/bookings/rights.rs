//! Whose bookings are whose.

use testkit::{Caller, HOUR, NINE, TestApp, booking_of};

#[tokio::test]
async fn anothers_path_is_forbidden_whether_or_not_it_exists() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("b", "r", NINE, 60).await.expect(201);
    for path in [ada.path("/bookings"), "/users/nobody/bookings".to_owned()] {
        bob.get(&path).await.problem(403, "forbidden");
        bob.put(&path, &booking_of("r", NINE + HOUR, 60)).await.problem(403, "forbidden");
        for booking in ["b", "none"] {
            let path = format!("{path}/{booking}");
            bob.get(&path).await.problem(403, "forbidden");
            bob.put(&path, &booking_of("r", NINE + HOUR, 60)).await.problem(403, "forbidden");
            bob.delete(&path).await.problem(403, "forbidden");
        }
    }
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CONFIRMED");
}

#[tokio::test]
async fn anothers_booking_under_ones_own_path_is_not_found() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    let booked = ada.book("b", "r", NINE, 60).await.json(201);
    bob.get("/users/{me}/bookings/b").await.problem(404, "not-found");
    bob.cancel("b").await.problem(404, "not-found");
    bob.book("b", "r", NINE + HOUR, 60).await.problem(404, "not-found");
    admin.get(&bob.path("/bookings/b")).await.problem(404, "not-found");
    admin.delete(&bob.path("/bookings/b")).await.problem(404, "not-found");
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200), booked);
}

#[tokio::test]
async fn administrators_do_all_this_for_any_user() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    let path = ada.path("/bookings/b");
    let booked = admin.put(&path, &booking_of("r", NINE, 60)).await.json(201);
    assert_eq!(booked["userID"], ada.sub.as_str());
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200), booked);
    assert_eq!(admin.get(&ada.path("/bookings")).await.array(), [booked]);
    admin.put(&path, &booking_of("r", NINE + HOUR, 60)).await.expect(200);
    admin.delete(&path).await.empty(200);
    assert_eq!(ada.get("/users/{me}/bookings/b").await.json(200)["status"], "CANCELED");
}
