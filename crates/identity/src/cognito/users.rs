//! Lists of accounts.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::fault::Fault;
use super::input::Input;
use super::render;
use crate::identity::Identity;

impl Identity {
    /// `ListUsers`: all, or the one that a filter names.
    pub(super) async fn on_list_users(&self, input: &Input) -> Result<Value, Fault> {
        let [] = self.admin_texts(input, [])?;
        let wanted = input.array("AttributesToGet")?.iter().filter_map(Value::as_str).collect::<Vec<_>>();
        let limit = input.limit()?;
        let after = place(input.text("PaginationToken")?)?;
        let (accounts, next) = match input.text("Filter")?.map(str::trim).filter(|filter| !filter.is_empty()) {
            Some(filter) => match filtered(filter)? {
                Some(username) => (self.pool()?.find(username).await?.into_iter().collect(), None),
                None => (Vec::new(), None),
            },
            None => {
                let page = self.pool()?.list_users(limit, after.as_deref()).await?;
                (page.accounts, page.next)
            }
        };
        let users = accounts.iter().map(|account| render::user(account, "Attributes", &wanted)).collect();
        Ok(page("Users", users, "PaginationToken", next))
    }
}

/// The one username that a filter asks for: `email = "…"`, `sub = "…"` or `username = "…"`; none when nothing can match.
fn filtered(filter: &str) -> Result<Option<&str>, Fault> {
    let wrong = || {
        Fault::invalid(
            "Filter must be of the form email = \"…\", sub = \"…\" or username = \"…\"; others are not supported.",
        )
    };
    let (name, value) = filter.split_once('=').ok_or_else(wrong)?;
    let quoted = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let value = quoted.filter(|value| !value.is_empty() && !value.contains('"')).ok_or_else(wrong)?;
    match name.trim() {
        "email" => Ok(Some(value).filter(|value| value.contains('@'))),
        "sub" => Ok(Some(value).filter(|value| !value.contains('@'))),
        "username" => Ok(Some(value)),
        _ => Err(wrong()),
    }
}

/// A page with the token of the next.
pub(super) fn page(name: &str, items: Vec<Value>, token_name: &str, next: Option<String>) -> Value {
    let token = next.map(|next| (token_name.to_owned(), json!(BASE64_URL_SAFE_NO_PAD.encode(next))));
    Value::Object([(name.to_owned(), Value::Array(items))].into_iter().chain(token).collect::<Map<_, _>>())
}

/// The place that a page's token names.
pub(super) fn place(token: Option<&str>) -> Result<Option<String>, Fault> {
    let Some(token) = token else { return Ok(None) };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let place = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|place| !place.is_empty());
    place.map(Some).ok_or_else(|| Fault::invalid("The pagination token is not one that was given out."))
}
