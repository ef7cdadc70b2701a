//! Init: from the variables to a role that waits for calls. What takes long is done here: connections are opened, keys are fetched.

use std::process::ExitCode;
use std::sync::Arc;

use clap::{CommandFactory, FromArgMatches};
use domain::{Clock, Ids};
use tokio::runtime;
use tracing_subscriber::EnvFilter;

use super::calls::Calls;
use super::{FAILED, Role, api, authorizer, failure, fulfilment, queue, relay, report, schedule, variable};
use crate::ambient::{SystemClock, SystemIds};
use crate::backing::{Backing, Place};
use crate::command::{Cli, print_error, warnings};
use crate::compose::{Instance, Setup};
use crate::config::{ServeArgs, TelemetryArgs};
use crate::error::{Error, Outcome};
use crate::telemetry::{self, EmfMetrics, FunctionContext, Lines, LinesGuard, Log, Style};

/// What Lambda calls the function's handler.
const HANDLER: &str = "_HANDLER";

/// Takes the role and answers calls, for as long as Lambda has any.
pub fn main() -> ExitCode {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(run()),
        Err(_) => FAILED,
    }
}

async fn run() -> ExitCode {
    let started = match arguments() {
        Ok(args) => Box::pin(start(args)).await,
        Err(error) => Err(error),
    };
    let Err(error) = started else { return ExitCode::SUCCESS };
    print_error(&error.report());
    report::init_error(&error).await;
    FAILED
}

/// The settings, from variables alone.
fn arguments() -> Outcome<ServeArgs> {
    let wrong = |error: clap::Error| Error::Usage(error.render().to_string().trim().to_owned());
    let matches = Cli::command().try_get_matches_from(["frontdesk"]).map_err(wrong)?;
    Ok(Cli::from_arg_matches(&matches).map_err(wrong)?.serve)
}

async fn start(args: ServeArgs) -> Outcome {
    let (calls, _guard) = telemetry(&args.telemetry)?;
    let outcome = match Opened::open(args).await {
        Ok(opened) => opened.answer(calls).await,
        Err(error) => Err(error),
    };
    if let Err(error) = &outcome {
        tracing::error!(error = error as &(dyn std::error::Error + 'static), "there can be no function");
    }
    outcome
}

fn telemetry(args: &TelemetryArgs) -> Outcome<(Calls, LinesGuard)> {
    let failed = Error::runtime::<std::io::Error>("the log cannot be started");
    let (lines, guard) = Lines::start(std::io::stdout()).map_err(failed)?;
    let (clock, context) = (Arc::new(SystemClock), FunctionContext::default());
    let log = Log::new(Style::Json, &args.service_name, clock, lines.clone()).of_function(context.clone());
    let filter = EnvFilter::builder().parse(args.directives());
    let filter = filter.map_err(Error::runtime("the log level is wrong"))?;
    telemetry::install(log, filter).map_err(Error::runtime("the log cannot be started"))?;
    let metrics = EmfMetrics::new(&args.metrics_namespace, &args.service_name);
    metrics::set_global_recorder(metrics.clone())
        .map_err(|error| Error::runtime("the metrics cannot be recorded")(error.to_string()))?;
    for warning in warnings() {
        tracing::warn!("{warning}");
    }
    Ok((Calls::new(context, metrics, lines, Arc::new(SystemClock)), guard))
}

/// A role with everything that it needs.
struct Opened {
    role: Role,
    args: ServeArgs,
    instance: Instance,
    clock: Arc<dyn Clock>,
}

impl Opened {
    async fn open(args: ServeArgs) -> Outcome<Self> {
        let role = role(&args)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let instance = Instance::open(setup(&args, role, &clock).await?, Arc::clone(&clock), ids()).await?;
        if role.verifies_tokens() {
            instance.identity.prepare().await?;
        }
        Ok(Self { role, args, instance, clock })
    }

    async fn answer(self, calls: Calls) -> Outcome {
        let Self { role, args, instance, clock } = self;
        tracing::info!(role = role.as_str(), version = env!("CARGO_PKG_VERSION"), "a function of frontdesk");
        match role {
            Role::Api => calls.answer_http(api::Api::new(&instance, &args, clock)).await,
            Role::Authorizer => calls.answer(authorizer::Authorizer::new(&instance, clock)).await,
            Role::Queue => calls.answer(queue::Queue::new(&instance)).await,
            Role::Fulfilment => calls.answer(fulfilment::Fulfilment::new(&instance, clock)).await,
            Role::Relay => calls.answer(relay::Relay::new(&instance, &args.events, clock).await?).await,
            Role::Schedule => calls.answer(schedule::Schedule::new(&instance, &args.events, clock).await?).await,
            Role::Failure => calls.answer(failure::Failures).await,
        }
    }
}

/// The role: as it is set, else the function's handler.
fn role(args: &ServeArgs) -> Outcome<Role> {
    if let Some(role) = args.function.role {
        return Ok(role);
    }
    let handler = variable(HANDLER).unwrap_or_default();
    let unknown = |expected| {
        let text =
            format!("there is no role {handler:?}: set FRONTDESK_ROLE, or the function's handler, to {expected}");
        Error::Usage(text)
    };
    handler.parse().map_err(unknown)
}

/// The instance of a function: its tables are on DynamoDB, and taken as they are, because looking at them all would take longer than most
/// calls.
async fn setup(args: &ServeArgs, role: Role, clock: &Arc<dyn Clock>) -> Outcome<Setup> {
    let Place::DynamoDb(tables) = args.data.place() else {
        let text = "a function keeps its data on DynamoDB; set FRONTDESK_STORE=dynamodb";
        return Err(Error::Usage(text.to_owned()));
    };
    let mut setup = if role.knows_callers() {
        args.setup(args.address.listen)?
    } else {
        Setup::new("", &args.address.public_url(args.address.listen))
    };
    let store = aws::dynamodb::DynamoStore::connect(tables, Arc::clone(clock)).await;
    setup.store = Place::Open(Backing::DynamoDb(Arc::new(store)));
    // A function's files are its own, and gone with it.
    setup.search = None;
    setup.stays = false;
    Ok(setup)
}

fn ids() -> Arc<dyn Ids> {
    Arc::new(SystemIds)
}
