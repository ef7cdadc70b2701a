//! Groups and their members.

use serde_json::{Value, json};

use super::fault::Fault;
use super::input::Input;
use super::{render, users};
use crate::identity::Identity;

/// Characters of a group's description (Cognito's bound).
const DESCRIPTION_CHARACTERS: usize = 2_048;

impl Identity {
    /// `CreateGroup`.
    pub(super) async fn on_create_group(&self, input: &Input) -> Result<Value, Fault> {
        let [name] = self.admin_texts(input, ["GroupName"])?;
        let description = input.text("Description")?.map(str::to_owned);
        if description.as_ref().is_some_and(|text| text.chars().count() > DESCRIPTION_CHARACTERS) {
            return Err(Fault::invalid(format!("Description can have {DESCRIPTION_CHARACTERS} characters at most.")));
        }
        let group = self.pool()?.create_group(name, description, input.integer("Precedence")?).await?;
        Ok(json!({"Group": render::group(&group, &self.settings().pool_id)}))
    }

    /// `ListGroups`.
    pub(super) async fn on_list_groups(&self, input: &Input) -> Result<Value, Fault> {
        let [] = self.admin_texts(input, [])?;
        let after = users::place(input.text("NextToken")?)?;
        let (groups, next) = self.pool()?.list_groups(input.limit()?, after.as_deref()).await?;
        let pool_id = &self.settings().pool_id;
        let groups: Vec<_> = groups.iter().map(|group| render::group(group, pool_id)).collect();
        Ok(users::page("Groups", groups, "NextToken", next))
    }

    /// `AdminAddUserToGroup`.
    pub(super) async fn on_admin_add_user_to_group(&self, input: &Input) -> Result<Value, Fault> {
        let [username, group] = self.admin_texts(input, ["Username", "GroupName"])?;
        self.pool()?.add_to_known_group(username, group).await?;
        Ok(json!({}))
    }

    /// `AdminRemoveUserFromGroup`.
    pub(super) async fn on_admin_remove_user_from_group(&self, input: &Input) -> Result<Value, Fault> {
        let [username, group] = self.admin_texts(input, ["Username", "GroupName"])?;
        self.pool()?.remove_from_group(username, group).await?;
        Ok(json!({}))
    }

    /// `AdminListGroupsForUser`: all of them at once, since an account's groups are few.
    pub(super) async fn on_admin_list_groups_for_user(&self, input: &Input) -> Result<Value, Fault> {
        let [username] = self.admin_texts(input, ["Username"])?;
        let account = self.pool()?.get(username).await?;
        let groups = self.pool()?.groups_named(&account.groups).await?;
        let pool_id = &self.settings().pool_id;
        let groups: Vec<_> = groups.iter().map(|group| render::group(group, pool_id)).collect();
        Ok(users::page("Groups", groups, "NextToken", None))
    }
}
