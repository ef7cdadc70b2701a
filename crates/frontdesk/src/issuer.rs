//! The keys of an issuer outside, over HTTP: from a URL that is configured, or from the one that the issuer's discovery document names
//! (OpenID Connect Discovery 1.0).

use std::net::IpAddr;
use std::time::Duration;

use identity::{KeySource, Pending};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Outcome};

/// How long one document may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a document.
const DOCUMENT_BYTES: usize = 256 * 1024;
/// Redirects of one request.
const REDIRECTS: usize = 3;

/// Where keys are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// At this URL.
    At(String),
    /// Where this issuer's discovery document says.
    By(String),
}

/// Fetches the keys of an issuer.
#[derive(Debug)]
pub struct PublishedKeys {
    client: Client,
    published: Published,
}

/// What matters of a discovery document.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl PublishedKeys {
    /// Nothing is sent yet.
    pub fn new(published: Published) -> Outcome<Self> {
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::custom(redirected))
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
            .build();
        let client = client.map_err(Error::runtime("the issuer's keys cannot be fetched by this machine"))?;
        Ok(Self { client, published })
    }

    async fn document(&self) -> Result<Vec<u8>, String> {
        match &self.published {
            Published::At(url) => self.get(url).await,
            Published::By(issuer) => self.get(&self.discovered(issuer).await?).await,
        }
    }

    async fn discovered(&self, issuer: &str) -> Result<String, String> {
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        let url = format!("{base}/.well-known/openid-configuration");
        let found: Discovery = read(&self.get(&url).await?).map_err(|error| format!("{url}: {error}"))?;
        if found.issuer != issuer {
            return Err(format!("{url} is of the issuer {:?}; give --issuer exactly as it is there", found.issuer));
        }
        match Url::parse(&found.jwks_uri) {
            Ok(keys) if is_safe(&keys) => Ok(found.jwks_uri),
            _ => Err(format!("{url} names keys at {:?}, which is no https URL", found.jwks_uri)),
        }
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, String> {
        let failed = |error: reqwest::Error| crate::telemetry::chain(&error);
        let mut response = self.client.get(url).send().await.map_err(failed)?;
        if !response.status().is_success() {
            return Err(format!("{url} answers {}", response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len().saturating_add(chunk.len()) > DOCUMENT_BYTES {
                return Err(format!("{url} answers with more than {DOCUMENT_BYTES} bytes"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl KeySource for PublishedKeys {
    fn fetch(&self) -> Pending<'_, Vec<u8>, String> {
        Box::pin(self.document())
    }
}

fn read<T: DeserializeOwned>(document: &[u8]) -> Result<T, String> {
    serde_json::from_slice(document).map_err(|error| format!("this is not a discovery document: {error}"))
}

/// Follows a few redirects, but none from https to http, and none to http on another machine.
fn redirected(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let from_https = attempt.previous().iter().any(|url| url.scheme() == "https");
    if attempt.previous().len() > REDIRECTS {
        attempt.error("too many redirects")
    } else if !is_safe(attempt.url()) || (from_https && attempt.url().scheme() != "https") {
        attempt.error("a redirect leads away from https")
    } else {
        attempt.follow()
    }
}

/// Whether keys may come from there: by https, or from this machine.
pub fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.has_host(),
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for (url, safe) in [
            ("https://id.example.com/keys", true),
            ("http://localhost:5000/keys", true),
            ("http://127.0.0.1/keys", true),
            ("http://[::1]:1/keys", true),
            ("http://id.example.com/keys", false),
            ("http://10.0.0.1/keys", false),
            ("http://localhost.example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_safe(&Url::parse(url).unwrap()), safe, "{url}");
        }
    }
}
