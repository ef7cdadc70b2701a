//! What Scan is refused for, and how a page is filled.

use serde_json::{Value, json};

use super::{item, read, refused, response};
use crate::records::Operation::Scan;
use crate::records::request::{Page, Request};

const THINGS: &str = "things:id";

/// The page that these items make.
fn page(parameters: Value, items: &[Value]) -> Value {
    let Ok(Request::Scan(scan)) = read(Scan, THINGS, parameters) else { panic!("refused") };
    let mut page = Page::new(&scan);
    for json in items {
        assert!(!page.is_full());
        page.take(item(json.clone()));
    }
    response(page.response().unwrap())
}

fn thing(id: &str, n: i64) -> Value {
    json!({"id": {"S": id}, "n": {"N": n.to_string()}})
}

#[test]
fn a_page_counts_what_meets_the_filter() {
    let items = [thing("a", 1), thing("b", 2), thing("c", 3)];
    let filter = json!({"FilterExpression": "n > :n", "ExpressionAttributeValues": {":n": {"N": "1"}}, "ProjectionExpression": "id"});
    let items_only = json!([{"id": {"S": "b"}}, {"id": {"S": "c"}}]);
    assert_eq!(page(filter, &items), json!({"Items": items_only, "Count": 2, "ScannedCount": 3}));
    let legacy = json!({"ScanFilter": {"n": {"ComparisonOperator": "GT", "AttributeValueList": [{"N": "1"}]}}, "Select": "COUNT"});
    assert_eq!(page(legacy, &items), json!({"Count": 2, "ScannedCount": 3}));
}

#[test]
fn a_page_that_is_full_says_where_it_ends() {
    let full = page(json!({"Limit": 2, "ProjectionExpression": "n"}), &[thing("a", 1), thing("b", 2)]);
    assert_eq!(full["LastEvaluatedKey"], json!({"id": {"S": "b"}}));
    let large = |id: &str| json!({"id": {"S": id}, "v": {"S": "x".repeat(390_000)}});
    let cut =
        page(json!({"Select": "COUNT", "ReturnConsumedCapacity": "TOTAL"}), &[large("a"), large("b"), large("c")]);
    assert_eq!((&cut["Count"], &cut["LastEvaluatedKey"]), (&json!(2), &json!({"id": {"S": "b"}})));
    assert_eq!(cut["ConsumedCapacity"]["CapacityUnits"].to_string(), "95.5");
}

#[test]
fn a_page_ends_where_its_work_ends() {
    let large = |id: &str| json!({"id": {"S": id}, "v": {"S": format!("{}b", "x".repeat(300_000))}});
    let filter = |terms: usize| {
        let text = vec!["contains(v, :v)"; terms].join(" AND ");
        json!({"FilterExpression": text, "ExpressionAttributeValues": {":v": {"S": "b"}}, "Select": "COUNT"})
    };
    let items = [large("a"), large("b"), large("c")];
    let Ok(Request::Scan(scan)) = read(Scan, THINGS, filter(150)) else { panic!("refused") };
    let mut page = Page::new(&scan);
    for json in items {
        assert!(!page.is_full());
        page.take(item(json));
    }
    assert!(page.is_full());
    let cut = json!({"Count": 2, "ScannedCount": 2, "LastEvaluatedKey": {"id": {"S": "b"}}});
    assert_eq!(response(page.response().unwrap()), cut);
}

#[test]
fn a_page_whose_first_item_takes_too_much_work_is_refused() {
    let list = json!({"L": vec![json!({"S": ""}); 200_000]});
    let large = json!({"id": {"S": "a"}, "l": list, "m": list});
    let filter = json!({"FilterExpression": vec!["l = m"; 150].join(" AND ")});
    let Ok(Request::Scan(scan)) = read(Scan, THINGS, filter) else { panic!("refused") };
    let mut page = Page::new(&scan);
    page.take(item(large));
    assert!(page.is_full());
    let fault = page.response().unwrap_err();
    assert_eq!(fault.kind, "ValidationException");
    assert!(fault.message.starts_with("The condition takes too much work"), "{fault}");
}

#[test]
fn members_of_a_scan_have_bounds() {
    let fails = "failed to satisfy constraint: Member must have value";
    for (parameters, message) in [
        (json!({"Limit": 0}), format!("1 validation error detected: Value at 'Limit' {fails} greater than or equal to 1")),
        (
            json!({"Segment": -1, "TotalSegments": 1_000_001}),
            format!(
                "2 validation errors detected: Value at 'Segment' {fails} greater than or equal to 0; Value at 'TotalSegments' {fails} \
                 less than or equal to 1000000"
            ),
        ),
        (
            json!({"Limit": 0.5}),
            format!("1 validation error detected: Value '0' at 'limit' {fails} greater than or equal to 1"),
        ),
        (
            json!({"Segment": 0}),
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is present".to_owned(),
        ),
        (
            json!({"TotalSegments": 2}),
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is present".to_owned(),
        ),
        (
            json!({"Segment": 2, "TotalSegments": 2}),
            "The Segment parameter is zero-based and must be less than parameter TotalSegments".to_owned(),
        ),
        (json!({"IndexName": "by-name"}), "The table does not have the specified index: by-name".to_owned()),
    ] {
        assert_eq!(refused(Scan, THINGS, &parameters).message, message, "{parameters}");
    }
}

#[test]
fn what_is_selected_goes_with_the_projection() {
    let counted = |text: &str| format!("1 validation error detected: {text}");
    for (parameters, message) in [
        (
            json!({"Select": "count"}),
            "Value 'count' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, \
             ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
        ),
        (
            json!({"Select": "SPECIFIC_ATTRIBUTES"}),
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
        (
            json!({"Select": "COUNT", "ProjectionExpression": "a"}),
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            json!({"Select": "ALL_PROJECTED_ATTRIBUTES"}),
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
    ] {
        assert_eq!(refused(Scan, THINGS, &parameters).message, counted(message), "{parameters}");
    }
}

#[test]
fn a_starting_key_is_a_key() {
    let invalid = "The provided starting key is invalid";
    for (key, message) in [
        (json!({}), invalid.to_owned()),
        (json!({"id": {"N": "1"}}), invalid.to_owned()),
        (json!({"id": {"S": "a"}, "n": {"N": "1"}}), invalid.to_owned()),
        (json!({"id": {"N": "x"}}), "The parameter cannot be converted to a numeric value: x".to_owned()),
        (
            json!({"id": {"SS": []}}),
            format!("{invalid}: One or more parameter values were invalid: An string set  may not be empty"),
        ),
        (
            json!({"id": {"NS": []}}),
            "One or more parameter values were invalid: An number set  may not be empty".to_owned(),
        ),
        (json!({"": {"S": "a"}}), "Empty attribute name".to_owned()),
    ] {
        assert_eq!(refused(Scan, THINGS, &json!({"ExclusiveStartKey": key})).message, message, "{key}");
    }
}

#[test]
fn filters_spare_keys_and_name_an_operator() {
    let missing = "1 validation error detected: Value null at 'scanFilter.a.member.comparisonOperator' failed to satisfy constraint: \
                   Member must not be null";
    let scalars = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id";
    for (parameters, message) in [
        (json!({"ScanFilter": {"a": {}}}), missing),
        (json!({"FilterExpression": "attribute_exists(id.x)"}), scalars),
        (
            json!({"ExpressionAttributeValues": {":a": {"S": "x"}}}),
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null",
        ),
    ] {
        assert_eq!(refused(Scan, THINGS, &parameters).message, message, "{parameters}");
    }
}

#[test]
fn attributes_to_get_are_some() {
    let fault = refused(Scan, THINGS, &json!({"AttributesToGet": []}));
    assert_eq!(
        fault.message,
        "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: \
         Member must have length greater than or equal to 1"
    );
}
