//! Bookings: never two for one time, moved at once, and canceled.

use futures_util::future::join_all;
use serde_json::json;
use testkit::{Caller, HOUR, booking_of};

use crate::desk::{at, play};

#[tokio::test]
async fn a_booking_is_made_read_listed_moved_and_canceled() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        let resource = desk.resource(1).await;
        let booked = guest.book(name, name, nine, 60).await.json(201);
        at(&booked, nine, 60);
        let said = (&booked["bookingID"], &booked["userID"], &booked["locationID"], &booked["status"]);
        assert_eq!(said, (&json!(name), &json!(guest.sub), &json!(name), &json!("CONFIRMED")));
        let path = guest.path(&format!("/bookings/{name}"));
        assert_eq!(guest.get(&path).await.json(200), booked);
        assert_eq!(admin.get(&path).await.json(200), booked);
        let list = format!("{resource}/bookings");
        let listed = desk.wait("the booking in the list", async || guest.get(&list).await.array().pop());
        assert_eq!(listed.await["bookingID"], json!(name));

        let moved = guest.book(name, name, nine + 5 * HOUR, 30).await.json(200);
        at(&moved, nine + 5 * HOUR, 30);
        let second = desk.id("second");
        guest.book(&second, name, nine, 60).await.expect(201);

        guest.cancel(name).await.empty(200);
        assert_eq!(guest.get(&path).await.json(200)["status"], "CANCELED");
        guest.book(name, name, nine, 60).await.problem(409, "booking-canceled");
        guest.cancel(name).await.empty(200);
        admin.delete(&guest.path(&format!("/bookings/{second}"))).await.empty(200);
    })
    .await;
}

#[tokio::test]
async fn a_double_booking_is_refused_with_alternatives_that_can_be_had() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        desk.resource(1).await;
        guest.book(name, name, nine, 60).await.expect(201);
        let other = desk.id("other");
        for call in [guest.book(&other, name, nine + HOUR / 2, 60), admin.book(&other, name, nine, 15)] {
            let problem = call.await.problem(409, "capacity");
            assert_eq!(problem["conflicts"].as_array().unwrap().len(), 1, "{problem}");
            assert!(!problem["alternatives"].as_array().unwrap().is_empty(), "{problem}");
        }
        let problem = admin.book(&other, name, nine, 60).await.problem(409, "capacity");
        let start = problem["alternatives"][0]["starttimeepochtime"].as_i64().unwrap();
        at(&admin.book(&other, name, start, 60).await.json(201), start, 60);
        // Neither side of a booking is a conflict.
        assert_eq!((start - nine).abs(), HOUR);
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_as_many_are_booked_as_there_are_units() {
    play(async |desk| {
        let (guest, name, nine) = (&desk.guest, &desk.name, desk.nine);
        desk.resource(3).await;
        let calls = (0..12).map(|number| guest.book(&desk.id(&number.to_string()), name, nine, 60).into_future());
        let answers = join_all(calls).await;
        let booked = answers.iter().filter(|answer| answer.status == 201).count();
        let refused = answers.iter().filter(|answer| answer.status == 409).count();
        assert_eq!((booked, refused), (3, 9), "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn what_is_free_is_what_bookings_leave() {
    play(async |desk| {
        let (guest, name, nine) = (&desk.guest, &desk.name, desk.nine);
        let resource = desk.resource(1).await;
        guest.book(name, name, nine + HOUR, 60).await.expect(201);
        let window = format!("from={nine}&to={}", nine + 3 * HOUR);
        let answer = guest.get(&format!("{resource}/availability?{window}&minutes=60")).await.json(200);
        let free = answer["free"].as_array().unwrap();
        assert_eq!(free.len(), 2, "{answer}");
        at(&free[0], nine, 60);
        at(&free[1], nine + 2 * HOUR, 60);
        let search = format!("/availability?{window}&minutes=60&location={name}");
        let found = desk.wait("the resource in the search", async || {
            let answer = guest.get(&search).await.json(200);
            answer.to_string().contains(name.as_str()).then_some(())
        });
        found.await;
    })
    .await;
}

#[tokio::test]
async fn others_see_when_a_resource_is_taken_and_not_by_whom() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        let list = format!("{}/bookings", desk.resource(1).await);
        let mut wish = booking_of(name, nine, 60);
        wish["title"] = json!("secret");
        admin.put(&admin.path(&format!("/bookings/{name}")), &wish).await.expect(201);
        let seen = desk.wait("the booking in the list", async || guest.get(&list).await.array().pop()).await;
        at(&seen, nine, 60);
        assert_eq!((seen.get("bookingID"), seen.get("userID"), seen.get("title")), (None, None, None), "{seen}");
        assert_eq!(admin.get(&list).await.array()[0]["title"], "secret");
        guest.get(&guest.path(&format!("/bookings/{name}"))).await.problem(404, "not-found");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_a_booking_is_named() {
    play(async |desk| {
        let (guest, name, nine) = (&desk.guest, &desk.name, desk.nine);
        desk.resource(1).await;
        let path = guest.path(&format!("/bookings/{name}"));
        assert_eq!(guest.put(&path, &json!({})).await.pointers(), ["/resourceID", "/starttimeepochtime"]);
        assert_eq!(guest.put(&path, &booking_of(name, nine + 1, 60)).await.pointers(), ["/starttimeepochtime"]);
        guest.book(name, &desk.id("no-such-resource"), nine, 60).await.problem(404, "not-found");
        guest.get(&path).await.problem(404, "not-found");
    })
    .await;
}
