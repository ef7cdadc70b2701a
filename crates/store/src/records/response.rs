//! Responses.

use serde_json::{Map, Value};

use crate::StoreError;

/// A response: the text of a JSON object, as DynamoDB's low-level API answers it. It is kept as text, since most of it is only ever
/// passed on.
#[derive(Clone, PartialEq, Eq)]
pub struct Response(String);

impl Response {
    /// A response with this item, which is the text of a JSON object.
    pub(crate) fn of_item(item: &str) -> Self {
        Self(["{\"Item\":", item, "}"].concat())
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The members, when they are to be looked at.
    pub fn members(&self) -> Result<Map<String, Value>, StoreError> {
        serde_json::from_str(&self.0)
            .map_err(|error| StoreError::Corrupt(format!("a response cannot be read: {error}")))
    }
}

impl From<Map<String, Value>> for Response {
    fn from(members: Map<String, Value>) -> Self {
        Self(Value::Object(members).to_string())
    }
}

/// Its length: what is in items is not for logs.
impl std::fmt::Debug for Response {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Response").field("bytes", &self.0.len()).finish()
    }
}
