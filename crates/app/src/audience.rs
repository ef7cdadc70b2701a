//! Who sees what of an event: the same as of the item that it tells of.

use serde_json::value::{RawValue, to_raw_value};

use crate::Viewer;
use crate::booking_lists::Outline;
use crate::events::{Notice, Topic};
use crate::tickets::{self, Progress};

/// What a viewer sees of an event's data.
#[derive(Debug)]
pub enum Shown<'a> {
    /// All of it.
    Whole(&'a RawValue),
    /// Of somebody else's booking what everybody may see; nothing by which it could be recognised.
    Outline(Box<RawValue>),
    /// Of a request, how far it has come.
    Progress(Progress),
}

/// What a viewer who subscribed to these topics sees of an event; none when it is not for this viewer.
///
/// Whoever may subscribe to the bookings or orders of a user, or to a request, sees all of these. A calendar has the bookings of
/// everybody, which others see in outline.
pub fn shown<'a>(notice: &'a Notice, viewer: Viewer<'_>, topics: &[Topic]) -> Option<Shown<'a>> {
    let mut through = topics.iter().filter(|topic| concerns(notice, topic)).peekable();
    through.peek()?;
    let kind = notice.kind.strip_prefix("frontdesk.")?.split('.').next()?;
    match kind {
        "request" if through.any(|topic| matches!(topic, Topic::Request(_) | Topic::All)) => {
            tickets::progress_in(&notice.data).map(Shown::Progress)
        }
        "order" if through.any(|topic| matches!(topic, Topic::Orders(_) | Topic::All)) => {
            Some(Shown::Whole(&notice.data))
        }
        "booking" => booking(notice, viewer, through),
        // Every signed-in user may see where a calendar belongs.
        "resource" => Some(Shown::Whole(&notice.data)),
        _ => None,
    }
}

fn concerns(notice: &Notice, topic: &Topic) -> bool {
    matches!(topic, Topic::All) || notice.concerns.contains(&topic.to_string())
}

fn booking<'a, 't>(
    notice: &'a Notice,
    viewer: Viewer<'_>,
    mut through: impl Iterator<Item = &'t Topic>,
) -> Option<Shown<'a>> {
    let outline: Outline = serde_json::from_str(notice.data.get()).ok()?;
    if viewer.sees_all || outline.user_id.as_deref() == Some(viewer.user_id) {
        return Some(Shown::Whole(&notice.data));
    }
    let mut calendar = None;
    for topic in through.by_ref() {
        match topic {
            Topic::Bookings(_) | Topic::All => return Some(Shown::Whole(&notice.data)),
            Topic::Resource(resource_id) => calendar = calendar.or(Some(resource_id)),
            Topic::Request(_) | Topic::Orders(_) => {}
        }
    }
    to_raw_value(&outline.in_calendar_of(calendar?)).ok().map(Shown::Outline)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn notice(kind: &str, concerns: &[&str], data: &Value) -> Notice {
        Notice {
            position: 7,
            kind: kind.to_owned(),
            aggregate: "booking/b".to_owned(),
            subject: "b".to_owned(),
            sequence: 1,
            time: String::new(),
            data: to_raw_value(data).unwrap(),
            event: String::new(),
            concerns: concerns.iter().map(|topic| (*topic).to_owned()).collect(),
        }
    }

    fn booking() -> Notice {
        let data = json!({
            "bookingID": "b", "userID": "ada", "resourceID": "hall", "locationID": "l", "starttimeepochtime": 60,
            "endtimeepochtime": 120, "units": 1, "additionalResources": [{"resourceID": "chairs", "units": 9}],
            "status": "CONFIRMED", "title": "Secret", "attendees": [{"email": "x@example.com"}],
        });
        notice("frontdesk.booking.created", &["bookings/ada", "resource/chairs", "resource/hall"], &data)
    }

    fn seen(notice: &Notice, user_id: &str, sees_all: bool, topics: &[Topic]) -> Option<Value> {
        match shown(notice, Viewer { user_id, sees_all }, topics)? {
            Shown::Whole(data) => Some(serde_json::from_str(data.get()).unwrap()),
            Shown::Outline(data) => Some(serde_json::from_str(data.get()).unwrap()),
            Shown::Progress(progress) => Some(json!(format!("{progress:?}"))),
        }
    }

    fn hall() -> Topic {
        Topic::Resource("hall".to_owned())
    }

    #[test]
    fn others_see_when_a_resource_is_taken_and_nothing_else() {
        let outline = |resource: &str, units: i64| {
            json!({
                "resourceID": resource, "locationID": "l", "starttimeepochtime": 60, "endtimeepochtime": 120,
                "units": units, "status": "CONFIRMED",
            })
        };
        let booking = booking();
        assert_eq!(seen(&booking, "bob", false, &[hall()]), Some(outline("hall", 1)));
        let chairs = [Topic::Resource("chairs".to_owned())];
        assert_eq!(seen(&booking, "bob", false, &chairs), Some(outline("chairs", 9)));
        let whole = Some(serde_json::from_str(booking.data.get()).unwrap());
        assert_eq!(seen(&booking, "ada", false, &[hall()]), whole);
        assert_eq!(seen(&booking, "root", true, &[hall()]), whole);
        // Who may follow the user's bookings sees them whole also where the calendar is followed, too.
        let both = [hall(), Topic::Bookings("ada".to_owned())];
        assert_eq!(seen(&booking, "staff", false, &both), whole);
    }

    #[test]
    fn nobody_sees_what_was_not_subscribed_to() {
        let others = [
            Topic::Resource("other".to_owned()),
            Topic::Bookings("bob".to_owned()),
            Topic::Request("b".to_owned()),
            Topic::Orders("ada".to_owned()),
        ];
        assert_eq!(seen(&booking(), "ada", true, &others), None);
        let order = notice("frontdesk.order.placed", &["orders/ada", "resource/hall"], &json!({}));
        assert_eq!(seen(&order, "ada", false, &[hall()]), None);
        assert_eq!(seen(&order, "ada", false, &[Topic::Orders("ada".to_owned())]), Some(json!({})));
        let account = notice("frontdesk.account.created", &["resource/hall"], &json!({}));
        assert_eq!(seen(&account, "ada", true, &[hall()]), None);
        let removed = notice("frontdesk.booking.deleted", &["resource/hall"], &Value::Null);
        assert_eq!(seen(&removed, "ada", false, &[hall()]), None);
    }

    #[test]
    fn of_a_request_its_progress_is_shown() {
        let data = json!({"message_id": "m", "userID": "ada", "booking_status": "new", "body": {"secret": 1}});
        let request = notice("frontdesk.request.accepted", &["request/m"], &data);
        let topics = [Topic::Request("m".to_owned())];
        assert_eq!(seen(&request, "ada", false, &topics), Some(json!("InProcess")));
    }
}
