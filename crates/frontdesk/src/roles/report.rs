//! Saying to Lambda that there will be no function: the runtime's interface, `POST /runtime/init/error`.

use reqwest::Client;
use serde_json::json;

use super::{RUNTIME_API, variable};
use crate::error::Error;

const VERSION: &str = "2018-06-01";
const KIND: &str = "Runtime.InitError";

/// Reports why init failed. That it cannot be reported is logged.
pub(super) async fn init_error(error: &Error) {
    let Some(place) = variable(RUNTIME_API) else { return };
    let url = format!("http://{place}/{VERSION}/runtime/init/error");
    let body = json!({"errorMessage": error.report(), "errorType": KIND, "stackTrace": []});
    let report = async || {
        let request = Client::builder().build()?.post(url).header("lambda-runtime-function-error-type", KIND);
        request.body(body.to_string()).send().await.map(drop)
    };
    if let Err(error) = report().await {
        tracing::error!(error = &error as &(dyn std::error::Error + 'static), "Lambda cannot be told of it");
    }
}
