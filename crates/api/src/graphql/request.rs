//! Requests (GraphQL over HTTP, section 5): a JSON object with `query`, and perhaps `operationName` and `variables`.

use app::Idempotency;
use async_graphql::Value::Null;
use async_graphql::parser::types::{OperationDefinition, OperationType};
use async_graphql::{Request, ServerError, Variables};
use domain::Refusal;
use domain::json;
use http::StatusCode;
use serde_json::{Map, Value};

use super::bounds;
use super::response::error_of;
use super::scalars::from_json;
use crate::problem::Problem;

/// What a client asks.
pub(crate) struct Asked {
    query: String,
    operation: Option<String>,
    variables: Variables,
}

/// What was asked, parsed within all bounds.
pub(super) struct Ready {
    pub(super) request: Request,
    /// What the operation is; none when the document does not have it.
    kind: Option<OperationType>,
    roots: usize,
}

impl Asked {
    /// Reads the members of a request; others than ours are ignored, as the specification has it.
    pub(crate) fn read(mut members: Map<String, Value>) -> Result<Self, Refusal> {
        let mut wrong = Vec::new();
        let mut take = |name: &str, wanted: &str, fits: fn(&Value) -> bool| match members.shift_remove(name) {
            None | Some(Value::Null) => Value::Null,
            Some(value) if fits(&value) => value,
            Some(other) => {
                wrong.push((format!("/{name}"), format!("must be {wanted}, not {}", json::kind(&other))));
                Value::Null
            }
        };
        let query = take("query", "a GraphQL document, a string", Value::is_string);
        let operation = take("operationName", "a string", Value::is_string);
        let variables = take("variables", "an object", Value::is_object);
        take("extensions", "an object", Value::is_object);
        let text = |value| if let Value::String(text) = value { Some(text) } else { None };
        let errors: Vec<_> = wrong.into_iter().map(|(pointer, detail)| domain::Problem { pointer, detail }).collect();
        match text(query) {
            Some(query) if errors.is_empty() => {
                let operation = text(operation).filter(|name| !name.is_empty());
                Ok(Self { query, operation, variables: Variables::from_value(from_json(variables)) })
            }
            _ if !errors.is_empty() => {
                let refusal = Refusal::invalid("", "Members of the request have the wrong kind.");
                Err(Refusal { errors, ..refusal })
            }
            _ => Err(Refusal::invalid("/query", "is required: a GraphQL document")),
        }
    }

    /// Parses the document.
    pub(super) fn ready(self) -> Result<Ready, ServerError> {
        let document = bounds::parse(&self.query)?;
        let operation = bounds::operation(&document, self.operation.as_deref());
        if let Some(missing) = operation.and_then(|operation| missing(&operation.node, &self.variables)) {
            return Err(error_of(Problem::new(StatusCode::BAD_REQUEST, "invalid", missing)));
        }
        let kind = operation.map(|operation| operation.node.ty);
        let roots = operation.map_or(0, |operation| bounds::roots(&document, &operation.node));
        let mut request = Request::new(self.query).variables(self.variables);
        request.operation_name = self.operation;
        request.set_parsed_query(document);
        Ok(Ready { request, kind, roots })
    }
}

/// What is said of a variable that has to be there (GraphQL, section 6.1.2); the crate would notice only where it is used.
fn missing(operation: &OperationDefinition, variables: &Variables) -> Option<String> {
    let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    let mut required =
        definitions.filter(|variable| !variable.var_type.node.nullable && variable.default_value.is_none());
    let missing = required.find(|variable| matches!(variables.get(&variable.name.node), None | Some(Null)))?;
    Some(format!("The variable `${}` of the type `{}` is missing.", missing.name.node, missing.var_type.node))
}

impl Ready {
    /// Refuses several subscriptions in one operation (GraphQL, section 5.2.3.1).
    pub(super) fn check_subscription(&self) -> Result<(), ServerError> {
        if self.kind == Some(OperationType::Subscription) && self.roots != 1 {
            let detail = "A subscription has exactly one field at its top; send each in an operation of its own.";
            return Err(error_of(Problem::new(StatusCode::BAD_REQUEST, "invalid", detail)));
        }
        Ok(())
    }

    /// The idempotency key of the request, if it may have one: it stands for one answer.
    pub(super) fn key(&self, key: Option<Idempotency>) -> Result<Option<Idempotency>, Box<Problem>> {
        match self.kind {
            Some(OperationType::Mutation) if key.is_some() && self.roots != 1 => {
                let detail = "is for a request with exactly one mutation; send each under a key of its own";
                Err(Refusal::invalid("Idempotency-Key", detail).into())
            }
            Some(OperationType::Mutation) => Ok(key),
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: Value) -> Result<Asked, Refusal> {
        let Value::Object(members) = value else { panic!("no object") };
        Asked::read(members)
    }

    #[test]
    fn a_request_has_a_document() {
        let asked = read(json!({"query": "{ a }", "operationName": null, "variables": null, "more": 1})).ok().unwrap();
        assert_eq!((asked.query.as_str(), asked.operation), ("{ a }", None));
        assert_eq!(read(json!({})).err().unwrap().errors[0].pointer, "/query");
    }

    #[test]
    fn every_member_of_the_wrong_kind_is_named() {
        let refusal = read(json!({"query": 1, "operationName": [], "variables": "{}", "extensions": 0})).err().unwrap();
        let places: Vec<&str> = refusal.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/query", "/operationName", "/variables", "/extensions"]);
    }
}
