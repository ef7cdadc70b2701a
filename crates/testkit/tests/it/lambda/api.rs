//! The interface and its authorizer, behind API Gateway.

use serde_json::{Value, json};
use testkit::{NINE, booking_of, claims, order_of};

use super::Cloud;
use super::gateway::{Client, Form, lets_through, request_question, token_question};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authorizer_says_what_a_token_is_good_for() {
    let cloud = Cloud::start().await;
    let authorizer = cloud.function("authorizer", &[]).await;
    let (ada, root) = (cloud.token("ada", &["staff"]).await, cloud.token("root", &["apiAdmins"]).await);
    let me = claims(&ada)["sub"].as_str().unwrap().to_owned();
    let of_ada = authorizer.answer(&token_question(&ada)).await;
    assert_eq!(of_ada["principalId"], me.as_str());
    let context = json!({"sub": me, "email": "ada@example.com", "groups": "staff"});
    assert_eq!(of_ada["context"], context);
    assert_eq!(authorizer.answer(&request_question(&ada)).await, of_ada);
    let own = format!("/users/{me}/bookings/b");
    for (method, path, may) in [
        ("GET", "/orders", true),
        ("POST", "/orders", true),
        ("GET", "/locations/l/resources/r/bookings", true),
        ("PUT", own.as_str(), true),
        ("POST", "/book", true),
        ("POST", "/graphql", true),
        ("GET", "/users", false),
        ("PUT", "/locations/l", false),
        ("DELETE", "/locations/l/resources/r", false),
        ("GET", "/users/somebody-else", false),
        ("POST", "/DynamoDBManager", false),
    ] {
        assert_eq!(lets_through(&of_ada, method, path), may, "{method} {path}: {of_ada}");
    }
    let of_root = authorizer.answer(&token_question(&root)).await;
    for (method, path) in [("GET", "/users"), ("DELETE", "/locations/l"), ("GET", "/users/somebody-else")] {
        assert!(lets_through(&of_root, method, path), "{method} {path}");
    }
    assert!(of_ada.to_string().len() < 8 * 1024, "API Gateway takes no longer policies");
    for wrong in ["", "Bearer", "a.b.c", &format!("{ada}x")] {
        // This very message makes it a 401.
        let error = authorizer.call(&token_question(wrong)).await.unwrap_err();
        assert_eq!(error["errorMessage"], "Unauthorized", "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_interface_is_the_same_behind_either_api() {
    let cloud = Cloud::start().await;
    let api = cloud.function("api", &[("FRONTDESK_PUBLIC_URL", "https://desk.example.com")]).await;
    let (ada, root) = (cloud.token("ada", &[]).await, cloud.token("root", &["apiAdmins"]).await);
    let me = claims(&ada)["sub"].as_str().unwrap().to_owned();
    let client = |token, form| Client { function: &api, form, token };
    let root = client(root.as_str(), Form::Rest);
    root.send("PUT", "/locations/l", &json!({"name": "Lobby"})).await.json(201);
    root.send("PUT", "/locations/l/resources/r", &json!({"name": "Room"})).await.json(201);
    let (rest, http) = (client(ada.as_str(), Form::Rest), client(ada.as_str(), Form::Http));
    let booked = rest.send("PUT", &format!("/users/{me}/bookings/b"), &booking_of("r", NINE, 60)).await.json(201);
    let there = http.get(&format!("/users/{me}/bookings/b")).await;
    assert_eq!(there.json(200), booked);
    assert!(there.headers["etag"].is_string(), "{there:?}");
    http.send("PUT", &format!("/users/{me}/bookings/c"), &booking_of("r", NINE, 60)).await.json(409);
    let window = format!("from={NINE}&to={}", NINE + 7_200);
    let path = format!("/locations/l/resources/r/availability?{window}");
    assert_eq!(rest.get(&path).await.json(200), http.get(&path).await.json(200));
    http.get("/users").await.json(403);
    client("a.b.c", Form::Rest).get("/orders").await.json(401);
    for path in ["/events", "/graphql"] {
        assert_eq!(rest.get(path).await.json(501)["code"], "no-connections", "{path}");
    }
    rest.send("POST", "/orders", &order_of("o")).await.json(200);
    // The answer is given before the call's last lines are written.
    let is_whole = |log: &Vec<Value>| log.iter().any(|line| line["SuccessfulOrder"] == 1);
    let log = testkit::poll::until("the last lines", async || Some(api.log()).filter(is_whole)).await;
    log_lines_say_of_which_call_they_are(&log);
}

fn log_lines_say_of_which_call_they_are(log: &[Value]) {
    let access: Vec<&Value> = log.iter().filter(|line| line["routeKey"].is_string()).collect();
    let booked = access.iter().find(|line| line["httpMethod"] == "PUT" && line["ip"] == "203.0.113.7");
    assert_eq!(booked.unwrap()["requestId"], "4f1b8f5e-6c0e-4f0c-9a53-3bbd1f4a7a11");
    assert!(access.iter().any(|line| line["ip"] == "203.0.113.8"));
    let done: Vec<&Value> = log.iter().filter(|line| line["message"] == "done").collect();
    assert_eq!((&done[0]["cold_start"], &done[1]["cold_start"]), (&true.into(), &false.into()));
    for line in done {
        assert_eq!((&line["function_name"], &line["function_memory_size"]), (&"api".into(), &256.into()));
        assert_eq!(line["xray_trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
        assert!(line["function_arn"].is_string() && line["function_request_id"].is_string(), "{line}");
    }
    let sum = |name: &str| -> i64 { log.iter().filter_map(|line| line[name].as_i64()).sum() };
    assert_eq!((sum("SuccessfulOrder"), sum("ProcessedBookings"), sum("BookingsErrors")), (1, 3, 1));
    let order = log.iter().find(|line| line["SuccessfulOrder"] == 1).unwrap();
    let about = &order["_aws"]["CloudWatchMetrics"][0];
    assert_eq!((&about["Namespace"], &about["Dimensions"]), (&"ServerlessWorkshop".into(), &json!([["service"]])));
    assert!(order["OrderTotal"].is_number(), "{order}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_can_have_one_part_of_the_interface() {
    let cloud = Cloud::start().await;
    let settings = [("FRONTDESK_SERVICE", "orders"), ("FRONTDESK_BASE_PATH", "/Prod")];
    let api = cloud.function("api", &settings).await;
    let ada = cloud.token("ada", &[]).await;
    let ada = Client { function: &api, form: Form::Rest, token: &ada };
    ada.send("POST", "/orders", &order_of("o")).await.json(200);
    assert_eq!(ada.get("/orders").await.json(200)["orders"].as_array().unwrap().len(), 1);
    for path in ["/locations", "/users", "/query/x", "/docs"] {
        ada.get(path).await.json(404);
    }
    assert_eq!(ada.get("/health").await.status, 200);
}
