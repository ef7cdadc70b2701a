//! Attendees: who is to come to a booking.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::email::{self, EMAIL_BYTES};
use crate::fields::{Fields, finish_object, objects};
use crate::limits::{ATTENDEES, NAME_BYTES};

/// One who is to come, known by a name, an e-mail address or both. Attendees need no account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// The name, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// Takes the attendees out of a booking's request.
pub fn read(fields: &mut Fields) -> Vec<Attendee> {
    let Some(value) = fields.take("attendees") else { return Vec::new() };
    if matches!(&value, Value::Array(none) if none.is_empty()) {
        return Vec::new();
    }
    let (mut errors, mut attendees) = (Vec::new(), Vec::new());
    for (base, mut members) in objects(value, "/attendees", ATTENDEES, &mut errors) {
        attendees.push(read_one(&mut members));
        finish_object(&base, members, &mut errors);
    }
    fields.wrong_all(errors);
    attendees
}

fn read_one(members: &mut Fields) -> Attendee {
    let before = members.problems();
    let name = members.filled_text("name", NAME_BYTES);
    let email = members.text("email", EMAIL_BYTES);
    if email.as_deref().is_some_and(|email| !email::is_address(email)) {
        members.wrong("email", "must be an e-mail address, such as `ada@example.com`");
    } else if name.is_none() && email.is_none() && members.problems() == before {
        members.wrong("name", "is required, or else `email`");
    }
    Attendee { name, email }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(attendees: &Value) -> Result<Vec<Attendee>, Vec<String>> {
        let body = json!({"attendees": attendees});
        let mut fields = Fields::new(crate::json::object(body.to_string().as_bytes()).unwrap());
        let attendees = read(&mut fields);
        let pointers = |refusal: crate::Refusal| refusal.errors.into_iter().map(|error| error.pointer).collect();
        fields.finish().map(|_| attendees).map_err(pointers)
    }

    #[test]
    fn attendees_read_back_as_they_were_sent() {
        let sent = json!([{"name": "Ada"}, {"email": "bob@example.com"}, {"name": "Cyd", "email": "cyd@example.com"}]);
        assert_eq!(serde_json::to_value(parse(&sent).unwrap()).unwrap(), sent);
        assert_eq!(parse(&json!([])).unwrap(), []);
        assert_eq!(parse(&json!(null)).unwrap(), []);
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place() {
        for (attendees, pointers) in [
            (json!({}), vec!["/attendees"]),
            (json!(["Ada"]), vec!["/attendees/0"]),
            (json!([{}]), vec!["/attendees/0/name"]),
            (json!([{"name": " "}]), vec!["/attendees/0/name"]),
            (json!([{"name": 1}, {"email": true}]), vec!["/attendees/0/name", "/attendees/1/email"]),
            (json!([{"name": "Ada"}, {"email": "nobody"}]), vec!["/attendees/1/email"]),
            (json!([{"name": "Ada", "phone": "1"}]), vec!["/attendees/0/phone"]),
            (json!([{"name": "x".repeat(257)}]), vec!["/attendees/0/name"]),
        ] {
            assert_eq!(parse(&attendees), Err(pointers.into_iter().map(str::to_owned).collect()), "{attendees}");
        }
    }

    #[test]
    fn there_may_be_so_many() {
        let many = |count: usize| Value::Array(vec![json!({"name": "Ada"}); count]);
        assert_eq!(parse(&many(ATTENDEES)).unwrap().len(), ATTENDEES);
        assert_eq!(parse(&many(ATTENDEES + 1)), Err(vec!["/attendees".to_owned()]));
        assert_eq!(parse(&Value::Array(vec![json!({}); ATTENDEES])).unwrap_err().len(), 20);
    }
}
