//! `GET /events/search`.

use std::fs;

use serde_json::{Value, json};
use store::search::SearchIndex;
use testkit::{Admin, Caller, Machine, TestApp, poll};

use crate::server::FRONTDESK;

/// Bytes of a page of an SQLite file.
const PAGE: usize = 4_096;

/// What is found: the aggregates, the latest first.
async fn found(admin: &Admin, query: &str) -> Vec<String> {
    let page = admin.get(&format!("/events/search?{query}")).await.json(200);
    let events = page["events"].as_array().unwrap();
    events.iter().map(|found| found["event"]["aggregate"].as_str().unwrap().to_owned()).collect()
}

async fn relay(app: &TestApp) {
    while app.instance.app.relay_waiting().await.unwrap() > 0 {}
}

#[tokio::test]
async fn events_are_found_by_words_type_aggregate_and_time_the_latest_first() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (id, name) in [("a", "Blue room"), ("b", "Blaues Zimmer, Köln"), ("c", "Blue hall")] {
        admin.put(&format!("/locations/{id}"), &json!({"name": name})).await.expect(201);
        // What is relayed together is in no particular order of time.
        relay(&app).await;
    }
    assert_eq!(found(&admin, "q=blue").await, ["location/c", "location/a"]);
    assert_eq!(found(&admin, "q=BLUE+room").await, ["location/a"]);
    assert_eq!(found(&admin, "q=bl*").await, ["location/c", "location/b", "location/a"]);
    assert_eq!(found(&admin, "q=koln").await, ["location/b"]);
    assert_eq!(found(&admin, "q=nowhere").await, [""; 0]);
    assert_eq!(found(&admin, "q=blue&aggregate=location/a").await, ["location/a"]);
    let all = found(&admin, "").await;
    assert!(all.len() >= 3, "{all:?}");
    let page = admin.get("/events/search?q=blue").await.json(200);
    let (kind, time) = (page["events"][1]["event"]["type"].clone(), page["events"][1]["event"]["time"].clone());
    assert_eq!(found(&admin, &format!("q=blue&type={}", kind.as_str().unwrap())).await.len(), 2);
    assert_eq!(found(&admin, "q=blue&type=frontdesk.other").await, [""; 0]);
    assert_eq!(found(&admin, &format!("q=blue&from={}", time.as_str().unwrap())).await.len(), 2);
    assert_eq!(found(&admin, &format!("q=blue&to={}", time.as_str().unwrap())).await, [""; 0]);
    assert_eq!(found(&admin, "q=blue&type=frontdesk.location.*").await, ["location/c", "location/a"]);
    assert_eq!(found(&admin, "type=frontdesk.location.*&aggregate=location/*").await.len(), 3);
    assert_eq!(found(&admin, "q=blue&aggregate=location/c*").await, ["location/c"]);
    assert_eq!(found(&admin, "q=blue&type=*.location.created").await, [""; 0], "only at its end a star is one");
    assert_eq!(found(&admin, "type=frontdesk.loc%25*").await, [""; 0]);
    let first = admin.get("/events/search?q=blue&limit=1").await.json(200);
    assert_eq!(first["events"], json!([page["events"][0]]));
    let cursor = first["nextCursor"].as_str().unwrap();
    let second = admin.get(&format!("/events/search?q=blue&limit=1&cursor={cursor}")).await.json(200);
    assert_eq!(second["events"], json!([page["events"][1]]));
}

#[tokio::test]
async fn operators_and_odd_characters_are_plain_words_or_a_clear_400() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for odd in ["a%22b", "NEAR(a", "text:a", "a'%3BDROP", "OR", "a%00b", "%22a", "a*b*"] {
        assert_eq!(found(&admin, &format!("q={odd}")).await, [""; 0], "{odd}");
    }
    let many = "a+".repeat(21);
    for wrong in
        ["q=*", "q=-", "q=%22", &format!("q={many}"), "from=yesterday", "to=1", "limit=0", "limit=101", "cursor=x"]
    {
        admin.get(&format!("/events/search?{wrong}")).await.problem(400, "invalid");
    }
    let backwards = "/events/search?from=2030-02-01T00:00:00Z&to=2030-01-01T00:00:00Z";
    let problem = admin.get(backwards).await.problem(400, "invalid");
    assert_eq!(problem["errors"], json!([{"pointer": "?to", "detail": "must be later than `from`"}]));
    app.user("ada").await.get("/events/search?q=a").await.problem(403, "forbidden");
}

#[tokio::test]
async fn what_is_erased_is_not_found_and_leaves_no_word_in_the_index() {
    let app = TestApp::start().await;
    let (admin, ada, bob) = (app.admin().await, app.user("ada").await, app.user("bob").await);
    for (user, dish) in [(&ada, "zabaglione"), (&bob, "tiramisu")] {
        let items = json!([{"id": 1, "name": dish, "price": 5, "quantity": 1}]);
        let order = json!({"orderId": dish, "restaurantId": 1, "totalAmount": 5, "orderItems": items});
        user.post("/orders", &order).await.expect(200);
    }
    relay(&app).await;
    assert_eq!((found(&admin, "q=zabaglione").await.len(), found(&admin, "q=tiramisu").await.len()), (1, 1));
    app.instance.app.erase_person(&ada.sub).await.unwrap();
    relay(&app).await;
    assert_eq!((found(&admin, "q=zabaglione").await.len(), found(&admin, "q=tiramisu").await.len()), (0, 1));
    for file in fs::read_dir(app.directory()).unwrap().map(|file| file.unwrap().path()) {
        if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("search.db")) {
            let bytes = fs::read(&file).unwrap();
            assert!(!String::from_utf8_lossy(&bytes).contains("zabaglione"), "{}", file.display());
        }
    }
}

#[tokio::test]
async fn an_index_that_is_lost_or_damaged_is_made_anew_from_the_log() {
    let machine = Machine::new(FRONTDESK);
    let options = ["--public-url", "http://desk.example.com"];
    let server = machine.serve(&options).await;
    server.admin().await.put("/locations/a", &json!({"name": "Blue room"})).await.expect(201);
    let before: Value = server.admin().await.get("/events/search?q=blue").await.json(200);
    assert_eq!(before["events"].as_array().unwrap().len(), 1);
    server.kill();
    for damage in [None, Some("this is no database, and never was one")] {
        for name in ["search.db", "search.db-wal", "search.db-shm"] {
            let _ = fs::remove_file(machine.data().join(name));
        }
        if let Some(damage) = damage {
            fs::write(machine.data().join("search.db"), damage).unwrap();
        }
        let server = machine.serve(&options).await;
        assert_eq!(server.admin().await.get("/events/search?q=blue").await.json(200), before);
        server.kill();
    }
}

#[tokio::test]
async fn damage_inside_the_index_is_noticed_beside_the_work_and_the_index_made_anew() {
    let machine = Machine::new(FRONTDESK);
    let options = ["--public-url", "http://desk.example.com"];
    let server = machine.serve(&options).await;
    let user = server.user("ada").await;
    for number in 0..200 {
        user.order(&format!("dish-{number}")).await.expect(200);
    }
    let query = "/events/search?q=placed&limit=100";
    let before: Value = server.admin().await.get(query).await.json(200);
    assert_eq!(before["events"].as_array().unwrap().len(), 100);
    server.kill();
    let file = machine.data().join("search.db");
    // Whoever closes it last puts everything into the one file.
    drop(SearchIndex::open(&file).unwrap());
    let mut bytes = fs::read(&file).unwrap();
    assert!(bytes.len() > 10 * PAGE, "{}", bytes.len());
    bytes[4 * PAGE..].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let server = machine.serve(&options).await;
    server.logged_part("the search index is damaged").await;
    let found = async || {
        let answer = server.admin().await.get(query).may_fail().await;
        (answer.status == 200 && answer.json(200)["events"] == before["events"]).then_some(())
    };
    poll::until("what was found before", found).await;
}

#[tokio::test]
async fn search_can_be_turned_off_and_then_there_is_no_index() {
    let machine = Machine::new(FRONTDESK);
    let options = ["--public-url", "http://desk.example.com", "--search"];
    let serve = async |switch: &'static str| machine.serve(&[&options[..], &[switch]].concat()).await;
    let server = serve("on").await;
    server.admin().await.put("/locations/a", &json!({"name": "Blue room"})).await.expect(201);
    let before: Value = server.admin().await.get("/events/search?q=blue").await.json(200);
    let file = machine.data().join("search.db");
    assert!(file.exists());
    server.kill();
    let server = serve("off").await;
    let problem = server.admin().await.get("/events/search?q=blue").await.problem(404, "search-off");
    assert!(problem["detail"].as_str().unwrap().contains("--search off"), "{problem}");
    assert!(!file.exists() && !machine.data().join("search.db-wal").exists());
    server.kill();
    let server = serve("on").await;
    assert_eq!(server.admin().await.get("/events/search?q=blue").await.json(200), before);
}
