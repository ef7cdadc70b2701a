//! A request that is being put together. Awaiting it sends it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, IF_MATCH};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::Answer;

/// No answer takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server's address, and connections to it.
#[derive(Clone, Debug)]
pub struct Http {
    base: String,
    client: Client,
    /// Sent with every request: names and values.
    headers: Vec<(String, String)>,
}

impl Http {
    /// Connections to the server at this URL (no slash at the end).
    pub fn new(base: impl Into<String>) -> Self {
        let client = Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { base: base.into(), client, headers: Vec::new() }
    }

    /// The same, but every request has this header, too.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The server's URL, without a slash at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The server's host and port.
    pub fn host(&self) -> &str {
        let rest = self.base.split_once("://").map_or(self.base.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    /// A request without a token.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let request = self.client.request(method.clone(), format!("{}{path}", self.base));
        let call = Call { request, asked: format!("{method} {path}"), plain: false, may_fail: false };
        self.headers.iter().fold(call, |call, (name, value)| call.header(name, value))
    }
}

/// A request that is being put together. Awaiting it sends it.
#[derive(Debug)]
#[must_use = "a request is sent by awaiting it"]
pub struct Call {
    request: RequestBuilder,
    asked: String,
    plain: bool,
    may_fail: bool,
}

impl Call {
    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// With this value of `Authorization`.
    pub fn authorization(self, value: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), value)
    }

    /// With this `If-Match`.
    pub fn if_match(self, tags: &str) -> Self {
        self.header(IF_MATCH.as_str(), tags)
    }

    /// With this `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE.as_str(), "application/json").body(body.to_string())
    }

    /// With a body as it is.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        let body: Vec<u8> = body.into();
        let shown = String::from_utf8_lossy(body.get(..200).unwrap_or(&body)).into_owned();
        self.asked = format!("{} {shown}", self.asked);
        self.request = self.request.body(body);
        self
    }

    /// The answer is none of the interface proper (Cognito's protocol, a page): its form is not checked.
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// The answer may be a 5xx.
    pub fn may_fail(mut self) -> Self {
        self.may_fail = true;
        self
    }

    /// Sends the request; an error when no whole answer came back.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let Self { request, asked, plain, may_fail } = self;
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        let answer = Answer { status, headers, body, asked };
        assert!(may_fail || status < 500, "{}: {status}\n{}", answer.asked, answer.text());
        Ok(if plain { answer } else { answer.check() })
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let asked = self.asked.clone();
        Box::pin(async move { self.try_send().await.unwrap_or_else(|error| panic!("{asked}: {error:?}")) })
    }
}
