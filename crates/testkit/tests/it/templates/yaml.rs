//! Templates as JSON: tags in their long form (`!Sub x` is `{"Fn::Sub": x}`).

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::{Map, Value, json};

pub(super) fn parse(text: &str) -> Value {
    let documents = Yaml::load_from_str(text).unwrap();
    assert_eq!(documents.len(), 1, "a template is one document");
    value(&documents[0])
}

fn value(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(scalar) => plain(scalar),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(members) => {
            let member = |(name, member): (&Yaml<'_>, &Yaml<'_>)| (text(&value(name)), value(member));
            members.iter().map(member).collect::<Map<_, _>>().into()
        }
        Yaml::Tagged(tag, inner) => long_form(&tag.suffix, value(inner)),
        other => panic!("{other:?} is nothing that a template has"),
    }
}

fn plain(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => (*value).into(),
        Scalar::Integer(number) => (*number).into(),
        Scalar::FloatingPoint(number) => number.to_string().into(),
        Scalar::String(text) => text.as_ref().into(),
    }
}

fn long_form(function: &str, argument: Value) -> Value {
    match function {
        "Ref" | "Condition" => json!({function: argument}),
        "GetAtt" => {
            let name = text(&argument);
            let (resource, attribute) = name.split_once('.').unwrap();
            json!({"Fn::GetAtt": [resource, attribute]})
        }
        _ => json!({format!("Fn::{function}"): argument}),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn tags_become_functions() {
    let parsed =
        parse("a: !Sub \"${B}-c\"\nd: !If [E, !GetAtt F.Outputs.G, !Ref \"AWS::NoValue\"]\nh: {i: 1, j: \"true\"}\n");
    let wanted = json!({
        "a": {"Fn::Sub": "${B}-c"},
        "d": {"Fn::If": ["E", {"Fn::GetAtt": ["F", "Outputs.G"]}, {"Ref": "AWS::NoValue"}]},
        "h": {"i": 1, "j": "true"},
    });
    assert_eq!(parsed, wanted);
}
