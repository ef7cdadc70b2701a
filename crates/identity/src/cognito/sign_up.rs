//! Signing up.

use serde_json::{Value, json};

use super::attributes::{Attributes, By};
use super::fault::Fault;
use super::input::Input;
use crate::identity::Identity;
use crate::pool::{NewUser, Status};

impl Identity {
    /// `SignUp`. No code is sent: an administrator confirms.
    pub(super) async fn on_sign_up(&self, input: &Input) -> Result<Value, Fault> {
        let [email, password] = self.client_texts(input, ["Username", "Password"])?;
        let Attributes { others: attributes, .. } = Attributes::read(input, email, By::User)?;
        let groups = Vec::new();
        let status = Status::Unconfirmed;
        let new = NewUser { email, password, status, email_verified: false, groups, attributes };
        let account = self.pool()?.create(new).await?;
        Ok(json!({"UserConfirmed": false, "UserSub": account.sub}))
    }

    /// `AdminConfirmSignUp`.
    pub(super) async fn on_admin_confirm_sign_up(&self, input: &Input) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        self.pool()?.confirm(username).await?;
        Ok(json!({}))
    }
}
