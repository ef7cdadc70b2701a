//! Bookings that are not made at once: held until they are confirmed, and in line until units come free.

use serde_json::json;
use testkit::{Caller, booking_of};

use crate::desk::{at, play};

#[tokio::test]
async fn a_held_booking_keeps_its_units_and_is_confirmed() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        desk.resource(1).await;
        let path = guest.path(&format!("/bookings/{name}"));
        let mut wish = booking_of(name, nine, 60);
        wish["hold"] = json!(10);
        let held = guest.put(&path, &wish).await.json(201);
        assert!(held["status"] == "HELD" && held["expiresAt"].is_string(), "{held}");
        admin.book(&desk.id("other"), name, nine, 60).await.problem(409, "capacity");
        let confirmed = guest.post(&format!("{path}/confirm"), &json!({})).await.json(200);
        assert_eq!((&confirmed["status"], confirmed.get("expiresAt")), (&json!("CONFIRMED"), None));
        assert_eq!(guest.get(&path).await.json(200), confirmed);
        guest.cancel(name).await.empty(200);
    })
    .await;
}

#[tokio::test]
async fn who_waits_gets_what_is_given_up() {
    play(async |desk| {
        let (admin, guest, name, nine) = (&desk.admin, &desk.guest, &desk.name, desk.nine);
        desk.resource(1).await;
        let (first, waiting) = (desk.id("first"), guest.path(&format!("/bookings/{name}")));
        admin.book(&first, name, nine, 60).await.expect(201);
        let mut wish = booking_of(name, nine, 60);
        wish["waitlist"] = json!(true);
        assert_eq!(guest.put(&waiting, &wish).await.json(201)["status"], "WAITING");
        admin.cancel(&first).await.empty(200);
        let granted = desk.wait("the units that were given up", async || {
            Some(guest.get(&waiting).await.json(200)).filter(|booking| booking["status"] == "CONFIRMED")
        });
        at(&granted.await, nine, 60);
        guest.cancel(name).await.empty(200);
    })
    .await;
}
