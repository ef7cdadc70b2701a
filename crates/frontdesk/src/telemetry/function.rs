//! What the log lines of a function say besides: of the function, and of the call that it answers. The names are those of the
//! originals' log lines.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde_json::json;

/// The call that a function answers, as members of its log lines; nothing outside of calls, and in a server.
#[derive(Clone, Debug, Default)]
pub struct FunctionContext {
    members: Arc<RwLock<String>>,
}

/// A call of a function.
#[derive(Clone, Copy, Debug)]
pub struct FunctionCall<'a> {
    /// Whether it is the first one of this process.
    pub cold_start: bool,
    /// The function's name.
    pub name: &'a str,
    /// Its memory, in MB.
    pub memory: i32,
    /// Its ARN.
    pub arn: &'a str,
    /// The call's identifier.
    pub request_id: &'a str,
    /// The call's trace, as its header names it.
    pub trace: Option<&'a str>,
}

impl FunctionContext {
    /// From now on lines are of this call.
    pub fn enter(&self, call: FunctionCall<'_>) {
        let trace = call.trace.map(root).unwrap_or_default();
        let text = json!({
            "cold_start": call.cold_start,
            "function_name": call.name,
            "function_memory_size": call.memory,
            "function_arn": call.arn,
            "function_request_id": call.request_id,
            "xray_trace_id": trace,
        });
        let text = text.to_string();
        // The object without its braces.
        let members = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or_default();
        *self.members.write().unwrap_or_else(PoisonError::into_inner) = format!(",{members}");
    }

    pub(super) fn members(&self) -> RwLockReadGuard<'_, String> {
        self.members.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The trace's identifier in a tracing header, such as `Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1`.
fn root(header: &str) -> &str {
    header.split(';').find_map(|part| part.trim().strip_prefix("Root=")).unwrap_or(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calls_members_are_of_its_lines() {
        let context = FunctionContext::default();
        assert_eq!(*context.members(), "");
        let trace = Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
        let call = FunctionCall { cold_start: true, name: "a\"b", memory: 128, arn: "arn", request_id: "r", trace };
        context.enter(call);
        let line = format!("{{\"level\":\"INFO\"{}}}", context.members());
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["function_name"], "a\"b");
        assert_eq!(line["function_memory_size"], 128);
        assert_eq!(line["xray_trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
        assert_eq!(line["cold_start"], true);
    }
}
