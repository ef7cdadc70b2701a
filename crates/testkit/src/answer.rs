//! An answer, checked on arrival against what holds for every answer of the interface.

use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap};
use serde_json::{Value, json};

/// An answer of the server.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// What was asked, for messages.
    pub asked: String,
}

impl Answer {
    /// The same answer, if its status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}\n{}", self.asked, self.text());
        self
    }

    /// The JSON of an answer with this status.
    #[track_caller]
    pub fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.asked, self.text());
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}\n{}", self.asked, self.text()))
    }

    /// The bare array of an answer with status 200.
    #[track_caller]
    pub fn array(&self) -> Vec<Value> {
        match self.json(200) {
            Value::Array(items) => items,
            other => panic!("{}: not an array: {other}", self.asked),
        }
    }

    /// The problem of an answer with this status and this stable code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.json(status);
        assert_eq!(problem["code"], code, "{}\n{problem}", self.asked);
        problem
    }

    /// The data of a GraphQL answer without errors.
    #[track_caller]
    pub fn data(&self) -> Value {
        let body = self.json(200);
        assert_eq!(body.get("errors"), None, "{}\n{body}", self.asked);
        assert_eq!(self.header("content-type"), Some("application/graphql-response+json"), "{}", self.asked);
        body["data"].clone()
    }

    /// The problem of the one error in a GraphQL answer with this status.
    #[track_caller]
    pub fn graphql_problem(&self, status: u16, code: &str) -> Value {
        let body = self.json(status);
        let errors = body["errors"].as_array().cloned().unwrap_or_default();
        assert_eq!(errors.len(), 1, "{}\n{body}", self.asked);
        let problem = errors[0]["extensions"].clone();
        assert_eq!(problem["code"], code, "{}\n{problem}", self.asked);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"), "{}", self.asked);
        // What was refused before it was executed has no data at all (GraphQL, section 7.1).
        assert_eq!(body.get("data").is_some(), status == 200, "{}\n{body}", self.asked);
        problem
    }

    /// The problem of a table operation with this status, and the error that the original raises.
    #[track_caller]
    pub fn raised(&self, status: u16, error_type: &str, message: &str) -> Value {
        let problem = self.json(status);
        let shown = (text(&problem, "errorType"), text(&problem, "errorMessage"));
        assert_eq!(shown, (error_type.to_owned(), message.to_owned()), "{}\n{problem}", self.asked);
        problem
    }

    /// The result of a table operation of DynamoDB's, but for its `ResponseMetadata`, which is checked.
    #[track_caller]
    pub fn result(&self) -> Value {
        let mut result = self.json(200);
        let metadata = result.as_object_mut().and_then(|members| members.shift_remove("ResponseMetadata"));
        let request_id = self.header("x-request-id");
        assert_eq!(metadata, Some(json!({"HTTPStatusCode": 200, "RequestId": request_id})), "{}", self.asked);
        result
    }

    /// The JSON pointers that an answer 400 names, sorted.
    #[track_caller]
    pub fn pointers(&self) -> Vec<String> {
        let problem = self.problem(400, "invalid");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let mut pointers: Vec<String> = errors.iter().map(|error| text(error, "pointer")).collect();
        pointers.sort();
        pointers
    }

    /// Checks that the answer has this status and no body.
    #[track_caller]
    pub fn empty(&self, status: u16) {
        assert_eq!((self.status, self.text().as_str()), (status, ""), "{}", self.asked);
    }

    /// The answer's entity tag, quotes included.
    #[track_caller]
    pub fn etag(&self) -> String {
        self.header(ETAG.as_str()).unwrap_or_else(|| panic!("{}: no ETag", self.asked)).to_owned()
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where the next page is (`Link: <…>; rel="next"`, RFC 8288).
    pub fn next(&self) -> Option<String> {
        let (target, relation) = self.header("link")?.strip_prefix('<')?.split_once('>')?;
        (relation.replace(' ', "") == ";rel=\"next\"").then(|| target.to_owned())
    }

    /// What holds for every answer: it names its request, and every error is a problem document (RFC 9457) that says nothing of
    /// the inside.
    pub(crate) fn check(self) -> Self {
        let request_id = self.header("x-request-id").unwrap_or_else(|| panic!("{}: no X-Request-Id", self.asked));
        let kind = self.header(CONTENT_TYPE.as_str());
        if kind == Some("application/graphql-response+json") {
            let errors = self.json(self.status)["errors"].as_array().cloned().unwrap_or_default();
            errors.iter().for_each(|error| self.check_problem(&error["extensions"], request_id));
        } else if self.status >= 400 {
            assert_eq!(kind, Some("application/problem+json"), "{}\n{}", self.asked, self.text());
            let problem: Value =
                serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{}: {error}", self.asked));
            self.check_problem(&problem, request_id);
        }
        self
    }

    fn check_problem(&self, problem: &Value, request_id: &str) {
        let whole = || format!("{}\n{problem}", self.asked);
        assert_eq!(text(problem, "type"), format!("urn:frontdesk:problem:{}", text(problem, "code")), "{}", whole());
        assert!(!text(problem, "title").is_empty() && !text(problem, "detail").is_empty(), "{}", whole());
        // Of a GraphQL answer each error has a status of its own.
        assert!(problem["status"] == self.status || self.status == 200, "{}", whole());
        assert_eq!(text(problem, "request_id"), request_id, "{}", whole());
        for error in problem["errors"].as_array().into_iter().flatten() {
            assert!(error["pointer"].is_string() && !text(error, "detail").is_empty(), "{}", whole());
        }
        let said = problem.to_string().to_lowercase();
        let inside = ["sqlite", "panicked", ".rs:", "select ", "frontdesk.db", "/src/"];
        assert_eq!(inside.into_iter().find(|word| said.contains(word)), None, "{}", whole());
    }
}

/// A member that must be a string.
#[track_caller]
fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("`{name}` is no string in {value}")).to_owned()
}
