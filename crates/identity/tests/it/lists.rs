//! Lists of accounts and groups.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{PASSWORD, TestPool, error, ok};

async fn pages(pool: &TestPool, action: &str, items: &str, token: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut body = json!({"Limit": 2});
    loop {
        let page = ok(&pool.admin(action, body.clone()).await);
        pages.push(page[items].as_array().unwrap().clone());
        match page.get(token) {
            Some(next) if pages.len() < 10 => body[token] = next.clone(),
            _ => return pages,
        }
    }
}

#[tokio::test]
async fn accounts_are_listed_page_by_page() {
    let pool = TestPool::new().await;
    for name in ["a", "b", "c", "d", "e"] {
        pool.identity.pool().unwrap().create_user(&format!("{name}@example.com"), PASSWORD, &[], true).await.unwrap();
    }
    let pages = pages(&pool, "ListUsers", "Users", "PaginationToken").await;
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let subs: BTreeSet<_> = pages.iter().flatten().map(|user| user["Username"].as_str().unwrap()).collect();
    assert_eq!(subs.len(), 5);
    assert_eq!(ok(&pool.admin("ListUsers", json!({})).await)["Users"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_filter_finds_one_account() {
    let pool = TestPool::new().await;
    let sub = pool.confirmed("ann@example.com").await;
    pool.confirmed("bob@example.com").await;
    let by_sub = format!("sub=\"{sub}\"");
    for filter in ["email = \"ANN@example.com\"", "username=\"ann@example.com\"", &by_sub] {
        let body = json!({"Filter": filter, "AttributesToGet": ["email"]});
        let users = ok(&pool.admin("ListUsers", body).await)["Users"].clone();
        assert_eq!(users.as_array().unwrap().len(), 1, "{filter}");
        assert_eq!(users[0]["Username"], json!(sub));
        assert_eq!(users[0]["Attributes"], json!([{"Name": "email", "Value": "ann@example.com"}]));
    }
    for nothing in ["email = \"x@y\"", "sub = \"x\"", "email = \"ann\""] {
        assert_eq!(ok(&pool.admin("ListUsers", json!({"Filter": nothing})).await)["Users"], json!([]), "{nothing}");
    }
    for wrong in ["email ^= \"a\"", "name = \"Ann\"", "email", "email = ann@example.com"] {
        assert_eq!(
            error(&pool.admin("ListUsers", json!({"Filter": wrong})).await).0,
            "InvalidParameterException",
            "{wrong}"
        );
    }
    for body in [json!({"Limit": 61}), json!({"Limit": -1}), json!({"PaginationToken": "?"})] {
        assert_eq!(error(&pool.admin("ListUsers", body).await).0, "InvalidParameterException");
    }
}

#[tokio::test]
async fn groups_are_created_once_and_listed() {
    let pool = TestPool::new().await;
    let body = json!({"GroupName": "staff", "Description": "the staff", "Precedence": 3});
    let group = ok(&pool.admin("CreateGroup", body.clone()).await)["Group"].clone();
    assert_eq!(
        (&group["GroupName"], &group["UserPoolId"], &group["Precedence"]),
        (&json!("staff"), &json!("local_frontdesk"), &json!(3))
    );
    assert_eq!(group["CreationDate"].to_string(), "1800000000.250");
    assert_eq!(error(&pool.admin("CreateGroup", body).await).0, "GroupExistsException");
    assert_eq!(error(&pool.admin("CreateGroup", json!({"GroupName": "a b"})).await).0, "InvalidParameterException");
    ok(&pool.admin("CreateGroup", json!({"GroupName": "guests"})).await);
    let pages = pages(&pool, "ListGroups", "Groups", "NextToken").await;
    let names: BTreeSet<_> = pages.iter().flatten().map(|group| group["GroupName"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["apiAdmins", "guests", "staff"]));
    pool.confirmed("ann@example.com").await;
    for action in ["AdminAddUserToGroup", "AdminRemoveUserFromGroup"] {
        let (kind, message) =
            error(&pool.admin(action, json!({"Username": "ann@example.com", "GroupName": "x"})).await);
        assert_eq!((kind.as_str(), message.as_str()), ("ResourceNotFoundException", "Group not found."));
        let long = json!({"Username": "ann@example.com", "GroupName": "x".repeat(129)});
        assert_eq!(error(&pool.admin(action, long).await).0, "InvalidParameterException");
    }
}
