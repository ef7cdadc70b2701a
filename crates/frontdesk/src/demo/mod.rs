//! `serve --demo`: a believable venue in an empty data directory.
//!
//! Its year is lived through before anything is served: a clock goes from day to day, and people book, cancel and order through the
//! same use cases as everybody, so that all rules hold. How far that has come is an item of the store; a start that was cut off is
//! taken up by the next one on the day where it ended.

mod cast;
mod life;
mod plan;
mod progress;
mod stage;
mod venue;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use app::{App, Command};
use domain::Clock;
use metrics::NoopRecorder;

use crate::ambient::SystemClock;
use crate::backing::Place;
use crate::compose::{Instance, Setup};
use crate::error::{Error, Outcome};
use life::{Counts, Life};
pub(crate) use plan::order;
use plan::plan;
use progress::Progress;
use stage::Stage;
pub(crate) use venue::{Resource, Venue};

/// What everything made up is drawn from.
const SEED: u64 = 0x6672_6f6e_7464_736b;

/// Timers of a shard that are run a day.
const DUE: usize = 100;

/// Refuses another store than the embedded one, and an address that others than this machine can reach.
pub fn check(listen: SocketAddr, place: &Place) -> Outcome {
    if !matches!(place, Place::Embedded(_)) {
        return Err(Error::Usage("--demo is for the embedded store; leave --store out".to_owned()));
    }
    if listen.ip().is_loopback() {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "--demo is for trying frontdesk out on this machine; it is not served on {listen}: listen on a loopback address such as \
         127.0.0.1:8080"
    )))
}

/// Loads the venue into the data directory, unless it is there already. Nothing may be served from the directory meanwhile.
pub async fn load(setup: Setup, data: &Path) -> Outcome {
    let stage = Arc::new(Stage::default());
    stage.at(SystemClock.now());
    let instance = Instance::open(setup, Arc::<Stage>::clone(&stage), Arc::<Stage>::clone(&stage)).await?;
    let outcome = live(&instance, &stage, data).await;
    let backing = instance.backing.clone();
    tokio::task::spawn_blocking(move || backing.close()).await.map_err(Error::runtime("the store cannot be closed"))?;
    outcome
}

async fn live(instance: &Instance, stage: &Stage, data: &Path) -> Outcome {
    let mut progress = match Progress::read(instance.store.as_ref()).await? {
        Some(progress) if progress.is_done() => return Ok(()),
        Some(progress) => progress,
        None => Progress::begin(instance.store.as_ref(), SystemClock.now()).await?,
    };
    tracing::info!(day = progress.day, "loading the demo; this takes a moment");
    let began = SystemClock.now();
    // Business metrics count what happens, not what is made up.
    let _unmetered = metrics::set_default_local_recorder(&NoopRecorder);
    let venue = Venue::read()?;
    stage.at(progress.instant_of(plan::FIRST)?);
    let subs = cast::enter(instance, stage, &venue, data, &mut progress).await?;
    build(&instance.app, &venue, &progress).await?;
    let deeds = plan(&venue, progress.today())?;
    let life = Life::new(Arc::clone(&instance.app), subs, &venue);
    let mut counts = Counts::default();
    for of_day in deeds.chunk_by(|one, next| one.day == next.day) {
        let Some(day) = of_day.first().map(|deed| deed.day).filter(|day| *day > progress.day) else { continue };
        stage.at(progress.instant_of(day)?);
        instance.app.run_due(DUE).await?;
        life.live(of_day, &mut counts).await?;
        progress.lived_through(instance.store.as_ref(), day).await?;
    }
    progress.done(instance.store.as_ref()).await?;
    let milliseconds = SystemClock.now().as_millisecond().saturating_sub(began.as_millisecond());
    let Counts { bookings, orders, refused } = counts;
    tracing::info!(bookings, orders, refused, milliseconds, "the demo is loaded");
    Ok(())
}

/// Opens the locations with their resources.
async fn build(app: &App, venue: &Venue, progress: &Progress) -> Outcome {
    let (first, last) = progress.year();
    for location in &venue.locations {
        app.put_location(Command::default(), Some(&location.id), location.between(first, last)).await?;
        for resource in &location.resources {
            let body = resource.body.clone();
            app.put_resource(Command::default(), &location.id, Some(&resource.id), body).await?;
        }
    }
    Ok(())
}
