//! The rules of a resource and its location, and rehearsals of bookings.

mod availability;
mod buffers;
mod cancellation;
mod dry_run;
mod hours;
mod quota;
mod set;

use serde_json::{Value, json};
use testkit::{Admin, Caller};

/// Opens the location `l` in Berlin and the room `r` with these rules.
async fn open(admin: &Admin, rules: &Value) {
    admin.put("/locations/l", &json!({"name": "L", "timeZone": "Europe/Berlin"})).await.expect(201);
    set(admin, rules).await;
}

/// Gives the room `r` these rules.
async fn set(admin: &Admin, rules: &Value) {
    let mut body = rules.clone();
    body["name"] = json!("R");
    admin.put("/locations/l/resources/r", &body).await.expect(201);
}

/// Monday and Tuesday from nine to noon and from one to six, in Berlin two hours before UTC.
fn office() -> Value {
    let day = json!([{"opens": "09:00", "closes": "12:00"}, {"opens": "13:00", "closes": "18:00"}]);
    json!({"monday": day, "tuesday": day})
}

/// The starts of the alternatives of a refusal, in epoch seconds.
fn alternatives(problem: &Value) -> Vec<i64> {
    let list = problem["alternatives"].as_array().into_iter().flatten();
    list.map(|time| time["starttimeepochtime"].as_i64().unwrap()).collect()
}
