//! `frontdesk serve`: from the first byte listened for to the last one written.

mod connection;
mod first_start;
mod housekeeping;
mod issuer;
mod listening;
mod metrics;
pub(crate) mod pipelines;
mod signals;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use metrics_exporter_prometheus::PrometheusHandle;
use store::records::RecordsTable;
use tokio::runtime;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

pub use first_start::prepare;
pub(crate) use first_start::replace;
pub use listening::{Listening, Service, bind};

use crate::ambient::{SystemClock, SystemIds};
use crate::compose::Instance;
use crate::config::{LogFormat, ServeArgs, TelemetryArgs};
use crate::control::Control;
use crate::demo;
use crate::error::{Error, Outcome};
use crate::home::Home;
use crate::telemetry::{self, Lines, LinesGuard, Log, Style};
use crate::terminal;
use metrics::Page;
pub(crate) use signals::Signals;

/// How long the end of the server waits for what is running.
const FINISH: Duration = Duration::from_secs(30);
/// Threads for what blocks: hashing, backups, policies.
const BLOCKING_THREADS: usize = 32;

/// Serves until a signal comes or something fails for good.
pub fn run(args: &ServeArgs, warnings: &[String]) -> Outcome {
    let (lines, _guard) = start_log(&args.telemetry)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    raise_file_limit();
    let recorder =
        telemetry::install_metrics(&args.telemetry.metrics_namespace, &args.telemetry.service_name, &SystemClock)
            .map_err(Error::runtime("the metrics cannot be recorded"))?;
    let mut builder = runtime::Builder::new_multi_thread();
    if let Some(workers) = args.load.workers {
        builder.worker_threads(workers.into());
    }
    let runtime = builder.enable_all().max_blocking_threads(BLOCKING_THREADS).thread_name("frontdesk").build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    let ended = runtime.block_on(serve(args, recorder, lines));
    runtime.shutdown_background();
    ended
}

fn start_log(args: &TelemetryArgs) -> Outcome<(Lines, LinesGuard)> {
    let failed = Error::runtime::<std::io::Error>("the log cannot be started");
    let pretty = Style::Pretty { colours: terminal::is_terminal() };
    let style = match args.log_format {
        LogFormat::Auto if terminal::is_terminal() => pretty,
        LogFormat::Pretty => pretty,
        LogFormat::Auto | LogFormat::Json => Style::Json,
    };
    let (lines, guard) = Lines::start(std::io::stdout()).map_err(failed)?;
    let log = Log::new(style, &args.service_name, Arc::new(SystemClock), lines.clone());
    let filter = EnvFilter::builder().parse(args.directives());
    let filter = filter.map_err(Error::runtime("the log level is wrong"))?;
    telemetry::install(log, filter).map_err(Error::runtime("the log cannot be started"))?;
    Ok((lines, guard))
}

/// A connection takes a file descriptor; many systems allow a process more than it starts with.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "the limit of open files stays as it is");
    }
}

async fn serve(args: &ServeArgs, recorder: PrometheusHandle, lines: Lines) -> Outcome {
    if args.demo.demo {
        demo::check(args.address.listen, &args.data.place())?;
    }
    // Contradictions are said before anything is touched.
    args.setup(args.address.listen)?;
    let mut signals = Signals::take()?;
    let listener = bind(args.address.listen).await?;
    let address = listener.local_addr().map_err(Error::runtime("the listener has no address"))?;
    let metrics_listener = match args.telemetry.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    if args.demo.demo {
        tokio::select! {
            signal = signals.next() => {
                tracing::info!(signal, "stopped; the next start with --demo goes on where this one ended");
                return Ok(());
            }
            loaded = demo::load(args.setup(address)?, &args.data.data) => loaded?,
        }
    }
    let setup = args.setup(address)?;
    let pipelines = pipelines::configured(&args.events).await?;
    let home = Home::take(&args.data.data, &setup)?;
    args.remove_unused()?;
    let instance = Instance::open(setup.clone(), Arc::new(SystemClock), Arc::new(SystemIds)).await?;
    home.remember(&args.data.data, &setup)?;
    let control = Control::start(&args.data.data, instance.clone())?;

    let page = |public| Page::new(recorder.clone(), public);
    let connections = usize::try_from(args.load.max_connections).unwrap_or(usize::MAX);
    let service = Service::new(instance.router()).limits(connections, Duration::from_secs(args.load.idle_seconds));
    let main_page = metrics_listener.is_none().then(|| page(false));
    let mut listening = vec![Listening::start(listener, service.metrics(main_page))?];
    announce(args, address)?;
    announce_tables(&setup.app.records_tables, &instance.backing.other_records_tables()?)?;
    if let Some(listener) = metrics_listener {
        let metrics = Listening::start(listener, Service::new(Router::new()).metrics(Some(page(true))))?;
        tracing::info!(address = format!("http://{}/metrics", metrics.address()), "metrics are served");
        listening.push(metrics);
    }

    let mut background = work(&instance);
    background.spawn(housekeeping::upkeep(recorder, lines));
    pipelines::start(pipelines, &args.events, &instance, &mut background);
    let ended = wait(&mut signals, &instance, args).await;
    if let Err(error) = &ended {
        tracing::error!(error = error as &(dyn std::error::Error + 'static), "ending");
    }
    signals.then_exit();
    drop(control);
    background.abort_all();
    finish(listening).await;
    pipelines::tell_unfinished(&instance.app).await;
    close(&instance).await?;
    ended
}

/// Starts what goes on by itself.
fn work(instance: &Instance) -> JoinSet<()> {
    let mut background = JoinSet::new();
    if let Ok(embedded) = instance.backing.embedded() {
        background.spawn(housekeeping::sweep(embedded));
    }
    housekeeping::work(&mut background, &instance.app, instance.is_shared);
    if instance.identity.pool().is_err() {
        background.spawn(issuer::keep_keys(Arc::clone(&instance.identity)));
    }
    background
}

fn announce(args: &ServeArgs, address: SocketAddr) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let url = args.address.local_url(address);
    if terminal::is_terminal() {
        return terminal::print(&format!("frontdesk {version} listens on {url}\nAPI reference: {url}/docs\n"));
    }
    tracing::info!(version, address = url, reference = format!("{url}/docs"), "frontdesk listens");
    Ok(())
}

/// Says which tables table operations work on, and which the embedded store keeps besides.
fn announce_tables(served: &[RecordsTable], others: &[String]) -> Outcome {
    let served: Vec<String> = served.iter().map(RecordsTable::to_string).collect();
    let served = if served.is_empty() { "none".to_owned() } else { served.join(", ") };
    let others = others.join(", ");
    if !terminal::is_terminal() {
        tracing::info!(tables = served, "table operations");
        if !others.is_empty() {
            tracing::info!(
                tables = others,
                "these tables hold items, but --records-table does not name them; they are not served"
            );
        }
        return Ok(());
    }
    terminal::print(&format!("Table operations: {served}"))?;
    if others.is_empty() {
        Ok(())
    } else {
        terminal::print(&format!("Kept, but not served (--records-table): {others}"))
    }
}

/// Waits for a reason to end: a signal, or something that has failed for good.
async fn wait(signals: &mut Signals, instance: &Instance, args: &ServeArgs) -> Outcome {
    let data: &Path = &args.data.data;
    let preparing = async {
        if instance.identity.pool().is_err() {
            return std::future::pending().await;
        }
        match prepare(&instance.identity, &args.administrator, data).await {
            Ok(()) => {
                tracing::info!("ready");
                std::future::pending().await
            }
            Err(error) => error,
        }
    };
    tokio::select! {
        signal = signals.next() => {
            tracing::info!(signal, "finishing what is running");
            Ok(())
        }
        error = preparing => Err(error),
        reason = instance.backing.failed() => {
            Err(Error::Command(format!("the database cannot be written any more: {reason}")))
        }
    }
}

async fn finish(listening: Vec<Listening>) {
    let mut finishing: JoinSet<bool> = listening.into_iter().map(|one| one.finish(FINISH)).collect();
    while let Some(finished) = finishing.join_next().await {
        if !matches!(finished, Ok(true)) {
            tracing::warn!("what was still running after {} s was cut off", FINISH.as_secs());
        }
    }
}

async fn close(instance: &Instance) -> Outcome {
    let backing = instance.backing.clone();
    tokio::task::spawn_blocking(move || backing.close()).await.map_err(Error::runtime("the store cannot be closed"))?;
    tracing::info!("stopped");
    Ok(())
}
