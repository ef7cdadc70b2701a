//! What each operation consumes of DynamoDB, by the engine's own answers, against the table in the documentation.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use aws::dynamodb::Consumed;
use serde_json::json;
use testkit::{Admin, CLIENT, Call, Caller, HOUR, MINUTE, NINE, PASSWORD, TestApp, User, booking_of, order_of};

use crate::graphql;
use crate::push::{Events, Socket};

const DOCUMENT: &str = include_str!("../../../../docs/capacity.md");
/// Before and behind the table.
const START: &str = "<!-- table:start -->\n\n";
const END: &str = "\n<!-- table:end -->";

/// An application on DynamoDB, and what was measured so far.
struct Measuring {
    app: TestApp,
    rows: String,
    operations: BTreeSet<String>,
    before: Consumed,
}

impl Measuring {
    async fn start() -> Self {
        let mut app = TestApp::on_dynamodb().await;
        // The relay would be counted with whatever is measured.
        app.quieten().await;
        let rows =
            "| operation | when | read units | write units | $ a million |\n|---|---|---:|---:|---:|\n".to_owned();
        Self { app, rows, operations: BTreeSet::new(), before: Consumed::default() }
    }

    /// Sends a request and writes down what it consumed.
    async fn row(&mut self, operation: &str, when: &str, status: u16, call: Call) {
        self.mark();
        call.plain().await.expect(status);
        self.write(operation, when);
    }

    fn mark(&mut self) {
        self.before = self.app.consumed();
    }

    fn write(&mut self, operation: &str, when: &str) {
        let after = self.app.consumed();
        let read = after.read_halves - self.before.read_halves;
        let written = after.write_halves - self.before.write_halves;
        self.operations.insert(operation.to_owned());
        let (reads, writes, price) = (units(read), units(written), dollars(read, written));
        writeln!(self.rows, "| {operation} | {when} | {reads} | {writes} | {price} |").unwrap();
    }
}

fn units(halves: u64) -> String {
    if halves.is_multiple_of(2) { (halves / 2).to_string() } else { format!("{}.5", halves / 2) }
}

/// On demand, in us-east-1: $0.125 a million read units, $0.625 a million write units.
fn dollars(read_halves: u64, write_halves: u64) -> String {
    let cents = (read_halves * 625 + write_halves * 3_125).div_ceil(100);
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[tokio::test]
async fn the_documented_units_are_those_that_the_engine_reports() {
    let mut all = Measuring::start().await;
    let admin = all.app.admin().await;
    let ada = all.app.user("ada").await;
    for path in ["/users/{me}", "/orders"] {
        admin.get(path).await;
        ada.get(path).await;
    }
    users(&mut all, &admin, &ada).await;
    orders(&mut all, &admin, &ada).await;
    locations(&mut all, &admin, &ada).await;
    bookings(&mut all, &admin, &ada).await;
    decisions(&mut all, &admin, &ada).await;
    calendars(&mut all, &ada).await;
    removals(&mut all, &admin).await;
    requests(&mut all, &ada).await;
    push(&mut all, &ada).await;
    let orders = ada.graphql("{ orders { items { orderId } } }", &json!(null));
    all.row("ExecuteGraphql", "a page of orders", 200, orders).await;
    tables(&mut all, &admin).await;
    rest(&mut all, &ada).await;

    let document = all.app.anonymous().get("/openapi.json").await.json(200);
    let named = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    let named: BTreeSet<String> =
        named.filter_map(|operation| operation["operationId"].as_str()).map(str::to_owned).collect();
    let missing: Vec<_> = named.difference(&all.operations).collect();
    assert!(missing.is_empty(), "no row for {missing:?}");

    let (intro, rest) = DOCUMENT.split_once(START).unwrap();
    let (documented, outro) = rest.split_once(END).unwrap();
    if documented != all.rows {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capacity.md");
        fs::write(&file, format!("{intro}{START}{}{END}{outro}", all.rows)).unwrap();
        panic!("docs/capacity.md says otherwise; if that is meant, copy {} over it:\n{}", file.display(), all.rows);
    }
}

/// Opening, that is. What is followed costs the same however many follow it.
async fn push(all: &mut Measuring, ada: &User) {
    let http = all.app.http.clone();
    let ticket = async || {
        let answer = ada.call(reqwest::Method::POST, "/ws/tickets").await.json(201);
        answer["ticket"].as_str().unwrap().to_owned()
    };
    all.row("CreatePushTicket", "", 201, ada.call(reqwest::Method::POST, "/ws/tickets")).await;
    let path = format!("/ws?ticket={}", ticket().await);
    all.mark();
    let mut socket = Socket::try_open(&http, &path, None).await.unwrap();
    all.write("OpenWebSocket", "with a ticket");
    all.mark();
    socket.follow("bookings", "me").await;
    all.write("OpenWebSocket", "`subscribe`");
    all.mark();
    let mut events = Events::open(&http, "bookings=me", &ada.tokens.id, None).await;
    events.expect("subscribed").await;
    all.write("FollowEvents", "");
    all.mark();
    let mut graphql = graphql::Socket::of(&all.app, ada).await;
    all.write("ConnectGraphql", "with a token");
    all.mark();
    graphql.subscribe("1", "subscription { myBookings { eventId } }", &json!(null)).await;
    graphql.data("1").await;
    all.write("ConnectGraphql", "a subscription");
}

async fn requests(all: &mut Measuring, ada: &User) {
    all.row("RequestBooking", "admission", 200, ada.post("/book", &json!({}))).await;
    fulfil(all, "admission").await;
    let wish = json!({"resourceID": "r", "starttimeepochtime": NINE + 500 * HOUR, "durationMinutes": 60});
    all.row("RequestBooking", "of a resource", 200, ada.post("/book", &wish)).await;
    fulfil(all, "of a resource").await;
    all.row("RequestBooking", "of a resource for which others wait", 200, {
        let wish = json!({"resourceID": "w", "starttimeepochtime": NINE});
        ada.post("/book", &wish).await.expect(200);
        ada.post("/book", &wish)
    })
    .await;
    all.app.instance.app.fulfil_waiting().await.unwrap();
    all.mark();
    all.app.instance.app.fulfil_waiting().await.unwrap();
    all.write("requests", "one look, none waiting");
    let answer = ada.post("/book", &json!({})).await.json(200);
    let message_id = answer["PublishResponse"]["PublishResult"]["MessageId"].as_str().unwrap().to_owned();
    all.row("GetBookingRequest", "", 200, ada.get(&format!("/query/{message_id}"))).await;
}

/// Fulfils the one that waits, and looks for more.
async fn fulfil(all: &mut Measuring, when: &str) {
    all.mark();
    assert_eq!(all.app.instance.app.fulfil_waiting().await.unwrap(), 1);
    all.write("FulfilRequest", &format!("{when}, with a look"));
}

async fn users(all: &mut Measuring, admin: &Admin, ada: &User) {
    let profile = json!({"name": "Ada", "phone": "+44 20 7946 0000"});
    all.row("CreateUser", "", 200, admin.post("/users", &profile)).await;
    all.row("PutUser", "", 200, ada.put("/users/{me}", &profile)).await;
    all.row("GetUser", "", 200, ada.get("/users/{me}")).await;
    all.app.clock.advance_seconds(61);
    all.row("GetUser", "first of a caller in a minute", 200, ada.get("/users/{me}")).await;
    admin.get("/users/{me}").await;
    all.row("ListUsers", "three", 200, admin.get("/users")).await;
    let bob = all.app.user("bob").await;
    all.row("DeleteUser", "", 200, admin.delete(&bob.path(""))).await;
}

async fn orders(all: &mut Measuring, admin: &Admin, ada: &User) {
    all.row("CreateOrder", "", 200, ada.order("o1")).await;
    all.row("CreateOrder", "repeated", 200, ada.order("o1")).await;
    all.row("CreateOrder", "with `Idempotency-Key`", 200, ada.order("o2").key("once")).await;
    all.row("GetOrder", "", 200, ada.get("/orders/o1")).await;
    all.row("ListOrders", "two", 200, ada.get("/orders")).await;
    all.row("ListUserOrders", "two", 200, admin.get(&ada.path("/orders"))).await;
    all.row("PutOrder", "", 200, ada.put("/orders/o1", &order_of("o1"))).await;
    all.row("CancelOrder", "", 200, ada.delete("/orders/o1")).await;
    all.row("AcknowledgeOrder", "", 200, admin.post(&ada.path("/orders/o2/acknowledge"), &json!({}))).await;
}

async fn locations(all: &mut Measuring, admin: &Admin, ada: &User) {
    let house = json!({"name": "House", "description": "By the river", "timeZone": "Europe/Berlin"});
    all.row("CreateLocation", "", 201, admin.put("/locations", &house)).await;
    all.row("PutLocation", "new", 201, admin.put("/locations/l", &house)).await;
    all.row("PutLocation", "replaced", 201, admin.put("/locations/l", &house)).await;
    all.row("GetLocation", "", 200, ada.get("/locations/l")).await;
    all.row("ListLocations", "two", 200, ada.get("/locations")).await;
    let room = json!({"name": "Room", "type": "room", "capacity": 1});
    all.row("CreateResource", "", 201, admin.put("/locations/l/resources", &room)).await;
    all.row("PutResource", "new", 201, admin.put("/locations/l/resources/room", &room)).await;
    all.row("PutResource", "replaced", 201, admin.put("/locations/l/resources/room", &room)).await;
    all.row("GetResource", "", 200, ada.get("/locations/l/resources/room")).await;
    all.row("ListResources", "two", 200, ada.get("/locations/l/resources")).await;
}

async fn bookings(all: &mut Measuring, admin: &Admin, ada: &User) {
    let wish = json!({"resourceID": "room", "starttimeepochtime": NINE, "durationMinutes": 60});
    all.row("CreateBooking", "", 201, ada.put("/users/{me}/bookings", &wish)).await;
    all.row("PutBooking", "new", 201, ada.book("b", "room", NINE + HOUR, 60)).await;
    all.row("PutBooking", "new, with `Idempotency-Key`", 201, ada.book("k", "room", NINE + 2 * HOUR, 60).key("k"))
        .await;
    all.row("PutBooking", "moved on its day", 200, ada.book("b", "room", NINE + 4 * HOUR, 60)).await;
    all.row("PutBooking", "moved to another day", 200, ada.book("b", "room", NINE + 24 * HOUR, 60)).await;
    all.row(
        "PutBooking",
        "`dryRun=true`",
        201,
        ada.put(
            "/users/{me}/bookings/dry?dryRun=true",
            &json!({"resourceID": "room", "starttimeepochtime": NINE + 48 * HOUR}),
        ),
    )
    .await;
    all.row("PutBooking", "refused, with alternatives", 409, ada.book("c", "room", NINE, 60)).await;
    let other = json!({"name": "Other", "type": "room"});
    admin.put("/locations/l/resources/other", &other).await.expect(201);
    let two = json!({"resourceID": "room", "starttimeepochtime": NINE + 5 * HOUR, "additionalResources": [{"resourceID": "other"}]});
    all.row("PutBooking", "new, of two resources", 201, ada.put("/users/{me}/bookings/two", &two)).await;
    all.row("GetBooking", "", 200, ada.get("/users/{me}/bookings/b")).await;
    all.row("CancelBooking", "", 200, ada.cancel("b")).await;
    let mut patient = booking_of("room", NINE + 2 * HOUR, 60);
    patient["waitlist"] = json!(true);
    all.row("PutBooking", "new, waiting in line", 201, ada.put("/users/{me}/bookings/line", &patient)).await;
    all.row("CancelBooking", "granted to the first in line", 200, ada.cancel("k")).await;
}

async fn decisions(all: &mut Measuring, admin: &Admin, ada: &User) {
    let rules = json!({
        "name": "Hall", "type": "hall", "approvalRequired": true, "noShowMinutes": 15, "bufferBeforeMinutes": 10,
        "openingHours": {"monday": [{"opens": "08:00", "closes": "20:00"}]}, "quota": {"bookingsPerWeek": 10}
    });
    admin.put("/locations/l/resources/hall", &rules).await.expect(201);
    let path = |rest: &str| ada.path(&format!("/bookings/{rest}"));
    all.row("PutBooking", "new, with hours, quota and approval", 201, ada.book("h", "hall", NINE, 60)).await;
    let mut held = booking_of("hall", NINE + 6 * HOUR, 60);
    held["hold"] = json!(10);
    all.row("PutBooking", "new, held", 201, ada.put("/users/{me}/bookings/held", &held)).await;
    all.row("ConfirmBooking", "", 200, ada.post(&path("held/confirm"), &json!({}))).await;
    all.row("ApproveBooking", "", 200, admin.post(&path("h/approve"), &json!({}))).await;
    ada.book("i", "hall", NINE + 3 * HOUR, 60).await.expect(201);
    all.row("DeclineBooking", "", 200, admin.post(&path("i/decline"), &json!({}))).await;
    let soon = all.app.now_seconds() + 5 * MINUTE;
    let desk = json!({"name": "Booth", "type": "room", "noShowMinutes": 15});
    admin.put("/locations/l/resources/desk", &desk).await.expect(201);
    ada.book("d", "desk", soon - soon % MINUTE, 60).await.expect(201);
    all.row("SearchEvents", "nothing found", 200, admin.get("/events/search?q=nowhere")).await;
    all.row("CheckInBooking", "", 200, ada.post(&path("d/check-in"), &json!({}))).await;
    all.mark();
    all.app.instance.app.run_due(100).await.unwrap();
    all.write("timers", "one look, nothing due");
}

async fn calendars(all: &mut Measuring, ada: &User) {
    let day = "from=2030-06-03T00:00:00Z&to=2030-06-04T00:00:00Z";
    all.row("GetAvailability", "a day", 200, ada.get(&format!("/locations/l/resources/room/availability?{day}"))).await;
    let month = "from=2030-06-01T00:00:00Z&to=2030-07-01T00:00:00Z";
    all.row("GetAvailability", "30 days", 200, ada.get(&format!("/locations/l/resources/room/availability?{month}")))
        .await;
    all.row("SearchAvailability", "five resources, a day", 200, ada.get(&format!("/availability?{day}"))).await;
    all.row("ListResourceBookings", "three", 200, ada.get("/locations/l/resources/room/bookings")).await;
    all.row("ListUserBookings", "eight", 200, ada.get("/users/{me}/bookings")).await;
}

async fn removals(all: &mut Measuring, admin: &Admin) {
    admin.location("empty").await;
    let room = json!({"name": "Room", "type": "room"});
    admin.put("/locations/empty/resources/unused", &room).await.expect(201);
    all.row("DeleteResource", "without bookings", 200, admin.delete("/locations/empty/resources/unused")).await;
    all.row("DeleteLocation", "without resources", 200, admin.delete("/locations/empty")).await;
}

async fn tables(all: &mut Measuring, admin: &Admin) {
    let add = json!({"Key": {"id": "1"}, "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": 1}});
    for (when, operation, payload) in [
        ("create", "create", json!({"Item": {"id": "1", "name": "Bob"}})),
        ("read", "read", json!({"Key": {"id": "1"}})),
        ("read, `ConsistentRead`", "read", json!({"Key": {"id": "1"}, "ConsistentRead": true})),
        ("update", "update", add.clone()),
        ("list, one", "list", json!({})),
        ("echo", "echo", json!({})),
    ] {
        all.row("OperateTable", when, 200, admin.operate(operation, &payload)).await;
    }
    all.row("OperateTable", "update, with `Idempotency-Key`", 200, admin.operate("update", &add).key("add")).await;
    all.row("OperateTable", "update, repeated", 200, admin.operate("update", &add).key("add")).await;
    all.row("OperateTable", "delete", 200, admin.operate("delete", &json!({"Key": {"id": "1"}}))).await;
}

async fn rest(all: &mut Measuring, ada: &User) {
    let cognito = all.app.cognito.clone();
    let sign_up = json!({"ClientId": CLIENT, "Username": "eve@example.com", "Password": PASSWORD});
    all.row("CallCognito", "SignUp", 200, cognito.request("SignUp", &sign_up)).await;
    let password = json!({"USERNAME": ada.email, "PASSWORD": PASSWORD});
    let password = json!({"ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": password});
    all.row("CallCognito", "InitiateAuth, by password", 200, cognito.request("InitiateAuth", &password)).await;
    let refresh = json!({"REFRESH_TOKEN": ada.tokens.refresh});
    let refresh = json!({"ClientId": CLIENT, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": refresh});
    all.row("CallCognito", "InitiateAuth, by refresh token", 200, cognito.request("InitiateAuth", &refresh)).await;
    let anonymous = all.app.anonymous();
    all.row("GetReady", "", 200, anonymous.get("/ready")).await;
    for (operation, path) in [
        ("GetHealth", "/health"),
        ("GetReference", "/docs"),
        ("GetOpenApi", "/openapi.json"),
        ("GetJwks", "/local_frontdesk/.well-known/jwks.json"),
        ("GetDiscovery", "/local_frontdesk/.well-known/openid-configuration"),
    ] {
        all.row(operation, "", if operation == "GetReference" { 303 } else { 200 }, anonymous.get(path)).await;
    }
}
