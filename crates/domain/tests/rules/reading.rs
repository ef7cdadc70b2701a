//! Rules as they are set: what is accepted reads back as it was, what contradicts itself is refused by pointer.

use domain::json::object;
use domain::refusal::Refusal;
use domain::{location, resource};
use jiff::Timestamp;
use serde_json::{Value, json};

fn refused(outcome: Result<String, Refusal>) -> Vec<String> {
    outcome.unwrap_err().errors.into_iter().map(|error| error.pointer).collect()
}

fn resource(rules: &Value) -> Result<String, Refusal> {
    let mut body = rules.clone();
    body["name"] = json!("R");
    let request = resource::Request::parse(object(body.to_string().as_bytes())?, &[])?;
    Ok(serde_json::to_string(&request.stamp("l", "r", Timestamp::UNIX_EPOCH)).unwrap())
}

fn location(exceptions: &Value) -> Result<String, Refusal> {
    let body = json!({"name": "L", "exceptions": exceptions});
    let request = location::Request::parse(object(body.to_string().as_bytes())?)?;
    Ok(serde_json::to_string(&request.stamp("l", Timestamp::UNIX_EPOCH)).unwrap())
}

#[test]
fn rules_read_back_as_they_were_set() {
    let rules = json!({
        "capacity": 3, "slotMinutes": 60,
        "openingHours": {
            "monday": [{"opens": "13:00", "closes": "18:00"}, {"opens": "09:00", "closes": "12:00"}],
            "sunday": [{"opens": "00:00", "closes": "24:00"}],
        },
        "exceptions": [
            {"startDate": "2027-12-24", "endDate": "2027-12-26", "closed": true, "reason": "Christmas"},
            {"startDate": "2027-12-31", "hours": [{"opens": "09:00", "closes": "12:00"}]},
        ],
        "slotGridMinutes": 30, "minMinutes": 30, "maxMinutes": 240, "minNoticeMinutes": 60, "maxHorizonDays": 90,
        "bufferBeforeMinutes": 5, "bufferAfterMinutes": 10, "cancellationNoticeMinutes": 120,
        "approvalRequired": true, "approvalExpiryMinutes": 60, "noShowMinutes": 15, "checkInOpensMinutes": 30,
        "quota": {"bookingsPerDay": 2, "minutesPerDay": 240, "bookingsPerWeek": 5, "minutesPerMonth": 2400},
    });
    let stored: Value = serde_json::from_str(&resource(&rules).unwrap()).unwrap();
    for (name, value) in rules.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
    let of_location: Value = serde_json::from_str(&location(&rules["exceptions"]).unwrap()).unwrap();
    assert_eq!(of_location["exceptions"], rules["exceptions"]);
    assert!(location(&json!([])).is_ok() && resource(&json!({"openingHours": null, "exceptions": []})).is_ok());
}

#[test]
fn contradictions_are_refused_by_pointer() {
    let monday = |hours: Value| json!({"openingHours": {"monday": hours}});
    let hours = |opens: &str, closes: &str| json!({"opens": opens, "closes": closes});
    for (rules, pointers) in [
        (json!({"openingHours": {}}), vec!["/openingHours"]),
        (json!({"openingHours": []}), vec!["/openingHours"]),
        (json!({"openingHours": {"Monday": [hours("09:00", "10:00")]}}), vec!["/openingHours/Monday"]),
        (monday(json!([])), vec!["/openingHours/monday"]),
        (monday(json!([hours("09:00", "09:00")])), vec!["/openingHours/monday/0/closes"]),
        (monday(json!([hours("22:00", "02:00")])), vec!["/openingHours/monday/0/closes"]),
        (monday(json!([hours("24:00", "24:00")])), vec!["/openingHours/monday/0/closes"]),
        (monday(json!([hours("09:00", "24:01")])), vec!["/openingHours/monday/0/closes"]),
        (monday(json!([hours("9:00", "10:00")])), vec!["/openingHours/monday/0/opens"]),
        (monday(json!([{"opens": "09:00"}])), vec!["/openingHours/monday/0/closes"]),
        (monday(json!([hours("09:00", "12:00"), hours("11:59", "13:00")])), vec!["/openingHours/monday/1/opens"]),
        (monday(json!([{"opens": "09:00", "closes": "10:00", "note": 1}])), vec!["/openingHours/monday/0/note"]),
        (monday(json!(["09:00-10:00"])), vec!["/openingHours/monday/0"]),
        (json!({"minMinutes": 60, "maxMinutes": 30}), vec!["/maxMinutes"]),
        (json!({"minNoticeMinutes": 2881, "maxHorizonDays": 2}), vec!["/maxHorizonDays"]),
        (json!({"slotGridMinutes": 7}), vec!["/slotGridMinutes"]),
        (json!({"slotGridMinutes": 1441}), vec!["/slotGridMinutes"]),
        (json!({"slotGridMinutes": 60, "minMinutes": 61, "maxMinutes": 119}), vec!["/slotGridMinutes"]),
        (json!({"slotGridMinutes": 30, "slotMinutes": 45}), vec!["/slotMinutes"]),
        (json!({"maxMinutes": 30, "slotMinutes": 45}), vec!["/slotMinutes"]),
        (json!({"bufferAfterMinutes": 1441, "minMinutes": 0}), vec!["/minMinutes", "/bufferAfterMinutes"]),
        (json!({"minNoticeMinutes": -1, "maxHorizonDays": 0}), vec!["/minNoticeMinutes", "/maxHorizonDays"]),
        (json!({"maxHorizonDays": 100_000}), vec!["/maxHorizonDays"]),
        (json!({"cancellationNoticeMinutes": "1h"}), vec!["/cancellationNoticeMinutes"]),
        (
            json!({"approvalRequired": "yes", "approvalExpiryMinutes": 0}),
            vec!["/approvalRequired", "/approvalExpiryMinutes"],
        ),
        (json!({"noShowMinutes": 0, "checkInOpensMinutes": -1}), vec!["/noShowMinutes", "/checkInOpensMinutes"]),
    ] {
        assert_eq!(refused(resource(&rules)), pointers, "{rules}");
    }
    assert!(resource(&json!({"minNoticeMinutes": 2880, "maxHorizonDays": 2})).is_ok());
}

#[test]
fn quotas_that_contradict_themselves_or_the_lengths_are_refused_by_pointer() {
    let quota = |quota: Value| json!({"quota": quota});
    for (rules, pointers) in [
        (quota(json!({})), vec!["/quota"]),
        (quota(json!([])), vec!["/quota"]),
        (quota(json!({"bookingsPerYear": 1})), vec!["/quota/bookingsPerYear"]),
        (quota(json!({"bookingsPerDay": 0})), vec!["/quota/bookingsPerDay"]),
        (
            quota(json!({"minutesPerDay": "1h", "minutesPerWeek": 1.5})),
            vec!["/quota/minutesPerDay", "/quota/minutesPerWeek"],
        ),
        (quota(json!({"minutesPerMonth": 1_000_001})), vec!["/quota/minutesPerMonth"]),
        (quota(json!({"bookingsPerDay": 6, "bookingsPerWeek": 5})), vec!["/quota/bookingsPerDay"]),
        (quota(json!({"bookingsPerDay": 6, "bookingsPerMonth": 5})), vec!["/quota/bookingsPerDay"]),
        (quota(json!({"minutesPerWeek": 61, "minutesPerMonth": 60})), vec!["/quota/minutesPerWeek"]),
        (
            quota(json!({"minutesPerDay": 90, "minutesPerWeek": 80, "minutesPerMonth": 70})),
            vec!["/quota/minutesPerDay", "/quota/minutesPerWeek"],
        ),
        (json!({"minMinutes": 60, "quota": {"minutesPerDay": 59}}), vec!["/quota/minutesPerDay"]),
        (
            json!({"slotGridMinutes": 45, "minMinutes": 60, "quota": {"minutesPerWeek": 89}}),
            vec!["/quota/minutesPerWeek"],
        ),
        (json!({"slotMinutes": 60, "quota": {"minutesPerMonth": 30}}), vec!["/quota/minutesPerMonth"]),
    ] {
        assert_eq!(refused(resource(&rules)), pointers, "{rules}");
    }
    for good in [
        json!({"bookingsPerDay": 5, "bookingsPerWeek": 5, "minutesPerDay": 1_000_000}),
        json!({"bookingsPerDay": 5, "minutesPerWeek": 1}),
        json!({"bookingsPerMonth": 1, "minutesPerDay": null}),
    ] {
        assert!(resource(&quota(good)).is_ok());
    }
    assert!(resource(&json!({"slotGridMinutes": 45, "minMinutes": 60, "quota": {"minutesPerDay": 90}})).is_ok());
    assert!(resource(&json!({"quota": null})).is_ok());
}

#[test]
fn exceptions_have_one_meaning_a_date() {
    let closed = |from: &str, to: &str| json!({"startDate": from, "endDate": to, "closed": true});
    for (exceptions, pointers) in [
        (json!({}), vec!["/exceptions"]),
        (json!([1]), vec!["/exceptions/0"]),
        (json!([{"closed": true}]), vec!["/exceptions/0/startDate"]),
        (json!([{"startDate": "2027-12-24"}]), vec!["/exceptions/0/closed"]),
        (json!([{"startDate": "2027-12-24", "closed": false}]), vec!["/exceptions/0/closed"]),
        (json!([{"startDate": "2027-12-24", "closed": "yes"}]), vec!["/exceptions/0/closed"]),
        (json!([{"startDate": "2027-12-24", "hours": []}]), vec!["/exceptions/0/hours"]),
        (
            json!([{"startDate": "2027-12-24", "closed": true, "hours": [{"opens": "09:00", "closes": "10:00"}]}]),
            vec!["/exceptions/0/closed"],
        ),
        (json!([closed("2027-12-24", "2027-12-23")]), vec!["/exceptions/0/endDate"]),
        (json!([closed("2027-01-01", "2028-01-02")]), vec!["/exceptions/0/endDate"]),
        (json!([closed("2027-02-29", "2027-03-01")]), vec!["/exceptions/0/startDate"]),
        (json!([closed("2027-12-24T10:00", "2027-12-25")]), vec!["/exceptions/0/startDate"]),
        (json!([closed("1969-12-31", "1970-01-01")]), vec!["/exceptions/0/startDate"]),
        (
            json!([closed("2027-12-24", "2027-12-26"), closed("2027-12-26", "2027-12-27")]),
            vec!["/exceptions/1/startDate"],
        ),
        (json!([{"startDate": "2027-12-24", "closed": true, "reason": 7}]), vec!["/exceptions/0/reason"]),
        (json!([{"startDate": "2027-12-24", "closed": true, "why": "x"}]), vec!["/exceptions/0/why"]),
    ] {
        assert_eq!(refused(location(&exceptions)), pointers, "{exceptions}");
        assert_eq!(refused(resource(&json!({"exceptions": exceptions}))), pointers, "{exceptions}");
    }
    assert!(location(&json!([closed("2027-01-01", "2028-01-01")])).is_ok(), "366 days");
}

#[test]
fn the_number_of_entries_is_bounded_and_so_is_what_is_named() {
    let day = |number: i64| {
        let date = "2027-01-01".parse::<jiff::civil::Date>().unwrap() + jiff::Span::new().days(number);
        json!({"startDate": date, "closed": true})
    };
    let many = |count: i64| Value::Array((0..count).map(day).collect());
    assert!(location(&many(366)).is_ok());
    assert_eq!(refused(location(&many(367))), ["/exceptions"]);
    let wrong = Value::Array(vec![json!({}); 366]);
    assert_eq!(refused(location(&wrong)).len(), 20);
    let minute = |m: i64| json!({"opens": format!("10:{m:02}"), "closes": format!("10:{:02}", m + 1)});
    let hours = |count: i64| json!({"openingHours": {"friday": (0..count).map(minute).collect::<Vec<_>>()}});
    assert!(resource(&hours(12)).is_ok());
    assert_eq!(refused(resource(&hours(13))), ["/openingHours/friday"]);
}
