//! The operations that the served OpenAPI document names.

use serde_json::Value;
use testkit::{Caller, TestApp};

/// An operation: its method in capitals, its path with parameters in braces.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: String,
    pub(crate) path: String,
}

impl Operation {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The path with something in place of every parameter.
    pub(crate) fn example_path(&self) -> String {
        let segment = |segment: &str| match segment {
            "{pool}" => testkit::POOL.to_owned(),
            parameter if parameter.starts_with('{') => "x".to_owned(),
            fixed => fixed.to_owned(),
        };
        self.path.split('/').map(segment).collect::<Vec<_>>().join("/")
    }
}

/// All of them.
pub(crate) async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = app.anonymous().get("/openapi.json").await.json(200);
    let paths = document["paths"].as_object().unwrap().clone();
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods: Vec<&String> =
            item.as_object().unwrap().iter().filter(|(_, value)| is_operation(value)).map(|(name, _)| name).collect();
        methods
            .into_iter()
            .map(|method| Operation { method: method.to_uppercase(), path: path.clone() })
            .collect::<Vec<_>>()
    });
    operations.collect()
}

fn is_operation(value: &Value) -> bool {
    value["responses"].is_object()
}
