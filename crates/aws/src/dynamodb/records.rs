//! Tables of the operator's own: requests are passed on and responses given back as they are.
//!
//! The SDK addresses, signs and sends a request of the operation, but with the caller's body in place of the one that it would make,
//! and what comes back is kept before the SDK reads it: so nothing is lost of what this version of the SDK does not know.

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::ConsumedCapacity;
use serde_json::{Map, Value};
use store::StoreError;
use store::port::Answer;
use store::records::{self, Call, Operation, Outcome, Records};

use super::DynamoStore;
use super::attempts::Attempts;
use super::capacity::Units;
use super::fault::Fault;

/// Errors that are the request's, or its condition's. Those that say that DynamoDB is busy are told, too, when trying again did not
/// help. Others are the service's, or the operator's to put right.
const REFUSALS: [&str; 5] = [
    "ConditionalCheckFailedException",
    "ItemCollectionSizeLimitExceededException",
    MISSING,
    "SerializationException",
    "ValidationException",
];

/// The table is not there.
const MISSING: &str = "ResourceNotFoundException";

const RETURN_CAPACITY: &str = "ReturnConsumedCapacity";
const CAPACITY: &str = "ConsumedCapacity";

/// The members of a response, or why there is none.
type Answered = Result<Map<String, Value>, records::Fault>;

impl Records for DynamoStore {
    fn call(&self, call: Call) -> Answer<'_, Outcome> {
        Box::pin(self.pass_on(call))
    }
}

impl DynamoStore {
    /// What DynamoDB answers. What was certainly not done is tried again; what may have been done, only when it is a read.
    async fn pass_on(&self, call: Call) -> Result<Outcome, StoreError> {
        let Call { operation, table, mut parameters } = call;
        // Whatever a caller made of it, no other table is reached.
        parameters.insert("TableName".to_owned(), table.name.as_str().into());
        let unasked = has_capacity_told(&mut parameters);
        let body = serde_json::to_vec(&parameters);
        let body: Arc<[u8]> = body.map_err(|error| StoreError::Misuse(error.to_string()))?.into();
        let mut attempts = Attempts::new();
        loop {
            let exchange = Exchange { request: Arc::clone(&body), response: Arc::default() };
            let fault = match self.exchange(operation, &table.name, &exchange).await {
                Ok(Ok(mut response)) => {
                    if unasked {
                        response.shift_remove(CAPACITY);
                    }
                    return Ok(Ok(response.into()));
                }
                Ok(Err(refusal)) if refusal.is_busy() => {
                    if attempts.again(Fault::Again(refusal.to_string())).await.is_err() {
                        tracing::warn!(table = table.name, "DynamoDB was busy for too long: {refusal}");
                        return Ok(Err(refusal));
                    }
                    continue;
                }
                Ok(Err(refusal)) => {
                    if refusal.kind == MISSING {
                        self.missing.tell(&table, self.clock.now());
                    }
                    return Ok(Err(refusal));
                }
                Err(Fault::Unknown(reason)) if operation.writes() => unknown(operation, &reason),
                Err(fault) => fault,
            };
            attempts.again(fault.about(&format!("table {}", table.name))).await?;
        }
    }

    /// One request and its response.
    async fn exchange(&self, operation: Operation, table: &str, exchange: &Exchange) -> Result<Answered, Fault> {
        macro_rules! send {
            ($request:ident) => {{
                let request = self.client.$request().table_name(table).customize().interceptor(exchange.clone());
                let sent = request.send().await;
                self.count(operation, sent.as_ref().ok().and_then(|output| output.consumed_capacity()));
                exchange.outcome(sent)
            }};
        }
        match operation {
            Operation::PutItem => send!(put_item),
            Operation::GetItem => send!(get_item),
            Operation::UpdateItem => send!(update_item),
            Operation::DeleteItem => send!(delete_item),
            Operation::Scan => send!(scan),
        }
    }

    fn count(&self, operation: Operation, consumed: Option<&ConsumedCapacity>) {
        self.meter.add(if operation.writes() { Units::Write } else { Units::Read }, consumed);
    }
}

/// Has DynamoDB tell what a request consumes. Whether its caller did not ask for that.
fn has_capacity_told(parameters: &mut Map<String, Value>) -> bool {
    let asked = parameters.get(RETURN_CAPACITY).is_some_and(|told| !told.is_null() && told != "NONE");
    if !asked {
        parameters.insert(RETURN_CAPACITY.to_owned(), "TOTAL".into());
    }
    !asked
}

/// A write that nobody may simply repeat.
fn unknown(operation: Operation, reason: &str) -> Fault {
    Fault::Final(StoreError::Unknown(format!(
        "DynamoDB did not answer, and whether this {} was done is unknown: {reason}",
        operation.name()
    )))
}

/// The body of a request, and that of its response once it is there.
#[derive(Clone)]
struct Exchange {
    request: Arc<[u8]>,
    response: Arc<Mutex<Option<Vec<u8>>>>,
}

/// Without the bodies, which are not for logs.
impl fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Exchange").finish_non_exhaustive()
    }
}

impl Intercept for Exchange {
    fn name(&self) -> &'static str {
        "Exchange"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let request = context.request_mut();
        request.headers_mut().insert("content-length", self.request.len().to_string());
        *request.body_mut() = self.request.to_vec().into();
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let response = context.response();
        if response.status().is_success() {
            let body = response.body().bytes().map(<[u8]>::to_vec);
            *self.response.lock().unwrap_or_else(PoisonError::into_inner) = body;
        }
        Ok(())
    }
}

impl Exchange {
    /// What came of it; the SDK's view counts only where there is no response.
    fn outcome<O, E>(&self, sent: Result<O, SdkError<E, HttpResponse>>) -> Result<Answered, Fault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let response = self.response.lock().unwrap_or_else(PoisonError::into_inner).take();
        let unreadable = || Fault::Unknown("the answer cannot be read".to_owned());
        match (response, sent) {
            (Some(body), _) => serde_json::from_slice(&body).map(Ok).map_err(|_| unreadable()),
            (None, Ok(_)) => Err(unreadable()),
            (None, Err(error)) => refusal(&error).map(Err).ok_or_else(|| Fault::of(&error)),
        }
    }
}

/// The error as DynamoDB sent it, if it is the request's, or says that nothing was done.
fn refusal<E>(error: &SdkError<E, HttpResponse>) -> Option<records::Fault> {
    let SdkError::ServiceError(context) = error else { return None };
    let response = context.raw();
    if response.status().is_server_error() {
        return None;
    }
    let mut sent: Map<String, Value> = serde_json::from_slice(response.body().bytes()?).ok()?;
    let kind = sent.get("__type")?.as_str()?;
    let kind = kind.rsplit_once('#').map_or(kind, |(_, kind)| kind).to_owned();
    let message =
        ["message", "Message"].iter().find_map(|name| sent.get(*name)?.as_str()).unwrap_or_default().to_owned();
    let item = sent.shift_remove("Item").and_then(|item| match item {
        Value::Object(item) => Some(item),
        _ => None,
    });
    let fault = records::Fault { item, ..records::Fault::new(&kind, message) };
    Some(fault).filter(|fault| fault.is_busy() || REFUSALS.contains(&fault.kind.as_str()))
}
