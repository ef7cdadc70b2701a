//! PUT of resources and locations with rules.

use serde_json::json;
use testkit::{Caller, TestApp};

use super::{office, open, set};

#[tokio::test]
async fn rules_are_shown_as_they_were_set() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let exceptions =
        json!([{"startDate": "2030-12-24", "endDate": "2030-12-26", "closed": true, "reason": "Christmas"}]);
    let rules = json!({"openingHours": office(), "exceptions": exceptions, "slotGridMinutes": 15, "minMinutes": 15,
        "maxMinutes": 240, "minNoticeMinutes": 30, "maxHorizonDays": 365, "bufferBeforeMinutes": 5,
        "bufferAfterMinutes": 10, "cancellationNoticeMinutes": 60});
    open(&admin, &rules).await;
    let stored = admin.get("/locations/l/resources/r").await.json(200);
    for (name, value) in rules.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
    let location = json!({"name": "L", "exceptions": exceptions});
    admin.put("/locations/l", &location).await.expect(201);
    assert_eq!(admin.get("/locations/l").await.json(200)["exceptions"], exceptions);
    set(&admin, &json!({})).await;
    assert_eq!(admin.get("/locations/l/resources/r").await.json(200).get("openingHours"), None);
}

#[tokio::test]
async fn what_contradicts_is_refused_naming_each_problem() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    open(&admin, &json!({})).await;
    let bad = json!({"name": "R", "openingHours": {"monday": [{"opens": "18:00", "closes": "09:00"}], "someday": []},
        "exceptions": [{"startDate": "2030-01-01", "endDate": "2035-01-01", "closed": true}], "slotGridMinutes": 50,
        "minNoticeMinutes": 5000, "maxHorizonDays": 1});
    let answer = admin.put("/locations/l/resources/r", &bad).await;
    let wanted = [
        "/exceptions/0/endDate",
        "/maxHorizonDays",
        "/openingHours/monday/0/closes",
        "/openingHours/someday",
        "/slotGridMinutes",
    ];
    assert_eq!(answer.pointers(), wanted);
    let bad = json!({"name": "L", "timeZone": "Europe/Atlantis", "exceptions": [{"startDate": "soon"}]});
    let answer = admin.put("/locations/l", &bad).await;
    assert_eq!(answer.pointers(), ["/exceptions/0/closed", "/exceptions/0/startDate", "/timeZone"]);
}
