//! Requests that are accepted at once and fulfilled later. Each ends once: completed, or rejected with the reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// A request that is accepted.
    pub fn accept(message_id: &str, user_id: &str, body: Value, now: Timestamp) -> Self {
        Self {
            message_id: message_id.to_owned(),
            user_id: user_id.to_owned(),
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

    fn ticket(body: Value) -> Ticket {
        Ticket::accept("m1", "u1", body, Timestamp::UNIX_EPOCH)
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
