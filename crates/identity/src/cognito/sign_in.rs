//! Signing in, signing out, and what an access token can ask for.

use std::sync::Arc;

use serde_json::{Value, json};

use super::fault::Fault;
use super::input::Input;
use super::render;
use crate::identity::Identity;
use crate::principal::{Principal, TokenUse};

impl Identity {
    /// `InitiateAuth`.
    pub(super) async fn on_initiate_auth(&self, input: &Input) -> Result<Value, Fault> {
        let [flow] = self.client_texts(input, ["AuthFlow"])?;
        match flow {
            "USER_PASSWORD_AUTH" => self.sign_in_by_password(input).await,
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => self.sign_in_by_refresh_token(input).await,
            "USER_SRP_AUTH" | "USER_AUTH" | "CUSTOM_AUTH" => {
                Err(Fault::invalid(format!("{flow} is not enabled for the client; use USER_PASSWORD_AUTH.")))
            }
            other => Err(Fault::invalid(format!("There is no AuthFlow {other:?}."))),
        }
    }

    /// `AdminInitiateAuth`.
    pub(super) async fn on_admin_initiate_auth(&self, input: &Input) -> Result<Value, Fault> {
        let [flow] = self.admin_texts(input, ["AuthFlow"])?;
        let [] = self.client_texts(input, [])?;
        match flow {
            "ADMIN_USER_PASSWORD_AUTH" | "ADMIN_NO_SRP_AUTH" => self.sign_in_by_password(input).await,
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => self.sign_in_by_refresh_token(input).await,
            other => Err(Fault::invalid(format!("AuthFlow {other:?} is not enabled; use ADMIN_USER_PASSWORD_AUTH."))),
        }
    }

    async fn sign_in_by_password(&self, input: &Input) -> Result<Value, Fault> {
        let parameters = input.inner("AuthParameters")?;
        let [username, password] = parameters.texts(["USERNAME", "PASSWORD"])?;
        Ok(render::authentication(&self.password_sign_in(username, password).await?))
    }

    async fn sign_in_by_refresh_token(&self, input: &Input) -> Result<Value, Fault> {
        let parameters = input.inner("AuthParameters")?;
        let [token] = parameters.texts(["REFRESH_TOKEN"])?;
        Ok(render::authentication(&self.refresh(token).await?))
    }

    /// `GetUser`.
    pub(super) async fn on_get_user(&self, input: &Input) -> Result<Value, Fault> {
        let bearer = self.bearer(input).await?;
        let account = self.pool()?.get(&bearer.sub).await?;
        Ok(json!({"Username": account.sub, "UserAttributes": render::attributes(&account, &[])}))
    }

    /// `GlobalSignOut`.
    pub(super) async fn on_global_sign_out(&self, input: &Input) -> Result<Value, Fault> {
        let bearer = self.bearer(input).await?;
        self.pool()?.sign_out_everywhere(&bearer.sub).await?;
        Ok(json!({}))
    }

    /// `RevokeToken`: ends the refresh token. Access tokens that it got stay good until they end.
    pub(super) async fn on_revoke_token(&self, input: &Input) -> Result<Value, Fault> {
        let [token] = self.client_texts(input, ["Token"])?;
        self.pool()?.revoke(token).await?;
        Ok(json!({}))
    }

    async fn bearer(&self, input: &Input) -> Result<Arc<Principal>, Fault> {
        let [token] = input.texts(["AccessToken"])?;
        let principal = self.authenticate(token).await?;
        if principal.token_use == TokenUse::Access {
            Ok(principal)
        } else {
            Err(Fault::not_authorized("Invalid Access Token"))
        }
    }
}
