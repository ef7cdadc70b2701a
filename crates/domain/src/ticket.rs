//! Requests that are accepted at once and fulfilled later. Each ends once: completed, or rejected with the reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::booking::Request;
use crate::refusal::Refusal;
use crate::{id, time};

/// Lanes among which requests that name no resource are spread.
const ADMISSION_LANES: u32 = 16;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It was accepted, and waits.
    New,
    /// It was fulfilled.
    Completed,
    /// It cannot be fulfilled.
    Rejected,
}

/// A request as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its identifier.
    pub message_id: String,
    /// Whose it is.
    #[serde(rename = "userID", default)]
    pub user_id: String,
    /// The HTTP request that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Where it stands.
    #[serde(rename = "booking_status")]
    pub status: Status,
    /// When it was accepted (RFC 3339).
    #[serde(rename = "booking_created_at", default)]
    created_at: String,
    /// When it ended (RFC 3339).
    #[serde(rename = "booking_completed_at", default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<String>,
    /// What the requester shows for it, once it is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm_code: Option<String>,
    /// The booking that it became.
    #[serde(rename = "bookingID", default, skip_serializing_if = "Option::is_none")]
    pub booking_id: Option<String>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refusal>,
    /// What was asked for, as it was sent.
    #[serde(default)]
    pub body: Value,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// A booking of a resource.
    Booking,
    /// To be let in: nothing that is counted.
    Admission,
}

/// Who asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asker<'a> {
    /// The user.
    pub user_id: &'a str,
    /// The HTTP request by which it is done; empty without one.
    pub request_id: &'a str,
}

/// How a request ends.
#[derive(Clone, Debug)]
pub enum End {
    /// As this booking.
    Booked(String),
    /// Let in.
    Admitted,
    /// Not at all.
    Rejected(Refusal),
}

impl Ticket {
    /// A request that is accepted: its identifier, who asks, and what for.
    pub fn accept(message_id: &str, asker: Asker<'_>, body: Value, now: Timestamp) -> Self {
        Self {
            message_id: message_id.to_owned(),
            user_id: asker.user_id.to_owned(),
            request_id: Some(asker.request_id.to_owned()).filter(|id| !id.is_empty()),
            status: Status::New,
            created_at: time::timestamp(now),
            completed_at: None,
            confirm_code: None,
            booking_id: None,
            reason: None,
            body,
        }
    }

    /// What it asks for: a body with the member `resourceID` is a booking request.
    pub fn wish(&self) -> Wish {
        if self.body.get("resourceID").is_some() { Wish::Booking } else { Wish::Admission }
    }

    /// The booking request in it.
    pub fn request(&self) -> Result<Request, Refusal> {
        match &self.body {
            Value::Object(body) => Request::parse(body.clone()),
            _ => Err(Refusal::invalid("", "A booking request must be a JSON object.")),
        }
    }

    /// Refuses what can be known to be wrong by the body alone, whatever it is that is to be booked.
    pub fn check(&self) -> Result<(), Refusal> {
        match self.wish() {
            Wish::Booking => self.request()?.check(),
            Wish::Admission => Ok(()),
        }
    }

    /// The lane in which it waits: those for one resource are fulfilled in the order in which they were accepted.
    pub fn lane(&self) -> String {
        match self.body.get("resourceID").and_then(Value::as_str) {
            Some(resource_id) if id::wrong(resource_id).is_none() => format!("resource/{resource_id}"),
            _ => format!("admission/{}", crate::spread::hash(&self.message_id) % ADMISSION_LANES),
        }
    }

    /// The request once it has ended; nothing when it had ended before.
    pub fn end(&self, end: End, confirm_code: &str, now: Timestamp) -> Option<Self> {
        if self.status != Status::New {
            return None;
        }
        let ended = Self { completed_at: Some(time::timestamp(now)), ..self.clone() };
        let confirmed =
            Self { status: Status::Completed, confirm_code: Some(confirm_code.to_owned()), ..ended.clone() };
        Some(match end {
            End::Booked(booking_id) => Self { booking_id: Some(booking_id), ..confirmed },
            End::Admitted => confirmed,
            End::Rejected(reason) => Self { status: Status::Rejected, reason: Some(reason), ..ended },
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::time::END_OF_TIME;

    fn ticket(body: Value) -> Ticket {
        Ticket::accept("m1", Asker { user_id: "u1", request_id: "q1" }, body, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn what_is_asked_for_decides_the_lane() {
        let booking = ticket(json!({ "resourceID": "room-1" }));
        assert_eq!((booking.wish(), booking.lane().as_str()), (Wish::Booking, "resource/room-1"));
        for odd in [json!({ "resourceID": 7 }), json!({ "resourceID": "" })] {
            let odd = ticket(odd);
            assert!(odd.wish() == Wish::Booking && odd.lane().starts_with("admission/"), "{odd:?}");
        }
        for other in [json!(null), json!("text"), json!([1]), json!({ "show": "Hamlet" })] {
            let other = ticket(other);
            assert!(other.wish() == Wish::Admission && other.lane().starts_with("admission/"), "{other:?}");
        }
    }

    #[test]
    fn what_is_wrong_whatever_is_booked_is_refused() {
        let (day, last) = (1440, END_OF_TIME.epoch_seconds());
        let several = |days: i64| {
            let more = [json!({"resourceID": "b"}), json!({"resourceID": "c"}), json!({"resourceID": "d"})];
            json!({"resourceID": "a", "starttimeepochtime": 0, "durationMinutes": days * day, "additionalResources": more})
        };
        for (body, pointer) in [
            (json!({"resourceID": 7, "starttimeepochtime": 0}), "/resourceID"),
            (json!({"resourceID": "r"}), "/starttimeepochtime"),
            (json!({"resourceID": "r", "starttimeepochtime": 1}), "/starttimeepochtime"),
            (json!({"resourceID": "r", "starttimeepochtime": 120, "endtimeepochtime": 60}), "/endtimeepochtime"),
            (json!({"resourceID": "r", "starttimeepochtime": last - 60, "durationMinutes": 2}), "/starttimeepochtime"),
            (json!({"resourceID": "r", "starttimeepochtime": 60, "durationMinutes": 31 * day}), "/endtimeepochtime"),
            (several(8), "/additionalResources"),
            (json!({"resourceID": "r", "starttimeepochtime": 0, "hold": 0}), "/hold"),
            (json!({"resourceID": "r", "starttimeepochtime": 0, "hold": 5, "waitlist": true}), "/waitlist"),
            (
                json!({"resourceID": "r", "starttimeepochtime": 60, "durationMinutes": 7 * day, "waitlist": true}),
                "/waitlist",
            ),
        ] {
            let refused = ticket(body.clone()).check().unwrap_err();
            let pointers: Vec<&str> = refused.errors.iter().map(|error| error.pointer.as_str()).collect();
            assert_eq!((refused.rule.as_str(), pointers), ("invalid", vec![pointer]), "{body}");
        }
        let most = json!({"resourceID": "r", "starttimeepochtime": 0, "durationMinutes": 31 * day});
        let patient = json!({"resourceID": "r", "starttimeepochtime": 0, "durationMinutes": 7 * day, "waitlist": true});
        // By the rules of the resource it may end before the end of time.
        let late = json!({"resourceID": "r", "starttimeepochtime": last - 60});
        for good in [most, patient, late, several(7), json!(null), json!([1]), json!({"hold": "on", "waitlist": 7})] {
            assert_eq!(ticket(good.clone()).check(), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_request_ends_once() {
        let later = Timestamp::from_second(60).unwrap();
        let accepted = ticket(json!({ "resourceID": "room-1" }));
        let booked = accepted.end(End::Booked("b1".to_owned()), "code", later).unwrap();
        assert_eq!((booked.status, booked.booking_id.as_deref()), (Status::Completed, Some("b1")));
        assert_eq!(booked.confirm_code.as_deref(), Some("code"));
        let rejected = accepted.end(End::Rejected(Refusal::not_found("resource")), "code", later).unwrap();
        assert_eq!((rejected.status, rejected.confirm_code.clone()), (Status::Rejected, None));
        assert_eq!(rejected.reason.as_ref().unwrap().rule, "not-found");
        for ended in [booked, rejected] {
            assert_eq!(ended.end(End::Admitted, "other", later), None);
        }
    }
}
