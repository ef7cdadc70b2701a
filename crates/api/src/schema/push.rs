//! Push.

use serde::Serialize;
use utoipa::ToSchema;

/// A ticket.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"ticket": "mHqv0cYBpL2_7G0sqTDOJWPGZ0GGCBr4XGNkBO2oB6s", "expiresAt": "2027-01-15T09:00:30.000Z"})))]
pub(crate) struct Ticket {
    /// To be sent as the parameter `ticket`, once.
    ticket: String,
    /// Until when (RFC 3339).
    #[serde(rename = "expiresAt")]
    #[schema(format = "date-time")]
    expires_at: String,
}
