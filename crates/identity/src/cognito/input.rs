//! Reading the parameters of an action.

use domain::json::{RESERVED_TEXT, has_reserved_text};
use serde_json::{Map, Value};

use super::fault::Fault;
use crate::identity::Identity;

/// The parameters of an action. (Not `Debug`: passwords and tokens are among them.)
pub(super) struct Input(Map<String, Value>);

impl Input {
    /// From the request's body: a JSON object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, Fault> {
        if has_reserved_text(body) {
            return Err(Fault::serialization(RESERVED_TEXT));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Fault::serialization("The body must be a JSON object.")),
            Err(error) => Err(Fault::serialization(format!("The body is not valid JSON: {error}."))),
        }
    }

    /// Texts that must be there; all that are missing are named at once.
    pub(super) fn texts<const N: usize>(&self, names: [&str; N]) -> Result<[&str; N], Fault> {
        let mut missing = Vec::new();
        let mut texts = [""; N];
        for (name, text) in names.iter().zip(&mut texts) {
            match self.text(name)? {
                Some(found) if !found.is_empty() => *text = found,
                _ => missing.push(*name),
            }
        }
        match missing.as_slice() {
            [] => Ok(texts),
            [one] => Err(Fault::invalid(format!("Missing required parameter {one}"))),
            many => Err(Fault::invalid(format!("Missing required parameters {}", many.join(", ")))),
        }
    }

    /// A text that may be absent.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::serialization(format!("{name} must be a string."))),
        }
    }

    /// A truth value; false when absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Fault::serialization(format!("{name} must be true or false."))),
        }
    }

    /// A whole number that may be absent.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let wrong = || Fault::serialization(format!("{name} must be a whole number."));
                value.as_i64().map(Some).ok_or_else(wrong)
            }
        }
    }

    /// The size of a page: `Limit`, 1 to 60, which is also the default.
    pub(super) fn limit(&self) -> Result<usize, Fault> {
        const MOST: i64 = 60;
        let limit = self.integer("Limit")?.filter(|limit| *limit != 0).unwrap_or(MOST);
        let size = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
        size.ok_or_else(|| Fault::invalid(format!("Limit must be 1 to {MOST}.")))
    }

    /// An array; empty when absent.
    pub(super) fn array(&self, name: &str) -> Result<&[Value], Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(Fault::serialization(format!("{name} must be a list."))),
        }
    }

    /// The parameters inside of one; none when it is absent.
    pub(super) fn inner(&self, name: &str) -> Result<Self, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Self(Map::new())),
            Some(Value::Object(members)) => Ok(Self(members.clone())),
            Some(_) => Err(Fault::serialization(format!("{name} must be an object."))),
        }
    }
}

impl Identity {
    /// Texts that an administrative action must have, `UserPoolId` being checked.
    pub(super) fn admin_texts<'a, const N: usize>(
        &self,
        input: &'a Input,
        names: [&str; N],
    ) -> Result<[&'a str; N], Fault> {
        let texts = input.texts(names)?;
        let [pool] = input.texts(["UserPoolId"])?;
        if pool != self.settings().pool_id {
            return Err(Fault::no_resource(format!("User pool {pool} does not exist.")));
        }
        Ok(texts)
    }

    /// Texts that a client's action must have, `ClientId` being checked.
    pub(super) fn client_texts<'a, const N: usize>(
        &self,
        input: &'a Input,
        names: [&str; N],
    ) -> Result<[&'a str; N], Fault> {
        let texts = input.texts(names)?;
        let [client] = input.texts(["ClientId"])?;
        if client != self.settings().client_id {
            return Err(Fault::no_resource(format!("User pool client {client} does not exist.")));
        }
        Ok(texts)
    }
}
