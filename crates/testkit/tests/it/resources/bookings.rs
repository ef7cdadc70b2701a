//! GET /locations/{l}/resources/{r}/bookings.

use serde_json::{Value, json};
use testkit::{Caller, HOUR, NINE, TestApp, booking_of};

const PATH: &str = "/locations/l/resources/r/bookings";

fn starts(bookings: &[Value]) -> Vec<i64> {
    bookings.iter().map(|booking| booking["starttimeepochtime"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn others_see_when_and_how_much_and_nothing_else() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 2).await;
    let mut body = booking_of("r", NINE, 60);
    body["title"] = json!("secret");
    body["notes"] = json!("secret");
    body["phone"] = json!("secret");
    let whole = ada.put("/users/{me}/bookings/secret-id", &body).await.json(201);
    let outline = json!({"resourceID": "r", "locationID": "l", "starttimeepochtime": NINE, "endtimeepochtime": NINE + HOUR,
        "units": 1, "status": "CONFIRMED"});
    assert_eq!(bob.get(PATH).await.array(), [outline]);
    let whole = [whole];
    assert_eq!(ada.get(PATH).await.array(), whole);
    assert_eq!(admin.get(PATH).await.array(), whole);
}

#[tokio::test]
async fn in_one_list_ones_own_bookings_are_whole_and_others_outlines() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    admin.resource("l", "r", 1).await;
    ada.book("a", "r", NINE, 60).await.expect(201);
    bob.book("b", "r", NINE + HOUR, 60).await.expect(201);
    let list = ada.get(PATH).await.array();
    assert_eq!(starts(&list), [NINE, NINE + HOUR]);
    assert_eq!((&list[0]["bookingID"], &list[0]["userID"]), (&json!("a"), &json!(ada.sub)));
    assert_eq!((list[1].get("bookingID"), list[1].get("userID"), list[1].get("timestamp")), (None, None, None));
}

#[tokio::test]
async fn bookings_are_listed_by_start_and_canceled_ones_on_demand() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for hour in [5, 1, 3, 0, 4] {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
    }
    ada.cancel("b3").await.empty(200);
    assert_eq!(starts(&ada.get(PATH).await.array()), [0, 1, 4, 5].map(|hour| NINE + hour * HOUR));
    let all = ada.get(&format!("{PATH}?status=all")).await.array();
    assert_eq!(starts(&all), [0, 1, 3, 4, 5].map(|hour| NINE + hour * HOUR));
    assert_eq!(all[2]["status"], "CANCELED");
    assert_eq!(ada.get(&format!("{PATH}?status=CONFIRMED")).await.pointers(), ["?status"]);
}

#[tokio::test]
async fn long_lists_come_in_pages_that_skip_canceled_bookings() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 1).await;
    for hour in 0..12 {
        ada.book(&format!("b{hour}"), "r", NINE + hour * HOUR, 60).await.expect(201);
    }
    for hour in [0, 1, 2, 3, 7, 11] {
        ada.cancel(&format!("b{hour}")).await.empty(200);
    }
    let (mut seen, mut path) = (Vec::new(), Some(format!("{PATH}?limit=2")));
    while let Some(next) = path {
        let page = ada.get(&next).await;
        seen.extend(starts(&page.array()));
        path = page.next();
    }
    assert_eq!(seen, [4, 5, 6, 8, 9, 10].map(|hour| NINE + hour * HOUR));
}
