//! The accounts of an Amazon Cognito user pool, administered through Cognito's own interface.

mod fault;
mod lookup;
mod shown;

use std::fmt;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{AttributeType, AuthFlowType, MessageActionType, UserType};
use identity::{Account, AccountChange, AccountPage, Directory, Pending, PoolError, Tokens};
use tokio::sync::OnceCell;

use fault::{Context, missing};

/// How long one request over the wire may take.
const REQUEST: Duration = Duration::from_secs(10);
/// Accounts of a page, and groups of an account that are shown; Cognito has no larger pages.
const PAGE: i32 = 60;

/// A user pool of Amazon Cognito.
pub struct UserPool {
    region: String,
    pool: String,
    app: String,
    client: OnceCell<Client>,
}

impl fmt::Debug for UserPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("UserPool").field("pool", &self.pool).finish_non_exhaustive()
    }
}

/// A user as Cognito names it.
struct Named {
    /// What requests call it.
    username: String,
    account: Account,
}

impl UserPool {
    /// The pool of that id, with its app client. Credentials and endpoint (`AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`, else AWS) come
    /// from the SDK's default chains when something is asked for the first time.
    pub fn new(region: &str, pool: &str, app: &str) -> Self {
        let (region, pool, app) = (region.to_owned(), pool.to_owned(), app.to_owned());
        Self { region, pool, app, client: OnceCell::new() }
    }

    async fn client(&self) -> &Client {
        let connect = async || {
            let timeouts = TimeoutConfig::builder().operation_attempt_timeout(REQUEST).build();
            let loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts);
            Client::new(&loader.region(Region::new(self.region.clone())).load().await)
        };
        self.client.get_or_init(connect).await
    }

    /// The user with its groups, which Cognito tells only one by one.
    async fn named(&self, user: UserType) -> Result<Named, PoolError> {
        let username = user.username().unwrap_or_default().to_owned();
        let request = self.client().await.admin_list_groups_for_user().user_pool_id(&self.pool);
        let groups = request.username(&username).limit(PAGE).send().await.map_err(Context)?;
        let groups = groups.groups.unwrap_or_default().into_iter().filter_map(|group| group.group_name).collect();
        Ok(Named { username, account: shown::account(&user, groups)? })
    }

    async fn page(&self, after: Option<&str>) -> Result<AccountPage, PoolError> {
        let request = self.client().await.list_users().user_pool_id(&self.pool).limit(PAGE);
        let page = request.set_pagination_token(after.map(str::to_owned)).send().await.map_err(Context)?;
        let mut accounts = Vec::new();
        for user in page.users.unwrap_or_default() {
            accounts.push(self.named(user).await?.account);
        }
        Ok(AccountPage { accounts, next: page.pagination_token })
    }

    /// Without a message to the user: whoever types the command tells the password.
    async fn add(&self, email: &str, password: &str) -> Result<String, PoolError> {
        let attribute = |name: &str, value: &str| AttributeType::builder().name(name).value(value).build();
        let request = self.client().await.admin_create_user().user_pool_id(&self.pool).username(email);
        let request = request.temporary_password(password).message_action(MessageActionType::Suppress);
        let request = request.user_attributes(attribute("email", email).map_err(missing)?);
        let request = request.user_attributes(attribute("email_verified", "true").map_err(missing)?);
        let created = request.send().await.map_err(Context)?.user;
        let created = created.ok_or_else(|| PoolError::Remote("Cognito does not say whom it created.".to_owned()))?;
        let username = created.username().unwrap_or(email);
        if let Err(error) = self.set_password(username, password).await {
            // Nothing of it stays, or the next attempt would find the address taken. If that fails, the first error counts.
            let undo = self.client().await.admin_delete_user().user_pool_id(&self.pool).username(username);
            let _ = undo.send().await;
            return Err(error);
        }
        shown::account(&created, Vec::new()).map(|account| account.sub)
    }

    async fn set_password(&self, username: &str, password: &str) -> Result<(), PoolError> {
        let request = self.client().await.admin_set_user_password().user_pool_id(&self.pool).username(username);
        request.password(password).permanent(true).send().await.map_err(Context)?;
        Ok(())
    }

    async fn apply(&self, user: &str, change: AccountChange<'_>) -> Result<String, PoolError> {
        let Named { username, account } = self.look_up(user).await?.ok_or(PoolError::UserNotFound)?;
        let client = self.client().await;
        match change {
            AccountChange::Enabled(true) => {
                let request = client.admin_enable_user().user_pool_id(&self.pool).username(username);
                request.send().await.map_err(Context)?;
            }
            AccountChange::Enabled(false) => {
                let request = client.admin_disable_user().user_pool_id(&self.pool).username(username);
                request.send().await.map_err(Context)?;
            }
            AccountChange::Password(password) => {
                self.set_password(&username, password).await?;
                self.sign_out(&username).await?;
            }
            AccountChange::Join(group) => self.join(&username, group).await?,
            AccountChange::Leave(group) => {
                let request = client.admin_remove_user_from_group().user_pool_id(&self.pool).username(username);
                request.group_name(group).send().await.map_err(Context)?;
            }
            AccountChange::SignOut => self.sign_out(&username).await?,
            AccountChange::Delete => {
                let request = client.admin_delete_user().user_pool_id(&self.pool).username(username);
                request.send().await.map_err(Context)?;
            }
        }
        Ok(account.sub)
    }

    async fn sign_out(&self, username: &str) -> Result<(), PoolError> {
        let request = self.client().await.admin_user_global_sign_out().user_pool_id(&self.pool).username(username);
        request.send().await.map_err(Context)?;
        Ok(())
    }

    /// Creates the group if need be.
    async fn join(&self, username: &str, group: &str) -> Result<(), PoolError> {
        let client = self.client().await;
        let join = client.admin_add_user_to_group().user_pool_id(&self.pool).username(username).group_name(group);
        match join.clone().send().await.map_err(|error| PoolError::from(Context(error))) {
            Err(PoolError::ResourceNotFound(_)) => {}
            outcome => return outcome.map(drop),
        }
        client.create_group().user_pool_id(&self.pool).group_name(group).send().await.map_err(Context)?;
        join.send().await.map_err(Context)?;
        Ok(())
    }

    async fn tokens(&self, email: &str, password: &str) -> Result<Tokens, PoolError> {
        let request =
            self.client().await.initiate_auth().client_id(&self.app).auth_flow(AuthFlowType::UserPasswordAuth);
        let request = request.auth_parameters("USERNAME", email).auth_parameters("PASSWORD", password);
        let answer = request.send().await.map_err(Context)?;
        let challenge = answer.challenge_name.map(|challenge| challenge.as_str().to_owned());
        shown::tokens(answer.authentication_result, challenge)
    }
}

impl Directory for UserPool {
    fn find<'a>(&'a self, user: &'a str) -> Pending<'a, Option<Account>, PoolError> {
        Box::pin(async move { Ok(self.look_up(user).await?.map(|named| named.account)) })
    }

    fn list<'a>(&'a self, after: Option<&'a str>) -> Pending<'a, AccountPage, PoolError> {
        Box::pin(self.page(after))
    }

    fn create<'a>(&'a self, email: &'a str, password: &'a str) -> Pending<'a, String, PoolError> {
        Box::pin(self.add(email, password))
    }

    fn change<'a>(&'a self, user: &'a str, change: AccountChange<'a>) -> Pending<'a, String, PoolError> {
        Box::pin(self.apply(user, change))
    }

    fn sign_in<'a>(&'a self, email: &'a str, password: &'a str) -> Pending<'a, Tokens, PoolError> {
        Box::pin(self.tokens(email, password))
    }
}
