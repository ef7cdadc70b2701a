//! Profiles.

use serde::Serialize;
use utoipa::ToSchema;

/// A new profile. Further members are kept as they are.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"userid": "6f9619ff-8b86-4d11-b42d-00cf4fc964ff", "name": "Ada Lovelace", "team": "engines"})))]
pub(crate) struct NewProfile {
    /// A new one is chosen when it is absent.
    #[schema(required = false, min_length = 1, max_length = 255)]
    userid: String,
    /// Not empty when it is there.
    #[schema(required = false, min_length = 1, max_length = 256)]
    name: String,
}

/// What replaces a profile. Further members are kept as they are; `userid` is the path's.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({"name": "Ada Lovelace", "team": "engines"})))]
pub(crate) struct ProfileRequest {
    /// Not empty when it is there.
    #[schema(required = false, min_length = 1, max_length = 256)]
    name: String,
}

/// A profile, with the client's further members.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({
    "userid": "6f9619ff-8b86-4d11-b42d-00cf4fc964ff", "timestamp": "2027-01-15T09:30:00.000Z", "name": "Ada Lovelace",
    "team": "engines"
})))]
pub(crate) struct Profile {
    userid: String,
    /// When it was last changed (RFC 3339).
    #[schema(format = "date-time")]
    timestamp: String,
    #[schema(required = false)]
    name: String,
}

/// Nothing.
#[derive(Serialize, ToSchema)]
#[schema(examples(json!({})))]
pub(crate) struct Empty {}
