//! Many clients at once: exactly as many winners as there is room.

use std::sync::Arc;

use serde_json::json;
use testkit::{Answer, Caller, HOUR, NINE, TestApp, User, booking_of, fault};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const CLIENTS: usize = 64;

/// Clients of one user with a quota.
const FEW: usize = 16;

/// Users who take turns in being the clients.
async fn users(app: &TestApp) -> Vec<User> {
    let mut users = Vec::new();
    for name in ["ada", "bob", "cyd", "dan"] {
        users.push(app.user(name).await);
    }
    users
}

/// The answers to as many requests at once as there are clients.
async fn all_at_once<F>(users: &[User], request: impl Fn(User, usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    at_once(CLIENTS, users, request).await
}

/// The answers to so many requests at once.
async fn at_once<F>(count: usize, users: &[User], request: impl Fn(User, usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let start = Arc::new(Barrier::new(count));
    let mut clients = JoinSet::new();
    for (number, user) in (0..count).zip(users.iter().cycle()) {
        let (start, request) = (Arc::clone(&start), request(user.clone(), number));
        clients.spawn(async move {
            start.wait().await;
            request.await
        });
    }
    clients.join_all().await
}

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_clients_for_one_slot_one_wins_50_times_over() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let users = users(&app).await;
    for round in 0..50 {
        let start = NINE + round * HOUR;
        let book = |user: User, number: usize| async move {
            let minutes = if number.is_multiple_of(2) { 60 } else { 30 };
            user.put("/users/{me}/bookings", &booking_of("r", start + HOUR / 4, minutes)).await
        };
        let answers = all_at_once(&users, book).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, CLIENTS - 1), "round {round}");
        for user in &users {
            for booking in user.get("/users/{me}/bookings").await.array() {
                user.cancel(booking["bookingID"].as_str().unwrap()).await.empty(200);
            }
        }
    }
    println!("50 rounds of {CLIENTS} clients for one slot: one winner in each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_64_clients_for_ten_units_ten_win() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 10).await;
    let users = users(&app).await;
    for round in 0..10 {
        let start = NINE + round * HOUR;
        let book = |user: User, _| async move { user.put("/users/{me}/bookings", &booking_of("r", start, 60)).await };
        let answers = all_at_once(&users, book).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (10, CLIENTS - 10), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_16_bookings_of_one_user_at_different_times_the_quota_grants_three() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.location("l").await;
    let resource = json!({"name": "R", "quota": {"bookingsPerDay": 3}});
    admin.put("/locations/l/resources/r", &resource).await.expect(201);
    let hour = |number: usize| i64::try_from(number).unwrap() * HOUR / 2;
    for round in 0..10 {
        let day = NINE + round * 24 * HOUR;
        let book = |user: User, number: usize| async move {
            user.put("/users/{me}/bookings", &booking_of("r", day + hour(number), 30)).await
        };
        let answers = at_once(FEW, std::slice::from_ref(&ada), book).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (3, FEW - 3), "round {round}");
        // All are canceled twice at once, and three can be booked again.
        let ids: Vec<String> = answers.iter().filter(|answer| answer.status == 201).map(id).collect();
        let cancel = |user: User, number: usize| {
            let booking = ids[number % 3].clone();
            async move { user.cancel(&booking).await }
        };
        assert_eq!(count(&at_once(6, std::slice::from_ref(&ada), cancel).await, 200), 6);
        let answers = at_once(FEW, std::slice::from_ref(&ada), book).await;
        assert_eq!((count(&answers, 201), count(&answers, 409)), (3, FEW - 3), "round {round}");
    }
}

fn id(answer: &Answer) -> String {
    answer.json(201)["bookingID"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_move_their_bookings_to_one_slot_do_not_meet_there() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let users = users(&app).await;
    let hour = |number: usize| NINE + i64::try_from(number).unwrap() * HOUR;
    let book = |user: User, number: usize| async move { user.book(&format!("b{number}"), "r", hour(number), 60).await };
    assert_eq!(count(&all_at_once(&users, book).await, 201), CLIENTS);
    for round in 1..10 {
        let target = hour(CLIENTS * round);
        let book = |user: User, number: usize| async move { user.book(&format!("b{number}"), "r", target, 60).await };
        let answers = all_at_once(&users, book).await;
        let moved = count(&answers, 200);
        assert_eq!((moved, count(&answers, 409)), (1, CLIENTS - 1), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_under_one_idempotency_key_have_one_effect_and_one_answer() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1_000).await;
    let ada = app.user("ada").await;
    for round in 0..10 {
        let book = |user: User, _| async move {
            user.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).key(&format!("k{round}")).await
        };
        let answers = all_at_once(std::slice::from_ref(&ada), book).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body), "round {round}");
        let fresh = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none()).count();
        assert_eq!(fresh, 1, "round {round}");
        assert_eq!(ada.get("/users/{me}/bookings").await.array().len(), round + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates_of_one_order_are_placed_once() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    for round in 0..10_usize {
        let order = |user: User, _| async move { user.order(&format!("o{round}")).await };
        let answers = all_at_once(&[ada.clone(), bob.clone()], order).await;
        for user in [&ada, &bob] {
            let own: Vec<_> = answers.iter().filter(|answer| answer.json(200)["userId"] == user.sub.as_str()).collect();
            assert_eq!(own.len(), CLIENTS / 2);
            assert!(own.iter().all(|answer| answer.body == own[0].body), "round {round}");
            assert_eq!(user.get("/orders").await.json(200)["orders"].as_array().unwrap().len(), round + 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_acknowledged_or_canceled_and_never_both() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    for round in 0..5 {
        let id = format!("o{round}");
        ada.order(&id).await.expect(200);
        let change = |user: User, number: usize| {
            let (admin, id) = (admin.clone(), id.clone());
            async move {
                if number.is_multiple_of(2) {
                    user.delete(&format!("/orders/{id}")).await
                } else {
                    admin.post(&user.path(&format!("/orders/{id}/acknowledge")), &serde_json::json!({})).await
                }
            }
        };
        let answers = all_at_once(std::slice::from_ref(&ada), change).await;
        assert_eq!((count(&answers, 200), count(&answers, 400)), (1, CLIENTS - 1), "round {round}");
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        assert_eq!(ada.get(&format!("/orders/{id}")).await.body, winner.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_sign_ins_at_once_than_are_hashed_are_told_so() {
    let app = TestApp::with(|setup| setup.identity.waiting_hashes = 2).await;
    let ada = app.user("ada").await;
    let sign_in = |user: User, _| {
        let cognito = app.cognito.clone();
        async move { cognito.initiate(&user.email, &user.password).await }
    };
    let answers = all_at_once(std::slice::from_ref(&ada), sign_in).await;
    let refused = answers.iter().filter(|answer| answer.status != 200);
    let kinds: Vec<String> = refused.map(fault).collect();
    assert!(!kinds.is_empty() && kinds.len() < CLIENTS, "{}", kinds.len());
    assert!(kinds.iter().all(|kind| kind == "TooManyRequestsException"), "{kinds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_sign_ups_for_one_address_one_succeeds() {
    let app = TestApp::start().await;
    let mut clients = JoinSet::new();
    for _ in 0..8 {
        let cognito = app.cognito.clone();
        clients.spawn(async move {
            let body = serde_json::json!({"ClientId": testkit::CLIENT, "Username": "ada@example.com", "Password": testkit::PASSWORD});
            cognito.act("SignUp", &body).await.status
        });
    }
    let statuses = clients.join_all().await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(app.admin().await.get("/users").await.array().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_racing_with_the_deletion_of_their_resource_leave_nothing_standing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let ada = app.user("ada").await;
    for round in 0..5 {
        admin.resource("l", "r", 1_000).await;
        let book = |user: User, number: usize| {
            let admin = admin.clone();
            async move {
                match number {
                    7 => admin.delete("/locations/l/resources/r?cascade=true").await,
                    _ => user.put("/users/{me}/bookings", &booking_of("r", NINE, 60)).await,
                }
            }
        };
        let answers = all_at_once(std::slice::from_ref(&ada), book).await;
        assert!(answers.iter().all(|answer| [200, 201, 404, 409].contains(&answer.status)), "round {round}");
        assert_eq!(ada.get("/users/{me}/bookings").await.array(), Vec::<serde_json::Value>::new(), "round {round}");
        admin.get("/locations/l/resources/r").await.problem(404, "not-found");
    }
}

/// Newcomers and others in line while what is taken is given up: the first in line has it, each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_32_clients_that_come_as_units_come_free_none_overtakes_who_waits() {
    let app = TestApp::start().await;
    app.admin().await.resource("l", "r", 1).await;
    let users = users(&app).await;
    let owner = app.user("eve").await;
    for round in 0..10 {
        let start = NINE + round * 24 * HOUR;
        let taken = format!("taken-{round}");
        owner.book(&taken, "r", start, 60).await.expect(201);
        let mut patient = booking_of("r", start, 60);
        patient["waitlist"] = json!(true);
        let first = format!("/users/{{me}}/bookings/first-{round}");
        assert_eq!(owner.put(&first, &patient).await.json(201)["status"], "WAITING");
        let come = |user: User, number: usize| {
            let (owner, taken, patient) = (owner.clone(), taken.clone(), patient.clone());
            async move {
                match number {
                    16 => owner.cancel(&taken).await,
                    _ if number.is_multiple_of(2) => user.put("/users/{me}/bookings", &patient).await,
                    _ => user.put("/users/{me}/bookings", &booking_of("r", start, 60)).await,
                }
            }
        };
        let answers = at_once(32, &users, come).await;
        assert_eq!((count(&answers, 200), count(&answers, 201), count(&answers, 409)), (1, 15, 16), "round {round}");
        let waits = |answer: &&Answer| answer.status == 201 && answer.json(201)["status"] == "WAITING";
        assert_eq!(answers.iter().filter(waits).count(), 15, "round {round}");
        assert_eq!(owner.get(&first).await.json(200)["status"], "CONFIRMED", "round {round}");
    }
}
