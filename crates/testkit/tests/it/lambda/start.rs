//! Functions that cannot be.

use super::Cloud;

#[tokio::test]
async fn why_there_can_be_no_function_is_reported() {
    let cloud = Cloud::start().await;
    let prefix = ("FRONTDESK_TABLE_PREFIX", "nowhere-");
    for (role, setting, part) in [
        ("bootstrap", ("FRONTDESK_STORE", "dynamodb"), "api, authorizer, queue"),
        ("api", ("FRONTDESK_STORE", "embedded"), "FRONTDESK_STORE=dynamodb"),
        ("api", ("FRONTDESK_JWKS_URL", "http://127.0.0.1:9/keys"), "cannot be fetched"),
        ("relay", prefix, "table nowhere-"),
    ] {
        let function = cloud.function(role, &[setting]).await;
        let error = function.init_error().await;
        assert_eq!(error["errorType"], "Runtime.InitError");
        assert!(error["errorMessage"].as_str().unwrap().contains(part), "{role} {setting:?}: {error}");
        testkit::poll::until("the end", async || function.ended().filter(|status| !status.success())).await;
    }
}
