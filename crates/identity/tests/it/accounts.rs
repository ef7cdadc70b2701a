//! Accounts: one for an address, none after deletion, and what the command line does with them.

use identity::{AuthError, PoolError, Status};
use serde_json::json;
use store::{Key, Table};

use crate::support::{PASSWORD, TestPool, error, ok};

#[tokio::test]
async fn an_address_has_one_account_however_many_sign_up_at_once() {
    let pool = TestPool::new().await;
    let addresses = ["ann@example.com", "Ann@example.com", "ANN@EXAMPLE.COM", "ann@Example.com"];
    let [a, b, c, d] = addresses.map(|address| pool.sign_up(address));
    let replies: [_; 4] = tokio::join!(a, b, c, d).into();
    let won: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(won.len(), 1, "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(error(reply).0, "UsernameExistsException");
    }
    assert_eq!(pool.identity.pool().unwrap().list_users(10, None).await.unwrap().accounts.len(), 1);
    let again = pool.admin("AdminCreateUser", json!({"Username": "aNN@example.com"})).await;
    assert_eq!(error(&again).0, "UsernameExistsException");
}

#[tokio::test]
async fn a_deleted_account_is_gone_and_its_address_is_free() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    let tokens = pool.tokens("ann@example.com").await;
    assert!(pool.identity.authenticate(&tokens.id).await.is_ok());
    ok(&pool.admin("AdminDeleteUser", json!({"Username": "Ann@example.com"})).await);
    assert!(matches!(pool.identity.authenticate(&tokens.id).await, Err(AuthError::Revoked)));
    assert_eq!(error(&pool.refresh(&tokens.refresh.unwrap()).await).0, "NotAuthorizedException");
    for name in ["ann@example.com", &sub] {
        let (kind, message) = error(&pool.admin("AdminDeleteUser", json!({"Username": name})).await);
        assert_eq!((kind.as_str(), message.as_str()), ("UserNotFoundException", "User does not exist."));
        assert_eq!(error(&pool.admin("AdminGetUser", json!({"Username": name})).await).0, "UserNotFoundException");
    }
    assert!(pool.store.get(&Key::new(Table::Users, &sub)).await.unwrap().is_some(), "the profile stays");
    let new = pool.confirmed("ann@example.com").await;
    assert_ne!(new, sub);
    assert!(matches!(pool.identity.authenticate(&tokens.id).await, Err(AuthError::Revoked)));
}

#[tokio::test]
async fn an_account_deleted_while_its_password_is_checked_gets_no_tokens() {
    let pool = TestPool::new().await;
    pool.confirmed("ann@example.com").await;
    let delete = pool.admin("AdminDeleteUser", json!({"Username": "ann@example.com"}));
    let (signed_in, deleted) = tokio::join!(pool.initiate("ann@example.com", PASSWORD), delete);
    ok(&deleted);
    assert_eq!(error(&signed_in).1, "Incorrect username or password.");
    assert!(pool.store.scan(Table::Sessions, 1, None).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn accounts_are_found_by_address_and_by_sub() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    for name in ["ANN@example.com", &sub] {
        let user = ok(&pool.admin("AdminGetUser", json!({"Username": name})).await);
        assert_eq!((&user["Username"], &user["UserStatus"]), (&json!(sub), &json!("CONFIRMED")));
        assert_eq!(user["UserAttributes"][0], json!({"Name": "sub", "Value": sub}));
    }
    let confirmed = error(&pool.admin("AdminConfirmSignUp", json!({"Username": sub})).await);
    assert_eq!(confirmed.0, "NotAuthorizedException");
}

#[tokio::test]
async fn the_command_line_manages_accounts() {
    let pool = TestPool::new().await;
    let users = pool.identity.pool().unwrap();
    let groups = ["staff".to_owned(), "apiAdmins".to_owned(), "staff".to_owned()];
    let account = users.create_user("ann@example.com", PASSWORD, &groups, true).await.unwrap();
    assert_eq!(
        (account.status, account.groups.as_slice()),
        (Status::Confirmed, &["apiAdmins".to_owned(), "staff".to_owned()][..])
    );
    let tokens = pool.identity.password_sign_in("ann@example.com", PASSWORD).await.unwrap();
    assert!(pool.identity.authenticate(&tokens.id_token).await.unwrap().administrator);
    assert!(matches!(users.create_user("ann@example.com", PASSWORD, &[], true).await, Err(PoolError::UsernameExists)));
    assert!(matches!(
        users.create_user("not an address", PASSWORD, &[], true).await,
        Err(PoolError::InvalidParameter(_))
    ));
    users.add_to_group("ann@example.com", "new-group").await.unwrap();
    users.remove_from_group("ann@example.com", "staff").await.unwrap();
    assert!(matches!(users.remove_from_group("ann@example.com", "nowhere").await, Err(PoolError::ResourceNotFound(_))));
    assert!(matches!(users.add_to_group("bob@example.com", "staff").await, Err(PoolError::UserNotFound)));
    assert_eq!(users.get("ann@example.com").await.unwrap().groups, ["apiAdmins", "new-group"]);
    users.set_password("ann@example.com", "N3w-Password", true).await.unwrap();
    assert!(pool.identity.password_sign_in("ann@example.com", "N3w-Password").await.is_ok());
    users.delete("ann@example.com").await.unwrap();
    assert!(users.find("ann@example.com").await.unwrap().is_none());
    let generated = identity::generate_password().unwrap();
    assert!(users.create_user("bob@example.com", &generated, &[], false).await.is_ok());
}
