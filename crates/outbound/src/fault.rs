//! Errors of object stores: what is said of them, and which do not pass by themselves.

/// Parts of errors that mean: never, as things are set up. Everything else may pass.
const LASTING: [(&str, &str); 7] = [
    ("NoSuchBucket", "there is no such bucket; create it, or name another with --archive"),
    ("InvalidBucketName", "there can be no bucket of this name; name another with --archive"),
    ("InvalidAccessKeyId", "check AWS_ACCESS_KEY_ID"),
    ("SignatureDoesNotMatch", "check AWS_SECRET_ACCESS_KEY"),
    ("AccessDenied", "give these credentials s3:ListBucket on the bucket and s3:PutObject on what is in it"),
    ("AuthorizationHeaderMalformed", "check AWS_REGION; it is the bucket's"),
    ("redirect without LOCATION", "check AWS_REGION; it is the bucket's"),
];
/// Where an EC2 instance would have credentials: what is asked when there are none.
const INSTANCE: &str = "169.254.169.254";
/// Causes of an error that are looked at.
const CAUSES: usize = 8;

/// An error with its causes, on one line, each said once.
pub(crate) fn reason(error: &dyn std::error::Error) -> String {
    let mut text = brief(&error.to_string());
    for cause in std::iter::successors(error.source(), |cause| cause.source()).take(CAUSES) {
        let cause = brief(&cause.to_string());
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    if text.contains(INSTANCE) {
        text.push_str("; outside of EC2 give credentials by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    text
}

/// What to do about a reason that does not pass by itself.
pub(crate) fn advice(reason: &str) -> Option<&'static str> {
    LASTING.into_iter().find(|(part, _)| reason.contains(part)).map(|(_, advice)| advice)
}

/// A text without the XML that S3 answers: its code and its message are enough.
fn brief(text: &str) -> String {
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value)
    };
    let Some(code) = element("Code") else { return text.trim().to_owned() };
    let before = text.split('<').next().unwrap_or_default().trim().trim_end_matches(':');
    format!("{before}: {code}: {}", element("Message").unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Plain(String, #[source] Option<Box<Self>>);

    #[test]
    fn what_an_object_store_answers_is_said_once_and_briefly() {
        let answer = "GET http://s3/b - 404 Not Found: <?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>It is \
                      not there</Message></Error>";
        let inner = Plain(answer.to_owned(), None);
        let error = Plain(format!("Generic S3 error: {answer}"), Some(Box::new(inner)));
        let reason = reason(&error);
        assert_eq!(reason, "Generic S3 error: GET http://s3/b - 404 Not Found: NoSuchBucket: It is not there");
        assert!(advice(&reason).unwrap().contains("create it"));
    }

    #[test]
    fn causes_are_said_that_are_not_said_yet() {
        let error = Plain("cannot send".to_owned(), Some(Box::new(Plain("connection refused".to_owned(), None))));
        assert_eq!(reason(&error), "cannot send: connection refused");
        assert_eq!(advice("cannot send: connection refused"), None);
        let error = Plain(format!("GET http://{INSTANCE}/latest"), None);
        assert!(reason(&error).contains("AWS_ACCESS_KEY_ID"));
    }
}
