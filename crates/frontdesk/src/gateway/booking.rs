//! `POST /book` without a function: the gateway publishes to a FIFO topic, whose queue the role `queue` empties. The answer is the same.

use serde_json::{Value, json};

use super::{answers, either, integration, quoted};

pub(super) const PATH: &str = "/book";
pub(super) const METHOD: &str = "post";

/// A request to SNS (the Query protocol) with the message that the role `queue` reads. Requests for one resource share a group, so that they
/// stay in their order. Who asks is what the authorizer says; the body stands behind it as it came, with its exact numbers, and cannot
/// say it again: the role refuses a member that comes twice. An empty body is `null`. (No letter may follow a directive of VTL.)
const REQUEST: &str = "Action=Publish\
#set($lane = $input.path('$.resourceID'))\
#if(\"$!lane\" == '')#set($lane = 'general')#else#set($lane = \"resource/$lane\")#end\
#set($body = $input.body)#if(\"$!body\" == '')#set($body = 'null')#end\
#set($caller = $util.escapeJavaScript($context.authorizer.sub))\
#set($groups = $util.escapeJavaScript(\"$!context.authorizer.groups\").replaceAll(\"\\\\'\", \"'\"))\
&Version=2010-03-31&TopicArn=$util.urlEncode('${BookingsTopic}')\
&MessageGroupId=$util.urlEncode($lane)\
&MessageDeduplicationId=$context.requestId\
&Message=%7B%22caller%22%3A%22$util.urlEncode($caller)%22%2C%22groups%22%3A%22$util.urlEncode($groups)%22\
%2C%22body%22%3A$util.urlEncode($body)%7D";

/// What the route answers, whether SNS speaks XML or JSON: the message's id is the request's.
const ANSWER: &str = "\
#set($id = $input.body.replaceAll('(?s).*MessageId(>|\":\\s*\")([0-9a-f-]{36}).*', '$2'))\
#set($context.responseOverride.header.Location = \"/query/$id\")\
{\"PublishResponse\":{\"PublishResult\":{\"MessageId\":\"$id\",\"SequenceNumber\":null},\
\"ResponseMetadata\":{\"RequestId\":\"$context.requestId\"}}}";

const ORIGIN: &str = "Access-Control-Allow-Origin";
const KIND: &str = "Content-Type";

pub(super) fn responses() -> Value {
    let text = json!({"schema": {"type": "string"}});
    json!({
        "200": {"description": "The request is accepted.", "headers": {ORIGIN: text, "Location": text}},
        "503": {"description": "It is not; try again.", "headers": {ORIGIN: text, KIND: text}},
    })
}

pub(super) fn integration(path: &str, operation: &Value) -> Value {
    either("IsDirect", direct(), integration::of(path, METHOD, operation))
}

fn direct() -> Value {
    let request = json!({"Fn::Sub": REQUEST});
    let header = |name: &str| format!("method.response.header.{name}");
    let unavailable = answers::body("unavailable", 503, "\"The request was not accepted; try again shortly.\"");
    json!({
        "type": "aws",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:sns:path//"},
        "credentials": {"Fn::GetAtt": ["BookingRole", "Arn"]},
        "passthroughBehavior": "never",
        "requestParameters": {
            "integration.request.header.Content-Type": quoted("application/x-www-form-urlencoded"),
        },
        // What clients call their JSON is no reason to refuse it.
        "requestTemplates": {
            "application/json": request, "application/x-www-form-urlencoded": request, "text/plain": request,
        },
        "responses": {
            "2\\d{2}": {
                "statusCode": "200",
                "responseParameters": {header(ORIGIN): quoted("*")},
                "responseTemplates": {"application/json": ANSWER},
            },
            "default": {
                "statusCode": "503",
                "responseParameters": {header(ORIGIN): quoted("*"), header(KIND): quoted("application/problem+json")},
                "responseTemplates": {"application/json": unavailable},
            },
        },
    })
}
