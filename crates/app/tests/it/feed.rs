//! The feed: every event of a topic, each once and in order, however slowly somebody reads.

use std::sync::Arc;
use std::time::Duration;

use app::{App, Command, Delivery, Notice, Settings, Subscription, Topic};
use serde_json::json;
use store::log;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::{Desk, MIDNIGHT, body};

/// An app that follows its log.
struct Followed {
    desk: Desk,
    app: Arc<App>,
    follower: JoinHandle<()>,
}

impl Drop for Followed {
    fn drop(&mut self) {
        self.follower.abort();
    }
}

impl Followed {
    async fn open() -> Self {
        let desk = Desk::open().await;
        desk.resource("r", 100).await.unwrap();
        desk.resource("s", 100).await.unwrap();
        let app = Arc::new(App::new(desk.store.clone(), desk.clock.clone(), desk.clock.clone(), Settings::default()));
        let following = Arc::clone(&app);
        Self { desk, app, follower: tokio::spawn(async move { following.follow_log().await }) }
    }

    async fn book(&self, user: &str, resource: &str, booking: &str) {
        let wish = json!({"resourceID": resource, "starttimeepochtime": MIDNIGHT + 3600});
        self.app.put_booking(Command::default(), user, Some(booking), body(&wish)).await.unwrap();
    }

    async fn head(&self) -> i64 {
        log::ends(self.desk.store.as_ref()).await.unwrap().head
    }
}

async fn next(subscription: &mut Subscription) -> Arc<Notice> {
    match timeout(Duration::from_secs(10), subscription.next()).await.unwrap().unwrap() {
        Delivery::Event(notice) => notice,
        Delivery::Reset { head } => panic!("reset at {head}"),
    }
}

async fn is_silent(subscription: &mut Subscription) -> bool {
    timeout(Duration::from_millis(300), subscription.next()).await.is_err()
}

fn user(name: &str) -> Topic {
    Topic::Bookings(name.to_owned())
}

fn calendar(resource: &str) -> Topic {
    Topic::Resource(resource.to_owned())
}

#[tokio::test]
async fn what_concerns_a_topic_is_delivered_and_nothing_else() {
    let followed = Followed::open().await;
    let mut ada = followed.app.subscribe(vec![user("ada")], None).await.unwrap();
    let mut rooms = followed.app.subscribe(vec![calendar("r"), calendar("s")], None).await.unwrap();
    followed.book("bob", "r", "b1").await;
    followed.book("ada", "r", "b2").await;
    let told = next(&mut ada).await;
    assert_eq!((told.kind.as_str(), told.aggregate.as_str()), ("frontdesk.booking.created", "booking/b2"));
    assert!(is_silent(&mut ada).await, "Bob's booking is not hers");
    assert_eq!([next(&mut rooms).await.subject.as_str(), next(&mut rooms).await.subject.as_str()], ["b1", "b2"]);
    assert!(is_silent(&mut rooms).await, "a booking in a calendar is told once");
    // The resource that is left hears of the move, too.
    let mut left = followed.app.subscribe(vec![calendar("r")], None).await.unwrap();
    followed.book("ada", "s", "b2").await;
    assert_eq!(next(&mut left).await.kind, "frontdesk.booking.rescheduled");
    assert_eq!(next(&mut rooms).await.kind, "frontdesk.booking.rescheduled");
}

#[tokio::test]
async fn from_any_position_on_nothing_is_missed_and_nothing_comes_twice() {
    let followed = Followed::open().await;
    let start = followed.head().await;
    for number in 0..30 {
        followed.book(if number % 3 == 0 { "ada" } else { "bob" }, "r", &format!("b{number}")).await;
    }
    let head = followed.head().await;
    assert_eq!(head, start + 30);
    for after in start..=head {
        let mut ada = followed.app.subscribe(vec![user("ada")], Some(after)).await.unwrap();
        followed.book("ada", "s", &format!("late{after}")).await;
        let wanted = (0..30).filter(|number| number % 3 == 0 && start + number + 1 > after);
        let mut wanted: Vec<String> = wanted.map(|number| format!("b{number}")).collect();
        wanted.extend((start..=after).map(|late| format!("late{late}")));
        for subject in wanted {
            let told = next(&mut ada).await;
            assert_eq!(told.subject, subject, "from {after} on");
            assert_eq!(ada.position(), told.position);
        }
    }
}

#[tokio::test]
async fn who_reads_slowly_misses_nothing_and_hinders_nobody() {
    let followed = Followed::open().await;
    let mut slow = followed.app.subscribe(vec![user("ada")], None).await.unwrap();
    let mut quick = followed.app.subscribe(vec![user("ada")], None).await.unwrap();
    for number in 0..300 {
        followed.book("ada", "r", &format!("b{number}")).await;
        assert_eq!(next(&mut quick).await.subject, format!("b{number}"));
        if number == 0 {
            followed.desk.resource("r", 1_000).await.unwrap();
        }
    }
    for number in 0..150 {
        assert_eq!(next(&mut slow).await.subject, format!("b{number}"));
    }
    // More comes in while it catches up.
    for number in 300..500 {
        followed.book("ada", "r", &format!("b{number}")).await;
    }
    for number in 150..500 {
        assert_eq!(next(&mut slow).await.subject, format!("b{number}"));
    }
    assert!(is_silent(&mut slow).await);
}

#[tokio::test]
async fn a_position_that_is_gone_or_was_never_there_resets() {
    let followed = Followed::open().await;
    for number in 0..5 {
        followed.book("ada", "r", &format!("b{number}")).await;
    }
    let (store, head) = (followed.desk.store.as_ref(), followed.head().await);
    followed.desk.clock.wait(60);
    let now = domain::Clock::now(followed.desk.clock.as_ref());
    assert_eq!(log::trim(store, now, head - 1).await.unwrap(), head - 2);
    for unknown in [0, head - 3, head + 1, i64::MAX, -1] {
        let mut ada = followed.app.subscribe(vec![user("ada")], Some(unknown)).await.unwrap();
        let first = timeout(Duration::from_secs(10), ada.next()).await.unwrap().unwrap();
        assert!(matches!(first, Delivery::Reset { head: at } if at == head), "{unknown}: {first:?}");
        assert!(is_silent(&mut ada).await);
    }
    let mut ada = followed.app.subscribe(vec![user("ada")], Some(head - 2)).await.unwrap();
    assert_eq!(next(&mut ada).await.position, head - 1);
}

#[tokio::test]
async fn a_request_is_followed_from_accepted_to_its_end() {
    let followed = Followed::open().await;
    let command = Command { caller: "ada".to_owned(), ..Command::default() };
    let accepted = followed.app.request_booking(command, json!({"resourceID": "r", "starttimeepochtime": MIDNIGHT}));
    let message_id: String = serde_json::from_str(&accepted.await.unwrap().body.unwrap()).unwrap();
    let mut request = followed.app.subscribe(vec![Topic::Request(message_id.clone())], Some(0)).await.unwrap();
    assert_eq!(next(&mut request).await.kind, "frontdesk.request.accepted");
    followed.app.fulfil_waiting().await.unwrap();
    let told = next(&mut request).await;
    assert_eq!((told.kind.as_str(), &told.subject), ("frontdesk.request.completed", &message_id));
}
