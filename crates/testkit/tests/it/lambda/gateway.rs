//! API Gateway, as a function sees it: requests and questions in their recorded forms, answers, and what a policy lets through.

use serde_json::{Value, json};
use testkit::Function;

const REST: &str = include_str!("recorded/rest.json");
const HTTP: &str = include_str!("recorded/http.json");
const TOKEN: &str = include_str!("recorded/token.json");
const REQUEST: &str = include_str!("recorded/request.json");

/// The API of the recorded forms.
const API: &str = "arn:aws:execute-api:us-east-1:123456789012:abcdef1234/Prod";

/// Which API a request comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A REST API.
    Rest,
    /// An HTTP API, with the payload's format 2.0.
    Http,
}

/// A client behind API Gateway.
pub(super) struct Client<'a> {
    pub(super) function: &'a Function,
    pub(super) form: Form,
    pub(super) token: &'a str,
}

/// What a client gets.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: i64,
    pub(super) headers: Value,
    pub(super) body: String,
}

impl Client<'_> {
    pub(super) async fn get(&self, path: &str) -> Got {
        self.ask("GET", path, None).await
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: &Value) -> Got {
        self.ask(method, path, Some(body)).await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Got {
        let answer = self.function.answer(&self.event(method, path, body)).await;
        let headers = match self.form {
            Form::Rest => &answer["multiValueHeaders"],
            Form::Http => &answer["headers"],
        };
        let body = answer["body"].as_str().unwrap_or_default().to_owned();
        assert_eq!(answer["isBase64Encoded"], false, "{answer}");
        Got { status: answer["statusCode"].as_i64().unwrap(), headers: headers.clone(), body }
    }

    fn event(&self, method: &str, target: &str, body: Option<&Value>) -> Value {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let text = body.map_or(Value::Null, |body| Value::from(body.to_string()));
        if self.form == Form::Http {
            let mut event: Value = serde_json::from_str(HTTP).unwrap();
            event["rawPath"] = path.into();
            event["rawQueryString"] = query.into();
            event["headers"]["authorization"] = format!("Bearer {}", self.token).into();
            event["requestContext"]["http"]["method"] = method.into();
            event["requestContext"]["http"]["path"] = path.into();
            event["body"] = text;
            return event;
        }
        let mut event: Value = serde_json::from_str(REST).unwrap();
        event["httpMethod"] = method.into();
        event["path"] = path.into();
        event["headers"]["Authorization"] = self.token.into();
        event["multiValueHeaders"]["Authorization"] = json!([self.token]);
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            event["queryStringParameters"][name] = value.into();
            event["multiValueQueryStringParameters"][name] = json!([value]);
        }
        event["requestContext"]["httpMethod"] = method.into();
        event["requestContext"]["path"] = format!("/Prod{path}").into();
        event["body"] = text;
        event
    }
}

impl Got {
    /// The body, of an answer with this status.
    pub(super) fn json(&self, status: i64) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// What a TOKEN authorizer is asked.
pub(super) fn token_question(token: &str) -> Value {
    let mut question: Value = serde_json::from_str(TOKEN).unwrap();
    question["authorizationToken"] = token.into();
    question
}

/// What a REQUEST authorizer is asked.
pub(super) fn request_question(token: &str) -> Value {
    let mut question: Value = serde_json::from_str(REQUEST).unwrap();
    question["headers"]["authorization"] = format!("Bearer {token}").into();
    question
}

/// Whether API Gateway lets a request through by this answer of an authorizer.
pub(super) fn lets_through(answer: &Value, method: &str, path: &str) -> bool {
    let asked = format!("{API}/{method}{path}");
    let statements = answer["policyDocument"]["Statement"].as_array().unwrap();
    statements.iter().any(|statement| {
        assert_eq!(statement["Action"], "execute-api:Invoke");
        let mut resources = statement["Resource"].as_array().unwrap().iter().map(|resource| resource.as_str().unwrap());
        statement["Effect"] == "Allow" && resources.any(|resource| matches(resource, &asked))
    })
}

/// Whether a text is what a pattern of IAM's describes.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
