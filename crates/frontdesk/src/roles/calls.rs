//! Calls: what is done around each of them, whatever the role.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task;

use domain::Clock;
use lambda_http::lambda_runtime::{Diagnostic, LambdaInvocation, Runtime};
use lambda_http::tower::Layer;
use lambda_http::{Body, Context, Error as Broken, LambdaEvent, Request, Response, Service, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Outcome};
use crate::telemetry::{EmfMetrics, FunctionCall, FunctionContext, Lines};

/// How an authorizer says that it knows nobody by that token.
pub(super) const UNAUTHORIZED: &str = "Unauthorized";

/// A role whose events and answers are JSON.
pub(super) trait Answer: Send + Sync + 'static {
    /// What calls it.
    type Event: DeserializeOwned + Send + 'static;
    /// What it answers.
    type Reply: Serialize + Send + Sync + 'static;

    /// Answers a call.
    fn answer(
        &self,
        event: Self::Event,
        context: Context,
    ) -> impl Future<Output = Result<Self::Reply, Diagnostic>> + Send;
}

/// A role that answers requests.
pub(super) trait AnswerHttp: Send + Sync + 'static {
    /// Answers a request.
    fn answer(&self, request: Request) -> impl Future<Output = Response<Body>> + Send;
}

/// What surrounds each call: its log lines say of which call they are, and they are written, with the metrics, before the process is
/// frozen.
#[derive(Clone)]
pub(super) struct Calls(Arc<Around>);

struct Around {
    context: FunctionContext,
    metrics: EmfMetrics,
    lines: Lines,
    clock: Arc<dyn Clock>,
    is_first: AtomicBool,
}

impl Calls {
    pub(super) fn new(context: FunctionContext, metrics: EmfMetrics, lines: Lines, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Around { context, metrics, lines, clock, is_first: AtomicBool::new(true) }))
    }

    /// Answers calls, one after the other. Returns when Lambda cannot be spoken to any more.
    pub(super) async fn answer<A: Answer>(self, role: A) -> Outcome {
        let role = Arc::new(role);
        let service = service_fn(move |event: LambdaEvent<A::Event>| {
            let role = Arc::clone(&role);
            async move {
                let answered = role.answer(event.payload, event.context).await;
                answered.inspect_err(report)
            }
        });
        let ended = Runtime::new(service).layer(self).run().await;
        ended.map_err(Error::runtime("Lambda gives no more calls"))
    }

    /// The same with requests.
    pub(super) async fn answer_http<A: AnswerHttp>(self, role: A) -> Outcome {
        let role = Arc::new(role);
        let service = service_fn(move |request: Request| {
            let role = Arc::clone(&role);
            async move { Ok::<_, Infallible>(role.answer(request).await) }
        });
        let ended = lambda_http::runtime(service).layer(self).run().await;
        ended.map_err(Error::runtime("Lambda gives no more calls"))
    }
}

impl Around {
    fn begin(&self, context: &Context) {
        self.context.enter(FunctionCall {
            cold_start: self.is_first.swap(false, Ordering::Relaxed),
            name: &context.env_config.function_name,
            memory: context.env_config.memory,
            arn: &context.invoked_function_arn,
            request_id: &context.request_id,
            trace: context.xray_trace_id.as_deref(),
        });
    }

    fn end(&self) {
        for line in self.metrics.take(self.clock.now()) {
            self.lines.push(line.as_bytes(), false);
        }
        self.lines.flush();
    }
}

impl<S> Layer<S> for Calls {
    type Service = Surrounded<S>;

    fn layer(&self, inner: S) -> Surrounded<S> {
        Surrounded { inner, around: Arc::clone(&self.0) }
    }
}

/// A service with what surrounds each call of it.
pub(super) struct Surrounded<S> {
    inner: S,
    around: Arc<Around>,
}

impl<S> Service<LambdaInvocation> for Surrounded<S>
where
    S: Service<LambdaInvocation, Response = (), Error = Broken>,
    S::Future: 'static,
{
    type Response = ();
    type Error = Broken;
    type Future = Pin<Box<dyn Future<Output = Result<(), Broken>>>>;

    fn poll_ready(&mut self, context: &mut task::Context<'_>) -> task::Poll<Result<(), Broken>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, call: LambdaInvocation) -> Self::Future {
        let around = Arc::clone(&self.around);
        around.begin(&call.context);
        // The answer is on its way when this ends; the process is not frozen before the next call is asked for.
        let answered = self.inner.call(call);
        Box::pin(async move {
            let outcome = answered.await;
            around.end();
            outcome
        })
    }
}

/// That a caller is refused is no failure of ours.
fn report(failed: &Diagnostic) {
    if failed.error_type != UNAUTHORIZED {
        tracing::error!(kind = failed.error_type, "{}", failed.error_message);
    }
}

/// A failure of a whole call, by a type that alarms and callers can tell apart.
pub(super) fn failed(kind: &str, message: impl Into<String>) -> Diagnostic {
    Diagnostic { error_type: kind.to_owned(), error_message: message.into() }
}
