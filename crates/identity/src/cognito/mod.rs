//! Cognito's JSON protocol (AWS JSON 1.1), for the actions that the embedded pool has.

mod admin;
mod attributes;
mod fault;
mod groups;
mod input;
mod render;
mod sign_in;
mod sign_up;
mod users;

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::error::PoolError;
use crate::identity::Identity;
use crate::sigv4::{self, Expected, Signed};
use fault::Fault;
use input::Input;

const TARGET: &str = "AWSCognitoIdentityProviderService.";
/// The service in the scope of signatures.
const SERVICE: &str = "cognito-idp";
/// How long a request waits for the keys of a server that has just started.
const READY_LIMIT: Duration = Duration::from_secs(10);

/// Actions that anyone may ask for; what they ask for is guarded by a password or a token.
const UNSIGNED: [&str; 5] = ["SignUp", "InitiateAuth", "GetUser", "GlobalSignOut", "RevokeToken"];

/// Actions that must be signed with the pool's access key.
const SIGNED: [&str; 15] = [
    "AdminCreateUser",
    "AdminConfirmSignUp",
    "AdminSetUserPassword",
    "AdminInitiateAuth",
    "AdminGetUser",
    "AdminDeleteUser",
    "AdminEnableUser",
    "AdminDisableUser",
    "AdminUserGlobalSignOut",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AdminListGroupsForUser",
    "CreateGroup",
    "ListGroups",
    "ListUsers",
];

/// A request as it was received. (Not `Debug`: passwords and tokens are in its body.)
#[derive(Clone, Copy)]
pub struct CognitoRequest<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as received, still encoded.
    pub path: &'a str,
    /// The query as received, without `?`.
    pub query: &'a str,
    /// Names (in any case) and values; `host` among them (HTTP/2: the authority).
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
}

/// A reply: `application/x-amz-json-1.1`.
#[derive(Clone, PartialEq, Eq)]
pub struct CognitoReply {
    /// The HTTP status.
    pub status: u16,
    /// The error's type, for the header `x-amzn-ErrorType`; absent on success.
    pub error: Option<&'static str>,
    /// The body.
    pub body: String,
}

impl fmt::Debug for CognitoReply {
    /// Without the body, in which tokens may be.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("CognitoReply");
        shown.field("status", &self.status).field("error", &self.error).finish_non_exhaustive()
    }
}

impl Identity {
    /// Answers a request of Cognito's JSON protocol.
    pub async fn cognito(&self, request: CognitoRequest<'_>) -> CognitoReply {
        match self.answer(request).await {
            Ok(value) => CognitoReply { status: 200, error: None, body: value.to_string() },
            Err(fault) => fault.reply(),
        }
    }

    async fn answer(&self, request: CognitoRequest<'_>) -> Result<Value, Fault> {
        let target = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-target"));
        let action = target.and_then(|(_, value)| value.trim().strip_prefix(TARGET));
        let action = action.ok_or_else(|| Fault::unknown("X-Amz-Target names no action of Cognito's user pools."))?;
        let signed = SIGNED.contains(&action);
        if !signed && !UNSIGNED.contains(&action) {
            return Err(no_action(action));
        }
        self.pool()?;
        if !self.wait_ready(READY_LIMIT).await {
            return Err(PoolError::NotReady.into());
        }
        if signed {
            self.check_signature(request)?;
        }
        self.act(action, &Input::parse(request.body)?).await
    }

    async fn act(&self, action: &str, input: &Input) -> Result<Value, Fault> {
        match action {
            "SignUp" => self.on_sign_up(input).await,
            "InitiateAuth" => self.on_initiate_auth(input).await,
            "GetUser" => self.on_get_user(input).await,
            "GlobalSignOut" => self.on_global_sign_out(input).await,
            "RevokeToken" => self.on_revoke_token(input).await,
            "AdminCreateUser" => self.on_admin_create_user(input).await,
            "AdminConfirmSignUp" => self.on_admin_confirm_sign_up(input).await,
            "AdminSetUserPassword" => self.on_admin_set_user_password(input).await,
            "AdminInitiateAuth" => self.on_admin_initiate_auth(input).await,
            "AdminGetUser" => self.on_admin_get_user(input).await,
            "AdminDeleteUser" => self.on_admin_delete_user(input).await,
            "AdminEnableUser" => self.on_admin_set_enabled(input, true).await,
            "AdminDisableUser" => self.on_admin_set_enabled(input, false).await,
            "AdminUserGlobalSignOut" => self.on_admin_user_global_sign_out(input).await,
            "AdminAddUserToGroup" => self.on_admin_add_user_to_group(input).await,
            "AdminRemoveUserFromGroup" => self.on_admin_remove_user_from_group(input).await,
            "AdminListGroupsForUser" => self.on_admin_list_groups_for_user(input).await,
            "CreateGroup" => self.on_create_group(input).await,
            "ListGroups" => self.on_list_groups(input).await,
            "ListUsers" => self.on_list_users(input).await,
            other => Err(no_action(other)),
        }
    }

    fn check_signature(&self, request: CognitoRequest<'_>) -> Result<(), Fault> {
        let CognitoRequest { method, path, query, headers, body } = request;
        let key = self.access_key().ok_or(PoolError::NotReady)?;
        let expected = Expected { key, service: SERVICE, headers: &["host", "x-amz-target"] };
        sigv4::verify(Signed { method, path, query, headers, body }, expected, self.clock().now()).map_err(Fault::from)
    }
}

fn no_action(action: &str) -> Fault {
    Fault::unknown(&format!("This version has no action {action:?}."))
}
