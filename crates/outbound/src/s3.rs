//! S3, and what speaks its protocol.

use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::{BackoffConfig, ClientConfigKey, RetryConfig};

/// Attempts after the first within one delivery. The pipeline tries again itself, and says why.
const RETRIES: usize = 2;
/// When no further attempt is made within one delivery.
const RETRY: Duration = Duration::from_secs(20);
/// How long one request may take, a whole file with it.
const REQUEST: &str = "120 seconds";

/// A bucket, by the variables that AWS tools share; what is wrong with them otherwise.
pub(crate) fn builder(bucket: &str) -> Result<AmazonS3Builder, String> {
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRY };
    let builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry);
    let builder = builder.with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), REQUEST);
    let endpoint = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let Some(endpoint) = endpoint.iter().find_map(|key| builder.get_config_value(key)) else { return Ok(builder) };
    // Whoever names an endpoint without TLS means it, as for the AWS SDK.
    Ok(if is_encrypted(&endpoint)? { builder } else { builder.with_allow_http(true) })
}

/// Whether an endpoint is reached by TLS; what it should be when it is no URL.
fn is_encrypted(endpoint: &str) -> Result<bool, String> {
    let uri = endpoint.parse::<http::Uri>().ok().filter(|uri| uri.query().is_none());
    match uri.as_ref().and_then(|uri| uri.authority().and(uri.scheme_str())) {
        Some("https") => Ok(true),
        Some("http") => Ok(false),
        _ => Err("AWS_ENDPOINT_URL_S3, or AWS_ENDPOINT_URL, should be a URL such as https://s3.example.com".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_url() {
        for (endpoint, is) in [("https://s3.example.com", true), ("http://127.0.0.1:9000/", false)] {
            assert_eq!(is_encrypted(endpoint), Ok(is), "{endpoint}");
        }
        for wrong in
            ["", "localhost:9000", "s3.example.com", "ftp://example.com", "http://", "http://a b", "https://a/?x=1"]
        {
            assert!(is_encrypted(wrong).is_err(), "{wrong}");
        }
    }
}
