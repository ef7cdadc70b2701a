//! Features: what a resource has, in words that the operator chooses (`projector`, `step-free`), to be searched by.

use serde_json::Value;

use crate::fields::Fields;
use crate::json::kind;
use crate::limits::{FEATURE_BYTES, FEATURES, PROBLEMS};
use crate::refusal::{Problem, Refusal};

/// Takes the features of a resource out of a request.
pub(crate) fn read(fields: &mut Fields) -> Option<Vec<String>> {
    let items = match fields.take("features")? {
        Value::Array(items) if items.len() <= FEATURES => items,
        Value::Array(_) => {
            fields.wrong("features", format!("must be at most {FEATURES} strings"));
            return None;
        }
        other => {
            fields.wrong("features", format!("must be an array of strings, not {}", kind(&other)));
            return None;
        }
    };
    let (mut errors, mut features) = (Vec::new(), Vec::<String>::with_capacity(items.len()));
    for (index, item) in items.into_iter().enumerate() {
        match feature(item, &features) {
            Ok(feature) => features.push(feature),
            Err(detail) if errors.len() < PROBLEMS => {
                errors.push(Problem { pointer: format!("/features/{index}"), detail });
            }
            Err(_) => {}
        }
    }
    fields.wrong_all(errors);
    Some(features)
}

fn feature(item: Value, before: &[String]) -> Result<String, String> {
    let Value::String(text) = item else { return Err(format!("must be a string, not {}", kind(&item))) };
    match wrong(&text) {
        Some(detail) => Err(detail),
        None if before.contains(&text) => Err(format!("`{text}` is there already")),
        None => Ok(text),
    }
}

/// What is wrong with a text as a feature.
fn wrong(text: &str) -> Option<String> {
    if text.is_empty() || text.trim() != text {
        return Some("must say something, without space around it".to_owned());
    }
    if text.contains(',') {
        return Some("must not have a comma, which stands between features in a search".to_owned());
    }
    (text.len() > FEATURE_BYTES).then(|| format!("must have at most {FEATURE_BYTES} bytes"))
}

/// The features that a search asks for in its parameter `features`: with commas between.
pub fn wanted(text: &str) -> Result<Vec<String>, Refusal> {
    let features: Vec<String> = text.split(',').take(FEATURES.saturating_add(1)).map(str::to_owned).collect();
    if features.len() > FEATURES {
        return Err(Refusal::invalid("?features", format!("must be at most {FEATURES} features")));
    }
    match features.iter().find_map(|feature| wrong(feature)) {
        Some(detail) => Err(Refusal::invalid("?features", format!("each feature {detail}"))),
        None => Ok(features),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(text: &str) -> Vec<String> {
        let mut fields = Fields::new(crate::json::object(text.as_bytes()).unwrap());
        read(&mut fields);
        fields.into_parts().1.into_iter().map(|problem| problem.pointer).collect()
    }

    #[test]
    fn features_are_distinct_words() {
        assert_eq!(pointers(r#"{"features":["projector","step-free","Ä"]}"#), [""; 0]);
        assert_eq!(pointers(r#"{"features":[]}"#), [""; 0]);
        assert_eq!(pointers(r#"{"features":null}"#), [""; 0]);
        assert_eq!(pointers(r#"{"features":"projector"}"#), ["/features"]);
        let wrong = r#"{"features":["a","a",7,""," b","c,d","e"]}"#;
        assert_eq!(pointers(wrong), ["/features/1", "/features/2", "/features/3", "/features/4", "/features/5"]);
    }

    #[test]
    fn there_are_not_too_many_and_none_is_too_long() {
        let many = |count: usize| serde_json::json!({"features": (0..count).collect::<Vec<_>>()}).to_string();
        assert_eq!(pointers(&many(FEATURES + 1)), ["/features"]);
        assert_eq!(pointers(&many(FEATURES)).len(), PROBLEMS, "numbers, each of them wrong");
        let long = |bytes: usize| serde_json::json!({"features": ["f".repeat(bytes)]}).to_string();
        assert_eq!(pointers(&long(FEATURE_BYTES)), [""; 0]);
        assert_eq!(pointers(&long(FEATURE_BYTES + 1)), ["/features/0"]);
    }

    #[test]
    fn a_search_asks_for_features_with_commas_between() {
        assert_eq!(wanted("projector,step free").unwrap(), ["projector", "step free"]);
        for text in ["a,,b", ",", " a", &"f".repeat(FEATURE_BYTES + 1), &vec!["a"; FEATURES + 1].join(",")] {
            assert_eq!(wanted(text).unwrap_err().errors[0].pointer, "?features", "{text}");
        }
    }
}
