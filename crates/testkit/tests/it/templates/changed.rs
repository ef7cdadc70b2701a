//! Templates that were changed by hand: one change of each kind, each noticed.

use serde_json::{Value, json};

use super::{Templates, differences, manifest};

/// Where a template is changed: which one, where in it, to what (`null`: taken away), and what the difference says.
type Change = (fn(&mut Templates) -> &mut Value, &'static str, Value, &'static str);

fn data(templates: &mut Templates) -> &mut Value {
    &mut templates.data
}

fn functions(templates: &mut Templates) -> &mut Value {
    &mut templates.functions
}

fn observability(templates: &mut Templates) -> &mut Value {
    &mut templates.observability
}

fn document(templates: &mut Templates) -> &mut Value {
    &mut templates.document
}

fn root(templates: &mut Templates) -> &mut Value {
    &mut templates.root
}

fn of_data() -> Vec<Change> {
    vec![
        (data, "/Resources/OrdersTable", Value::Null, "the table orders is missing"),
        (
            data,
            "/Resources/OrdersTable/Properties/TableName/Fn::Sub",
            json!("${TablePrefix}order"),
            "the table order is nothing",
        ),
        (
            data,
            "/Resources/OccupancyTable/Properties/KeySchema/1/AttributeName",
            json!("hour"),
            "the table occupancy is",
        ),
        (
            data,
            "/Resources/OccupancyTable/Properties/AttributeDefinitions/0/AttributeType",
            json!("S"),
            "the table occupancy is",
        ),
        (data, "/Resources/BookingsTable/Properties/GlobalSecondaryIndexes/1", Value::Null, "the table bookings is"),
        (
            data,
            "/Resources/UsersTable/Properties/TimeToLiveSpecification/AttributeName",
            json!("expiration"),
            "the table users is",
        ),
        (
            data,
            "/Resources/EventsTable/Properties/StreamSpecification/StreamViewType",
            json!("KEYS_ONLY"),
            "the table events is",
        ),
        (data, "/Resources/QueueTable/Properties/StreamSpecification", Value::Null, "the table queue is"),
        (data, "/Resources/UsersTable/Properties/SSESpecification", Value::Null, "UsersTable has no encryption"),
        (
            data,
            "/Resources/RecordsTable/Properties/PointInTimeRecoverySpecification",
            Value::Null,
            "RecordsTable has no recovery",
        ),
    ]
}

fn of_functions() -> Vec<Change> {
    vec![
        (
            functions,
            "/Resources/UsersFunction/Properties/DeploymentPreference/PassthroughCondition",
            json!(false),
            "is deployed although",
        ),
        (functions, "/Resources/FailureFunction", Value::Null, "the role failure is missing"),
        (
            functions,
            "/Resources/RelayFunction/Properties/Environment/Variables/FRONTDESK_ROLE",
            json!("relais"),
            "the role relais",
        ),
        (
            functions,
            "/Resources/ApiFunction/Properties/Environment/Variables/FRONTDESK_POOL_ID",
            Value::Null,
            "does not set FRONTDESK_POOL_ID",
        ),
        (
            functions,
            "/Globals/Function/Environment/Variables/FRONTDESK_STORE",
            Value::Null,
            "does not set FRONTDESK_STORE",
        ),
        (
            functions,
            "/Resources/UsersFunction/Properties/Environment/Variables/FRONTDESK_SERVICE",
            json!("people"),
            "the part people",
        ),
    ]
}

fn of_calls_and_permissions() -> Vec<Change> {
    vec![
        (
            functions,
            "/Resources/RelayFunction/Properties/Events/Events/Properties/Stream/Ref",
            json!("QueueStream"),
            "other than dynamodb-stream",
        ),
        (
            functions,
            "/Resources/RelayFunction/Properties/Events/Events/Properties/FunctionResponseTypes",
            Value::Null,
            "which records failed",
        ),
        (
            functions,
            "/Resources/RelayFunction/Properties/Events/Events/Properties/FilterCriteria",
            Value::Null,
            "is called for",
        ),
        (
            functions,
            "/Resources/FailureFunction/Properties/Events/Failures/Properties/Queue/Ref",
            json!("BookingsQueueArn"),
            "other than sqs",
        ),
        (
            functions,
            "/Resources/UsersFunctionRole/Properties/Policies/0/PolicyDocument/Statement/0/Action",
            json!("dynamodb:*"),
            "a pattern",
        ),
        (
            functions,
            "/Resources/UsersFunctionRole/Properties/Policies/0/PolicyDocument/Statement/0/Resource",
            json!("*"),
            "to everything",
        ),
    ]
}

fn of_the_rest() -> Vec<Change> {
    vec![
        (document, "/paths/~1orders/post", Value::Null, "the route POST /orders is missing"),
        (document, "/paths/~1orders/post/security", Value::Null, "POST /orders asks for a token"),
        (document, "/paths/~1orders/get/operationId", json!("Orders"), "is the operation"),
        (
            document,
            "/paths/~1orders/get/x-amazon-apigateway-integration",
            json!({}),
            "not served by OrdersFunctionAlias",
        ),
        (observability, "/Resources/RelayErrors", Value::Null, "the alarm relay-errors is missing"),
        (observability, "/Resources/LogTableThrottles", Value::Null, "the alarm table-log-throttles is missing"),
        (observability, "/Resources/RelayErrors/Properties/AlarmActions", Value::Null, "RelayErrors tells nobody"),
        (
            observability,
            "/Resources/RelayErrors/Properties/Dimensions/0/Value/Fn::Sub",
            json!("${NamePrefix}-queue"),
            "looks at queue",
        ),
        (
            observability,
            "/Resources/OrdersStop/Properties/MetricName",
            json!("SuccessfulOrders"),
            "the metric SuccessfulOrders",
        ),
        (observability, "/Parameters/MetricsNamespace/Default", json!("Workshop"), "namespace"),
        (root, "/Resources/Data/Properties/Tags", Value::Null, "Data is no stack with the tag"),
        (root, "/Resources/Data/Properties/Parameters/TablePrefix", Value::Null, "data.yaml does not get TablePrefix"),
        (root, "/Outputs/UsersTable", Value::Null, "the output UsersTable is missing"),
        (root, "/Outputs/AccessLogs/Value/Fn::GetAtt/1", json!("Outputs.Logs"), "Api has no output Logs"),
    ]
}

#[test]
fn a_template_that_was_changed_by_hand_is_noticed() {
    let (manifest, templates) = (manifest(), Templates::read());
    for (template, place, value, wanted) in
        [of_data(), of_functions(), of_calls_and_permissions(), of_the_rest()].into_iter().flatten()
    {
        let mut changed = templates.clone();
        change(template(&mut changed), place, value);
        let found = differences(&manifest, &changed);
        assert!(found.iter().any(|difference| difference.contains(wanted)), "{place}: {wanted:?} is not in {found:?}");
    }
}

#[test]
fn a_setting_that_no_role_reads_is_noticed() {
    let (manifest, mut templates) = (manifest(), Templates::read());
    let variables = "/Resources/FailureFunction/Properties/Environment/Variables";
    let variables = templates.functions.pointer_mut(variables).unwrap().as_object_mut().unwrap();
    variables.insert("FRONTDESK_ARCHIVES".to_owned(), json!("s3://x"));
    let found = differences(&manifest, &templates);
    assert!(found.iter().any(|difference| difference.contains("sets FRONTDESK_ARCHIVES")), "{found:?}");
}

fn change(template: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/");
    match template.pointer_mut(parent).unwrap_or_else(|| panic!("{place} is not there")) {
        Value::Object(members) if value.is_null() => assert!(members.remove(&name).is_some(), "{place} is not there"),
        Value::Array(items) if value.is_null() => drop(items.remove(name.parse().unwrap())),
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        Value::Object(members) => assert!(members.insert(name, value).is_some(), "{place} is not there"),
        _ => panic!("{place} is not there"),
    }
}
