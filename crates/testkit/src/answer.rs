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
        if self.status >= 400 {
            let kind = self.header(CONTENT_TYPE.as_str());
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
        assert_eq!(problem["status"], self.status, "{}", whole());
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
