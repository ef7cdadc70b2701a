//! `frontdesk load`: people at work at a steady rate, somewhere else than in this process, so that there is something to watch on
//! dashboards.
//!
//! A clock gives out as many permissions a second as there are to be requests; each person waits for one before each request, and does
//! one thing after the other. What people do is in `person.rs`, where they do it in `stage.rs`.

mod client;
mod pace;
mod person;
mod stage;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use crate::config::values::Secret;
use crate::demo::Venue;
use crate::error::{Error, Outcome};
use crate::serve::Signals;
use crate::terminal;
use client::{Client, Stop};
use pace::Pace;
use person::{Left, Person};
use stage::Stage;
use tally::Tally;

/// How long the end waits for requests on their way.
const FINISH: Duration = Duration::from_secs(30);
/// Without an end of its own it lasts this long: a year.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);
/// Threads; nearly all of the time is spent waiting.
const THREADS: usize = 2;

/// What is to be done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The interface's root.
    pub(crate) url: String,
    /// Where the user pool is.
    pub(crate) cognito: String,
    /// Its client.
    pub(crate) client_id: String,
    /// Who calls.
    pub(crate) who: Who,
    /// The key of a usage plan.
    pub(crate) api_key: Option<Secret>,
    /// Requests a second.
    pub(crate) rate: u32,
    /// How long; until a signal when nothing is said.
    pub(crate) lasts: Option<Duration>,
    /// People who act at once.
    pub(crate) users: u32,
    /// What identifiers start with.
    pub(crate) name: String,
    /// Whether all is removed at the end.
    pub(crate) clean: bool,
    /// Time between lines.
    pub(crate) report: Duration,
}

/// How the caller signs in.
#[derive(Debug)]
pub(crate) enum Who {
    Token(Secret),
    Password { email: String, password: Secret },
}

/// Makes traffic until the time is over or a signal comes.
pub(crate) fn run(plan: Plan) -> Outcome {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(THREADS).enable_all().build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    runtime.block_on(live(plan))
}

async fn live(plan: Plan) -> Outcome {
    let mut signals = Signals::take()?;
    let venue = Venue::read()?;
    let users = usize::try_from(plan.users).unwrap_or(1);
    let tally = Arc::new(Tally::default());
    let pace = Arc::new(Pace::new(users));
    let opening = async {
        let client = Arc::new(Client::sign_in(&plan, Arc::clone(&pace), Arc::clone(&tally)).await?);
        let stage = Stage::open(&client, &plan, venue).await?;
        Ok::<_, Error>((client, Arc::new(stage)))
    };
    let (client, stage) = tokio::select! {
        opened = opening => opened?,
        _ = signals.next() => return Ok(()),
    };
    terminal::note(&stage.described(&plan));
    let mut people = JoinSet::new();
    for number in 0..users {
        let person = Person::new(number, Arc::clone(&client), Arc::clone(&stage));
        people.spawn(person.live());
    }
    let began = Instant::now();
    let mut left = Left::default();
    let outcome = watch(&plan, &pace, &tally, &mut people, &mut left, &mut signals).await;
    pace.close();
    signals.then_exit();
    let finished = timeout(FINISH, finish(&mut people, &mut left)).await;
    let lasted = began.elapsed();
    if plan.clean {
        stage.clean(&client, left).await;
    }
    terminal::print(&tally.summary(lasted, pace.late()))?;
    let finished = finished.unwrap_or_else(|_| Err(Error::Command("some requests were never answered".to_owned())));
    outcome.and(finished)
}

/// Gives out permissions until the end.
async fn watch(
    plan: &Plan,
    pace: &Pace,
    tally: &Tally,
    people: &mut JoinSet<(Left, Stop)>,
    left: &mut Left,
    signals: &mut Signals,
) -> Outcome {
    let began = Instant::now();
    let mut beat = interval(Duration::from_secs(1).checked_div(plan.rate).unwrap_or(Duration::from_secs(1)));
    // What was missed is made up for, but never more than there are people: the pace forgets the rest.
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut report = interval(plan.report);
    report.set_missed_tick_behavior(MissedTickBehavior::Skip);
    report.tick().await;
    let end = sleep(plan.lasts.unwrap_or(LONGEST));
    tokio::pin!(end);
    loop {
        tokio::select! {
            _ = beat.tick() => pace.release(),
            _ = report.tick() => terminal::note(&tally.line(began.elapsed())),
            Some(gone) = people.join_next() => {
                let (of_person, end) = gone.map_err(Error::runtime("somebody stopped"))?;
                left.add(of_person);
                if let Stop::Failed(error) = end {
                    return Err(error);
                }
            }
            () = &mut end => return Ok(()),
            signal = signals.next() => {
                terminal::note(&format!("{signal}: finishing; once more ends at once"));
                return Ok(());
            }
        }
    }
}

/// Waits for what is under way.
async fn finish(people: &mut JoinSet<(Left, Stop)>, left: &mut Left) -> Outcome {
    while let Some(gone) = people.join_next().await {
        let (of_person, end) = gone.map_err(Error::runtime("somebody stopped"))?;
        left.add(of_person);
        if let Stop::Failed(error) = end {
            return Err(error);
        }
    }
    Ok(())
}
