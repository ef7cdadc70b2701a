//! What administrators do with one account.

use serde_json::{Value, json};

use super::attributes::{Attributes, By};
use super::fault::Fault;
use super::input::Input;
use super::render;
use crate::identity::Identity;
use crate::password;
use crate::pool::{NewUser, Status};

impl Identity {
    /// `AdminCreateUser`. Nothing is sent to the user, whatever `MessageAction` says.
    pub(super) async fn on_admin_create_user(&self, input: &Input) -> Result<Value, Fault> {
        let [email] = self.admin_texts(input, ["Username"])?;
        match input.text("MessageAction")? {
            None | Some("SUPPRESS") => {}
            Some(other) => return Err(Fault::invalid(format!("MessageAction {other:?} is not supported."))),
        }
        let Attributes { email_verified, others: attributes } = Attributes::read(input, email, By::Administrator)?;
        let generated = password::generate()?;
        let new = NewUser {
            email,
            password: input.text("TemporaryPassword")?.unwrap_or(&generated),
            status: Status::ForceChangePassword,
            email_verified: email_verified.unwrap_or(false),
            groups: Vec::new(),
            attributes,
        };
        let account = self.pool()?.create(new).await?;
        Ok(json!({"User": render::user(&account, "Attributes", &[])}))
    }

    /// `AdminSetUserPassword`.
    pub(super) async fn on_admin_set_user_password(&self, input: &Input) -> Result<Value, Fault> {
        let [username, password] = self.admin_texts(input, ["Username", "Password"])?;
        self.pool()?.set_password(username, password, input.flag("Permanent")?).await?;
        Ok(json!({}))
    }

    /// `AdminGetUser`.
    pub(super) async fn on_admin_get_user(&self, input: &Input) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        let account = self.pool()?.get(username).await?;
        Ok(render::user(&account, "UserAttributes", &[]))
    }

    /// `AdminDeleteUser`.
    pub(super) async fn on_admin_delete_user(&self, input: &Input) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        self.pool()?.delete(username).await?;
        Ok(json!({}))
    }

    /// `AdminEnableUser` and `AdminDisableUser`.
    pub(super) async fn on_admin_set_enabled(&self, input: &Input, enabled: bool) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        self.pool()?.set_enabled(username, enabled).await?;
        Ok(json!({}))
    }

    /// `AdminUserGlobalSignOut`.
    pub(super) async fn on_admin_user_global_sign_out(&self, input: &Input) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        self.pool()?.sign_out_everywhere(username).await?;
        Ok(json!({}))
    }
}
