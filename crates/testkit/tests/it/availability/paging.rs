//! Pages of a search, and how much work one request does.

use std::ops::Range;

use serde_json::json;
use store::{Changes, Key, Table, Verdict};
use testkit::{Caller, TestApp, User};

use super::{furnish, ids, place, search};

/// All pages: the resources of each.
async fn pages(user: &User, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = search(user, &format!("{query}{cursor}")).await;
        pages.push(ids(&page).into_iter().map(str::to_owned).collect());
        let Some(next) = page["nextCursor"].as_str() else { return pages };
        cursor = format!("&cursor={next}");
        assert!(pages.len() < 20);
    }
}

/// Puts so many resources into the store, a hundred a commit.
async fn stock(app: &TestApp, location: &str, count: usize, more: &serde_json::Value) {
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(100) {
        let items = numbers.iter().map(|number| {
            let id = format!("{location}-{number:04}");
            let mut body = json!({"resourceID": id, "locationID": location, "name": "R"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            (Key::new(Table::Resources, id), body)
        });
        put(app, items.collect()).await;
    }
}

/// Puts the use of a resource on some days into the store.
async fn occupy(app: &TestApp, resource: &str, days: Range<i64>, used: &serde_json::Value) {
    let item = |day| {
        let mut body = json!({"resourceID": resource, "day": day});
        body.as_object_mut().unwrap().extend(used.as_object().unwrap().clone());
        (Key::number(Table::Occupancy, resource, day), body)
    };
    put(app, days.map(item).collect()).await;
}

/// Puts items into the store.
async fn put(app: &TestApp, items: Vec<(Key, serde_json::Value)>) {
    let put = move |_: &store::Loaded| {
        let mut changes = Changes::none();
        for (key, body) in &items {
            changes.put(key.clone(), body)?;
        }
        Ok(Verdict::<(), ()>::Commit(changes, ()))
    };
    store::transact(app.instance.store.as_ref(), Vec::new(), put).await.unwrap().unwrap();
}

#[tokio::test]
async fn pages_show_each_resource_once() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    place(&admin, "m", "UTC").await;
    for number in 0..7 {
        let kind = if number % 2 == 0 { "room" } else { "hall" };
        furnish(&admin, if number < 5 { "l" } else { "m" }, &format!("r{number}"), json!({"type": kind})).await;
    }
    for (query, sizes) in [
        ("limit=3", &[3, 3, 1][..]),
        ("limit=7", &[7]),
        ("limit=1&type=room", &[1, 1, 1, 1]),
        ("limit=1&type=hall", &[1, 1, 1, 0]),
        ("limit=2&location=l", &[2, 2, 1]),
        ("limit=1&location=m", &[1, 1]),
        ("limit=2&first=true", &[2, 2, 2, 1]),
    ] {
        let pages = pages(&ada, query).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{query}");
        let mut all = pages.concat();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), sizes.iter().sum::<usize>(), "{query}");
    }
}

#[tokio::test]
async fn a_place_in_the_list_outlives_the_resource_that_names_it() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    for resource in ["a", "b", "c", "d"] {
        admin.resource("l", resource, 1).await;
    }
    let page = search(&ada, "limit=2").await;
    let cursor = page["nextCursor"].as_str().unwrap();
    admin.delete("/locations/l/resources/b").await.expect(200);
    assert_eq!(ids(&search(&ada, &format!("limit=2&cursor={cursor}")).await), ["c", "d"]);
    for cursor in ["x", "e30", "W10"] {
        assert_eq!(ada.get(&format!("/availability?cursor={cursor}")).await.pointers(), ["?cursor"]);
    }
}

#[tokio::test]
async fn a_request_examines_five_hundred_resources_and_says_where_to_go_on() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    stock(&app, "l", 620, &json!({"type": "room"})).await;
    furnish(&admin, "l", "z", json!({"type": "hall"})).await;
    for location in ["", "&location=l"] {
        let query = format!("type=hall&period=day{location}");
        assert_eq!(pages(&ada, &query).await, [vec![], vec!["z".to_owned()]], "{query}");
        let sizes: Vec<usize> =
            pages(&ada, &format!("limit=500&period=day{location}")).await.iter().map(Vec::len).collect();
        assert_eq!(sizes, [500, 121]);
        assert_eq!(pages(&ada, &format!("type=arena{location}")).await, [[""; 0], [""; 0]]);
    }
}

#[tokio::test]
async fn resources_that_cannot_be_read_do_not_end_the_search() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    stock(&app, "l", 620, &json!({"name": 7})).await;
    furnish(&admin, "l", "z", json!({})).await;
    for query in ["period=day", "period=day&location=l"] {
        assert_eq!(pages(&ada, query).await, [vec![], vec!["z".to_owned()]], "{query}");
    }
}

#[tokio::test]
async fn a_year_of_many_resources_is_looked_through_in_several_requests() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    stock(&app, "l", 200, &json!({"capacity": 0})).await;
    let pages = pages(&ada, "first=true").await;
    assert_eq!(pages, [[""; 0], [""; 0], [""; 0]], "31,000 days each");
}

#[tokio::test]
async fn a_page_ends_when_it_shows_enough() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    place(&admin, "l", "UTC").await;
    stock(&app, "l", 4, &json!({})).await;
    // Every other minute of 62 days: 44,640 stretches of each resource.
    let steps: Vec<_> = (0..1_440).map(|minute| json!([minute, 1 - minute % 2])).collect();
    let first = 21_915;
    for number in 0..4 {
        occupy(&app, &format!("l-{number:04}"), first..first + 62, &json!({"steps": steps})).await;
    }
    let (from, to) = (first * 86_400, (first + 62) * 86_400);
    let sizes: Vec<usize> = pages(&ada, &format!("from={from}&to={to}")).await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [3, 1]);
}

#[tokio::test]
async fn days_of_much_use_are_looked_at_to_the_last() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.user("ada").await);
    admin.resource("l", "r", 2).await;
    // With holds that are void a day has about 100 KB: all of them are more than a page.
    let hold =
        |number: i64| json!({"bookingID": format!("{number:01000}"), "from": 0, "to": 1_440, "units": 1, "until": 0});
    let holds: Vec<_> = (0..100).map(hold).collect();
    let used = json!({"steps": [[0, 2]], "holds": holds});
    for days in [21_915..21_946, 21_946..21_977] {
        occupy(&app, "r", days, &used).await;
    }
    let path = "/locations/l/resources/r/availability?from=2030-01-01T00:00:00Z&to=2030-03-04T00:00:00Z";
    assert_eq!(ada.get(path).await.json(200)["free"], json!([]));
}
