//! Orders: placed once, replaced, canceled, acknowledged.

use serde_json::{Value, json};
use testkit::{Caller, order_of};

use crate::desk::{Desk, Side, play};

/// Pages of a list that are looked through.
const PAGES: usize = 200;

/// Places an order of the guest's, which is canceled at the end if that is still possible.
async fn placed(desk: &Desk, id: &str) -> Value {
    desk.leaves(Side::Guest, format!("/orders/{id}"));
    desk.guest.order(id).await.json(200)
}

/// Whether the order is in a list.
async fn is_listed(caller: &impl Caller, list: &str, id: &str) -> bool {
    let mut path = list.to_owned();
    for _ in 0..PAGES {
        let page = caller.get(&path).await.json(200);
        if page["orders"].as_array().unwrap().iter().any(|order| order["orderId"] == id) {
            return true;
        }
        let Some(cursor) = page["nextCursor"].as_str() else { return false };
        path = format!("{list}?cursor={cursor}");
    }
    panic!("{list} has more than {PAGES} pages");
}

#[tokio::test]
async fn an_order_is_placed_read_replaced_and_canceled() {
    play(async |desk| {
        let (guest, id) = (&desk.guest, &desk.name);
        let path = format!("/orders/{id}");
        guest.get(&path).await.problem(404, "not-found");
        let order = placed(desk, id).await;
        assert_eq!((&order["orderId"], &order["status"]), (&json!(id), &json!("PLACED")));
        assert_eq!((&order["userId"], order["totalAmount"].to_string()), (&json!(guest.sub), "21.4".to_owned()));
        assert_eq!(guest.get(&path).await.json(200), order);
        assert!(is_listed(guest, "/orders", id).await);

        let mut other = order_of("ignored");
        other["totalAmount"] = json!(99);
        other["status"] = json!("CANCELED");
        let replaced = guest.put(&path, &other).await.json(200);
        assert_eq!((&replaced["orderId"], &replaced["status"]), (&json!(id), &json!("PLACED")));
        assert_eq!((&replaced["totalAmount"], &replaced["orderTime"]), (&json!(99), &order["orderTime"]));

        assert_eq!(guest.delete(&path).await.json(200)["status"], "CANCELED");
        assert_eq!(guest.get(&path).await.json(200)["status"], "CANCELED");
        guest.delete(&path).await.problem(400, "order-not-placed");
        guest.put(&path, &other).await.problem(400, "order-not-placed");
        assert!(is_listed(guest, "/orders", id).await, "canceled ones are listed, too");
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_sent_twice_is_placed_once() {
    play(async |desk| {
        let (guest, id) = (&desk.guest, &desk.name);
        let first = placed(desk, id).await;
        let mut other = order_of(id);
        other["totalAmount"] = json!(999);
        assert_eq!(guest.post("/orders", &other).await.json(200), first);
        guest.delete(&format!("/orders/{id}")).await.expect(200);
        assert_eq!(guest.post("/orders", &other).await.json(200), first, "the first answer again");

        let (key, keyed) = (desk.id("key"), desk.id("keyed"));
        desk.leaves(Side::Guest, format!("/orders/{keyed}"));
        let once = guest.post("/orders", &order_of(&keyed)).key(&key).await.json(200);
        let again = guest.post("/orders", &order_of(&keyed)).key(&key).await;
        assert_eq!((again.header("idempotent-replayed"), again.json(200)), (Some("true"), once));
        guest.post("/orders", &order_of(id)).key(&key).await.problem(422, "idempotency-key-reused");
    })
    .await;
}

#[tokio::test]
async fn one_of_many_at_once_places_the_order() {
    play(async |desk| {
        let id = &desk.name;
        desk.leaves(Side::Guest, format!("/orders/{id}"));
        let answers = futures_util::future::join_all((0..8).map(|_| desk.guest.order(id).into_future())).await;
        let mut orders: Vec<String> = answers.iter().map(|answer| answer.json(200).to_string()).collect();
        orders.dedup();
        assert_eq!(orders.len(), 1, "{orders:?}");
    })
    .await;
}

#[tokio::test]
async fn an_administrator_acknowledges_and_then_nothing_changes() {
    play(async |desk| {
        let (admin, guest, id) = (&desk.admin, &desk.guest, &desk.name);
        placed(desk, id).await;
        assert!(is_listed(admin, &guest.path("/orders"), id).await);
        let acknowledge = guest.path(&format!("/orders/{id}/acknowledge"));
        guest.post(&acknowledge, &json!({})).await.problem(403, "forbidden");
        assert_eq!(admin.post(&acknowledge, &json!({})).await.json(200)["status"], "ACKNOWLEDGED");
        guest.delete(&format!("/orders/{id}")).await.problem(400, "order-not-placed");
        // Somebody else's order is none of one's own.
        admin.get(&format!("/orders/{id}")).await.problem(404, "not-found");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_order_is_named() {
    play(async |desk| {
        let missing = ["/orderId", "/orderItems", "/restaurantId", "/totalAmount"];
        assert_eq!(desk.guest.post("/orders", &json!({})).await.pointers(), missing);
        let mut order = order_of(&desk.name);
        order["totalAmount"] = json!(-1);
        assert_eq!(desk.guest.post("/orders", &order).await.pointers(), ["/totalAmount"]);
    })
    .await;
}
