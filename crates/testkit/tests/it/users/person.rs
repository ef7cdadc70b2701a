//! One person's data, as the commands hand it out and erase it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::limits::PAGE_ITEMS;
use frontdesk::control::{Operation, execute};
use serde_json::{Value, json};
use store::Table;
use testkit::{Caller, HOUR, NINE, PASSWORD, TestApp, User, booking_of, fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const DAY: i64 = 24 * HOUR;

/// What the server answers a command.
async fn ask(app: &TestApp, operation: Operation) -> Result<Value, String> {
    let answer = execute(operation, &app.instance).await.map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(answer).unwrap())
}

async fn export(app: &TestApp, user: &str) -> Vec<Value> {
    let (mut lines, mut after) = (Vec::new(), None);
    loop {
        let page = ask(app, Operation::ExportUser { user: user.to_owned(), after }).await.unwrap();
        let more = page["person"]["lines"].as_array().unwrap();
        lines.extend(more.iter().map(|line| serde_json::from_str::<Value>(line.as_str().unwrap()).unwrap()));
        after = page["person"]["next"].as_str().map(str::to_owned);
        if after.is_none() {
            return lines;
        }
    }
}

async fn erase(app: &TestApp, user: &str) -> Result<(bool, i64, app::Erased), String> {
    let answer = ask(app, Operation::EraseUser { user: user.to_owned() }).await?["erased"].take();
    let erased = serde_json::from_value(answer["erased"].clone()).unwrap();
    Ok((answer["account"].as_bool().unwrap(), answer["sessions"].as_i64().unwrap(), erased))
}

/// Every item that names one of these, in whatever case.
async fn traces(app: &TestApp, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for table in Table::ALL {
        let mut after = None;
        loop {
            let page = app.instance.store.scan(table, PAGE_ITEMS, after).await.unwrap();
            for item in page.items {
                let text = format!("{table:?} {} {}", item.body, item.private.unwrap_or_default());
                let folded = text.to_lowercase();
                found.extend(words.iter().any(|word| folded.contains(*word)).then_some(text));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    found
}

/// Ada does all that one can do.
async fn live(app: &TestApp, ada: &User) {
    let admin = app.admin().await;
    admin.resource("l", "r", 2).await;
    admin.resource("l", "s", 2).await;
    let quota = json!({"name": "s", "type": "room", "capacity": 2, "quota": {"bookingsPerDay": 9}});
    admin.put("/locations/l/resources/s", &quota).await.expect(201);
    let profile = json!({"name": "Ada", "email": "Ada@example.com", "phone": "+49 30 1"});
    ada.put("/users/{me}", &profile).key("profile").await.expect(200);
    for (booking, start) in
        [("past", NINE - 400 * DAY), ("to-come", NINE), ("moved", NINE + DAY), ("gone", NINE + 2 * DAY)]
    {
        let path = ada.path(&format!("/bookings/{booking}"));
        ada.put(&path, &booking_of("r", start, 60)).key(booking).await.expect(201);
    }
    ada.book("moved", "s", NINE, 60).await.expect(200);
    ada.cancel("gone").await.expect(200);
    admin.put(&ada.path("/bookings/for-ada"), &booking_of("s", NINE, 90)).key("for-ada").await.expect(201);
    let mut both = booking_of("r", NINE + 3 * DAY, 60);
    both["attendees"] = json!([{"name": "Ada", "email": "ada@example.com"}]);
    both["additionalResources"] = json!([{"resourceID": "s", "units": 2}]);
    ada.put(&ada.path("/bookings/both"), &both).key("both").await.expect(201);
    ada.order("one").await.expect(200);
    ada.post("/orders", &testkit::order_of("two")).key("an-order").await.expect(200);
    ada.delete("/orders/one").await.expect(200);
    app.cognito.admin_user("AdminUserGlobalSignOut", &ada.email).await.expect(200);
}

#[tokio::test]
async fn a_person_is_handed_out_and_erased_whole() {
    let app = TestApp::start().await;
    let (ada, bob) = (app.user("ada").await, app.user("bob").await);
    live(&app, &ada).await;
    bob.book("bobs", "r", NINE, 60).await.expect(201);
    let lines = export(&app, "ADA@example.com").await;
    let count = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((count("account"), count("profile"), count("booking"), count("order")), (1, 1, 6, 2));
    assert_eq!(count("quota"), 1);
    assert!(count("event") > 10);
    let text = format!("{lines:?}");
    assert!(!text.contains("argon2") && !text.contains(&bob.sub), "{text}");

    let words = [ada.sub.as_str(), "ada@example.com"];
    assert!(traces(&app, &words).await.len() > 25);
    let (account, sessions, erased) = erase(&app, "Ada@Example.com").await.unwrap();
    assert!(account);
    assert_eq!((sessions, erased.bookings, erased.released, erased.orders, erased.profiles), (1, 6, 5, 2, 1));
    assert_eq!(traces(&app, &words).await, Vec::<String>::new());

    ada.get("/locations").await.problem(401, "unauthorized");
    assert_eq!(fault(&app.cognito.initiate(&ada.email, PASSWORD).await), "NotAuthorizedException");
    // Two of two would be in use, were Ada's still there.
    bob.book("second", "r", NINE, 60).await.expect(201);
    bob.book("third", "r", NINE, 60).await.problem(409, "capacity");
    assert_eq!(erase(&app, &ada.sub).await.unwrap(), (false, 0, app::Erased::default()));
    assert_eq!(erase(&app, &ada.email).await.unwrap_err(), "User does not exist.");
    assert_ne!(app.user("ada").await.sub, ada.sub);
}

#[tokio::test]
async fn what_a_deleted_account_left_behind_is_found_by_its_sub() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    live(&app, &ada).await;
    app.cognito.admin_user("AdminDeleteUser", &ada.email).await.expect(200);
    let admin = app.admin().await;
    assert_eq!(admin.get(&ada.path("/bookings")).await.array().len(), 5, "they stay");
    assert_eq!(admin.get(&ada.path("")).await.json(200)["name"], "Ada", "it stays");
    let lines = export(&app, &ada.sub).await;
    assert!(lines.iter().any(|line| line["data"]["type"] == "frontdesk.account.deleted"));
    let (account, _, erased) = erase(&app, &ada.sub).await.unwrap();
    assert!(!account);
    assert_eq!(erased.bookings, 6);
    assert_eq!(traces(&app, &[&ada.sub, "ada@example.com"]).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_erasure_is_told_without_saying_whose() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    live(&app, &ada).await;
    erase(&app, &ada.sub).await.unwrap();
    erase(&app, &ada.sub).await.unwrap();
    let told = traces(&app, &["frontdesk.user.erased"]).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let (_, event) = told[0].split_once(' ').unwrap();
    // What is private follows the body.
    let event: Value = serde_json::Deserializer::from_str(event).into_iter().next().unwrap().unwrap();
    assert_eq!(event["data"]["bookings"], 6);
    let digest = digest(&SHA256, ada.sub.as_bytes());
    assert_eq!(event["subject"], BASE64_URL_SAFE_NO_PAD.encode(digest));
}

#[tokio::test]
async fn the_last_administrator_is_not_erased() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let refused = erase(&app, &admin.email).await.unwrap_err();
    assert!(refused.contains("last administrator"), "{refused}");
    admin.get("/users").await.expect(200);
    let bob = app.user("bob").await;
    app.instance.identity.pool().unwrap().add_to_group(&bob.email, "apiAdmins").await.unwrap();
    assert!(erase(&app, &admin.email).await.unwrap().0);
    assert_eq!(traces(&app, &[&admin.sub, &admin.email]).await, Vec::<String>::new());
    assert!(erase(&app, &bob.email).await.unwrap_err().contains("last administrator"));
}

/// A request that was let in before the erasure began, and whose body comes after it has ended.
#[tokio::test]
async fn what_was_let_in_before_writes_nothing_after() {
    let app = TestApp::start().await;
    let ada = app.user("ada").await;
    live(&app, &ada).await;
    let ada = ada.signed_in_again(&app.cognito).await;
    let body = booking_of("r", NINE + HOUR, 60).to_string();
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nIdempotency-Key: late\r\nContent-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        ada.path("/bookings/late"),
        app.http.host(),
        ada.tokens.id,
        body.len()
    );
    let mut stream = TcpStream::connect(app.http.host()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // The server asks for the body once the caller is known and permitted.
    let mut invitation = [0; 25];
    stream.read_exact(&mut invitation).await.unwrap();
    assert!(invitation.starts_with(b"HTTP/1.1 100"));

    erase(&app, &ada.email).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert_eq!(traces(&app, &[&ada.sub, "ada@example.com"]).await, Vec::<String>::new());
}
