//! Bodies that are no good on any route that takes one.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;
use testkit::{Admin, Caller, NINE, TestApp};

/// The routes that take a body, for an administrator.
async fn routes(admin: &Admin) -> Vec<(Method, String)> {
    admin.resource("l", "r", 1).await;
    admin.order("o").await.expect(200);
    admin.book("b", "r", NINE, 60).await.expect(201);
    let put = |path: &str| (Method::PUT, path.to_owned());
    vec![
        (Method::POST, "/users".to_owned()),
        (Method::POST, "/orders".to_owned()),
        put(&admin.path("")),
        put("/orders/o"),
        put("/locations"),
        put("/locations/l"),
        put("/locations/l/resources"),
        put("/locations/l/resources/r"),
        put(&admin.path("/bookings")),
        put(&admin.path("/bookings/b")),
    ]
}

fn nested(levels: usize, open: &str, close: &str) -> Vec<u8> {
    format!("{{\"a\":{}1{}}}", open.repeat(levels), close.repeat(levels)).into_bytes()
}

/// Bodies that are 400 everywhere.
fn bad_bodies() -> Vec<Vec<u8>> {
    let texts = [
        "",
        " \n",
        "{",
        "}",
        "nul",
        "null",
        "true",
        "7",
        "\"name\"",
        "[]",
        "[{\"name\":\"A\"}]",
        "{\"name\":\"A\"",
        "{\"name\":\"A\"}x",
        "{\"name\":\"A\"}{}",
        "{name:\"A\"}",
        "{'name':'A'}",
        "{\"name\":\"A\",}",
        "{\"a\":01}",
        "{\"a\":NaN}",
        "{\"a\":1e}",
        "{\"a\":+1}",
        "{\"a\":1e400}",
        "{\"a\":-1e-400}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\u{1}\"}",
        "\u{feff}{}",
        "name=A",
        "<name>A</name>",
        "{\"_fd_version\":1}",
        "{\"_fd_\":{}}",
    ];
    let mut bodies: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    bodies.extend([
        b"{\"a\":\"\xff\"}".to_vec(),
        b"{\"\xc3\x28\":1}".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        vec![0; 100],
    ]);
    bodies.extend([nested(32, "[", "]"), nested(100_000, "[", "]"), nested(100_000, "{\"a\":", "}")]);
    bodies.push([vec![b'['; 100_000], vec![b']'; 100_000]].concat());
    bodies.push(vec![b'['; 1_000_000]);
    bodies.push(format!("{{\"a\":{}}}", "9".repeat(100_000)).into_bytes());
    bodies
}

#[tokio::test]
async fn what_is_no_acceptable_json_object_is_400_on_every_route() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let routes = routes(&admin).await;
    let before = state(&admin).await;
    for (method, path) in &routes {
        for body in bad_bodies() {
            admin.call(method.clone(), path).body(body).await.problem(400, "invalid");
        }
    }
    assert_eq!(state(&admin).await, before);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_413_on_every_route() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let routes = routes(&admin).await;
    let before = state(&admin).await;
    let large = json!({"name": "A", "x": "y".repeat(2 * 1024 * 1024)}).to_string();
    for (method, path) in &routes {
        admin.call(method.clone(), path).body(large.clone()).await.problem(413, "too-large");
    }
    assert_eq!(state(&admin).await, before);
    let numbers = format!("{{\"name\":\"A\",\"x\":[{}0]}}", "1e125,".repeat(100_000));
    assert_eq!(admin.call(Method::PUT, "/locations/l").body(numbers).await.status, 413);
    let bare = admin.call(Method::POST, &admin.path("/orders/none/acknowledge")).body(large).await;
    assert_eq!(bare.status, 413);
}

#[tokio::test]
async fn an_item_beyond_the_stores_limit_is_413() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let large = json!({"name": "A", "x": "y".repeat(500 * 1024)});
    for path in [admin.path(""), "/locations/l".to_owned()] {
        admin.put(&path, &large).await.problem(413, "too-large");
    }
    admin.get("/locations/l").await.problem(404, "not-found");
    let fits = json!({"name": "A", "x": "y".repeat(300 * 1024)});
    admin.put("/locations/l", &fits).await.expect(201);
    assert_eq!(admin.get("/locations/l").await.json(200)["x"], fits["x"]);
}

#[tokio::test]
async fn within_the_limits_any_json_is_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"name": "名前 \u{10ffff}\u{0}", "": "empty name", "a/b~c": {"\u{202e}": null}, "deep": deep(31),
        "__proto__": {"admin": true}, "$where": "1; DROP TABLE users", "long": "x".repeat(100_000)});
    let stored = admin.put("/users/{me}", &body).await.json(200);
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
    assert_eq!(admin.get("/users/{me}").await.json(200), stored);
}

/// So many levels below the body itself.
fn deep(levels: usize) -> serde_json::Value {
    (0..levels).fold(json!(1), |inner, _| json!([inner]))
}

#[tokio::test]
async fn of_a_member_that_is_given_twice_one_counts_and_nothing_breaks() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let stored = admin.call(Method::PUT, "/users/{me}").body(r#"{"name":"A","name":"B","x":1,"x":{"_fd_":2}}"#).await;
    assert!([200, 400].contains(&stored.status), "{}", stored.text());
}

/// What must not be changed.
async fn state(admin: &Admin) -> Vec<Vec<u8>> {
    let mut bodies = Vec::new();
    for path in ["/users", "/orders", "/locations", "/locations/l/resources", "/users/{me}/bookings?status=all"] {
        bodies.push(admin.get(path).await.body);
    }
    bodies
}

/// Nesting in texts that the JSON library would parse anew, as deep as they are: once enough to overflow the stack of a thread.
fn bomb() -> String {
    let mut text = "1".to_owned();
    for _ in 0..40 {
        let nested = format!("{}{text}{}", "[".repeat(120), "]".repeat(120));
        let hidden = nested.replace('\\', "\\u005c").replace('"', "\\u0022");
        text = format!("{{\"$serde_json::private::RawValue\":\"{hidden}\"}}");
    }
    text
}

#[tokio::test]
async fn nesting_that_is_hidden_in_texts_is_refused_wherever_it_comes_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let hidden = format!("{{\"a\":{}}}", bomb());
    for (method, path) in routes(&admin).await {
        admin.call(method, &path).body(hidden.as_str()).await.problem(400, "invalid");
    }
    admin.call(Method::POST, "/book").body(hidden.as_str()).await.problem(400, "invalid");
    let event = format!("{{\"operation\":\"create\",\"tableName\":\"lambda-apigateway\",\"payload\":{hidden}}}");
    admin.call(Method::POST, "/DynamoDBManager").body(event).await.expect(400);
    let sign_up = app.anonymous().call(Method::POST, "/").body(hidden.as_str());
    sign_up.plain().header("x-amz-target", "AWSCognitoIdentityProviderService.SignUp").await.expect(400);
    let header = format!("{{\"alg\":\"RS256\",\"kid\":\"k\",\"x\":{}}}", bomb());
    let token = format!("{}.e30.e30", BASE64_URL_SAFE_NO_PAD.encode(header));
    app.anonymous().get("/users").authorization(&token).await.expect(401);
    admin.get("/users").await.expect(200);
}
