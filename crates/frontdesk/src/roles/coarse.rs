//! What a caller may ask for at all, as an IAM policy for API Gateway. It follows from the Cedar policies and is never narrower than
//! they are: the service decides exactly. It holds for every route, so that API Gateway may remember it by the token.

use identity::{Action, Identity, Principal};
use serde_json::{Value, json};

/// The parameter that names the owner of what a path is about.
const OWNER: &str = "{userid}";
/// Nobody's `sub`.
const STRANGER: &str = "00000000-0000-0000-0000-000000000000";

/// An operation that wants a token.
struct Route {
    method: &'static str,
    /// Without the slash before it.
    path: String,
    /// What the policies are asked; nothing where they have no say but over its parts.
    action: Option<Action>,
}

/// The operations that want a token.
pub(super) struct Routes(Vec<Route>);

impl Routes {
    pub(super) fn new() -> Self {
        let guarded = api::operations().into_iter().filter(|operation| !operation.is_public);
        let route = |operation: api::Operation| Route {
            method: operation.method,
            path: operation.path.trim_start_matches('/').to_owned(),
            action: action(&operation.id),
        };
        Self(guarded.map(route).collect())
    }

    /// The policy of a caller, for an API of which `method_arn` names a method:
    /// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`.
    pub(super) fn policy(&self, identity: &Identity, principal: &Principal, method_arn: &str) -> Value {
        let mut api = method_arn.splitn(3, '/');
        let (api, stage) = (api.next().unwrap_or_default(), api.next().unwrap_or("*"));
        let place = |what: &str| format!("{api}/{stage}/{what}");
        let permitted: Vec<String> = self.0.iter().filter_map(|route| route.permitted(identity, principal)).collect();
        let is_everything =
            permitted.len() == self.0.len() && !permitted.iter().any(|what| what.contains(&principal.sub));
        let (effect, resources) = if permitted.is_empty() {
            ("Deny", vec![place("*")])
        } else if is_everything {
            ("Allow", vec![place("*")])
        } else {
            ("Allow", narrowed(permitted).iter().map(|what| place(what)).collect())
        };
        let statement = json!({"Action": "execute-api:Invoke", "Effect": effect, "Resource": resources});
        json!({"Version": "2012-10-17", "Statement": [statement]})
    }
}

impl Route {
    /// What of it is permitted, as a pattern; nothing when nothing is.
    fn permitted(&self, identity: &Identity, principal: &Principal) -> Option<String> {
        let Some(action) = self.action else { return Some(self.pattern("*")) };
        let permits = |owner: Option<&str>| identity.authorize(principal, action, owner);
        let own = Some(principal.sub.as_str());
        if !self.path.contains(OWNER) {
            return (permits(own) || permits(None)).then(|| self.pattern("*"));
        }
        if identity.policies_name_users() || permits(Some(STRANGER)) {
            return Some(self.pattern("*"));
        }
        permits(own).then(|| self.pattern(&principal.sub))
    }

    fn pattern(&self, owner: &str) -> String {
        let segment = |segment: &str| match segment {
            OWNER => owner.to_owned(),
            parameter if parameter.starts_with('{') => "*".to_owned(),
            literal => literal.to_owned(),
        };
        let path: Vec<String> = self.path.split('/').map(segment).collect();
        format!("{}/{}", self.method, path.join("/"))
    }
}

/// Without those that another one covers: `*` stands for any characters, slashes too.
fn narrowed(mut patterns: Vec<String>) -> Vec<String> {
    patterns.sort();
    patterns.dedup();
    let covered = |one: &String| {
        let covers = |other: &String| {
            other != one && other.strip_suffix('*').is_some_and(|start| !start.contains('*') && one.starts_with(start))
        };
        patterns.iter().any(covers)
    };
    patterns.iter().filter(|one| !covered(one)).cloned().collect()
}

/// What the policies are asked about an operation: the action of its name, with few exceptions.
fn action(operation: &str) -> Option<Action> {
    let name = match operation {
        "CreateLocation" => "PutLocation",
        "CreateResource" => "PutResource",
        "CreateBooking" => "PutBooking",
        "FollowEvents" | "OpenWebSocket" | "CreatePushTicket" => "OpenPush",
        name => name,
    };
    Action::ALL.iter().copied().find(|action| action.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_but_graphqls_asks_for_an_action() {
        let routes = Routes::new();
        let without = routes.0.iter().filter(|route| route.action.is_none());
        let without: Vec<String> = without.map(|route| route.pattern("*")).collect();
        let expected: &[&str] = if cfg!(feature = "graphql") { &["GET/graphql", "POST/graphql"] } else { &[] };
        assert_eq!(without, expected);
    }

    #[test]
    fn what_another_covers_is_left_out() {
        let patterns = ["GET/users/u", "GET/locations/*/resources/*", "GET/locations/*", "GET/users/u/bookings/*"];
        let kept = narrowed(patterns.map(str::to_owned).to_vec());
        assert_eq!(kept, ["GET/locations/*", "GET/users/u", "GET/users/u/bookings/*"]);
    }
}
