//! What the suite is told by variables: where the system is, and who calls.

use testkit::{CLIENT, TABLE};

/// What the names of all variables start with.
const PREFIX: &str = "FRONTDESK_E2E_";

/// A system that somebody else started.
pub(crate) struct Settings {
    /// `URL`: the interface's root, base path included.
    pub(crate) url: String,
    /// `COGNITO`: where the user pool is; without it, at the URL.
    pub(crate) cognito: String,
    /// `CLIENT`: the user pool's client.
    pub(crate) client: String,
    /// `API_KEY`: the key of a usage plan.
    pub(crate) api_key: Option<String>,
    /// The administrator.
    pub(crate) admin: Who,
    /// Somebody who is none.
    pub(crate) guest: Who,
}

/// How somebody signs in.
pub(crate) enum Who {
    /// `…_TOKEN`: they did so already.
    Token(String),
    /// `…_EMAIL` and `…_PASSWORD`.
    Password { email: String, password: String },
}

impl Settings {
    /// What is set; nothing without a URL.
    pub(crate) fn read() -> Option<Self> {
        let url = variable("URL")?.trim_end_matches('/').to_owned();
        Some(Self {
            cognito: variable("COGNITO").map_or_else(|| url.clone(), |other| other.trim_end_matches('/').to_owned()),
            client: variable("CLIENT").unwrap_or_else(|| CLIENT.to_owned()),
            api_key: variable("API_KEY"),
            admin: Who::read("ADMIN"),
            guest: Who::read("GUEST"),
            url,
        })
    }
}

impl Who {
    fn read(role: &str) -> Self {
        let of_role = |what: &str| variable(&format!("{role}_{what}"));
        match (of_role("TOKEN"), of_role("EMAIL"), of_role("PASSWORD")) {
            (Some(token), _, _) => Self::Token(token),
            (None, Some(email), Some(password)) => Self::Password { email, password },
            _ => panic!(
                "{PREFIX}URL is set, but not who calls: set {PREFIX}{role}_EMAIL and {PREFIX}{role}_PASSWORD, or {PREFIX}{role}_TOKEN"
            ),
        }
    }
}

/// `TABLE`: the table of table operations, with the key `id`; `none` where there is none.
pub(crate) fn table() -> Option<String> {
    let table = variable("TABLE").unwrap_or_else(|| TABLE.to_owned());
    (table != "none").then_some(table)
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the suite says where")]
fn variable(name: &str) -> Option<String> {
    std::env::var(format!("{PREFIX}{name}")).ok().filter(|value| !value.is_empty())
}
