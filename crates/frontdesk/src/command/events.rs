//! `frontdesk events …`: the event log and its pipelines.

use app::events::{DeadLetters, EventFilter, History, Redriven, ReplayRange, Replayed, Shown};
use clap::{Args, Subcommand};
use jiff::Timestamp;

use super::send::send;
use crate::config::InstanceArgs;
use crate::config::values;
use crate::control::{Answer, EventAnswer, EventOperation, Operation, ask};
use crate::error::{Error, Outcome};
use crate::terminal;

/// Events that are asked for at a time.
const PAGE: usize = 500;

#[derive(Subcommand, Debug)]
pub(super) enum EventsCommand {
    /// List events, one JSON object a line: `position` in the log, and `event` (CloudEvents)
    List(ListArgs),
    /// Follow the log of the running server: every new event, one JSON object a line, until Ctrl-C
    Tail(TailArgs),
    /// List dead letters, one JSON object a line: events that a pipeline gave up, and why
    Dead(DeadArgs),
    /// Have dead letters delivered once more, by the server that runs the pipeline, or by the next one that does
    Redrive(RedriveArgs),
    /// Have a part of the log delivered to a pipeline again, beside what is new, by the server that runs the pipeline, or by the next
    /// one that does; a restart does not end it
    Replay(ReplayArgs),
}

#[derive(Args, Debug)]
pub(super) struct WhichArgs {
    /// Only of this type; where it ends with `*`, of types that begin so
    #[arg(long = "type", value_name = "TYPE", value_parser = values::label)]
    kind: Option<String>,

    /// Only of this aggregate, such as booking/ID; where it ends with `*`, of aggregates that begin so
    #[arg(long, value_name = "AGGREGATE")]
    aggregate: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// Only events from this time on (RFC 3339, such as 2030-01-01T00:00:00Z)
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,

    /// Only events before this time
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,

    /// Only events behind this position of the log
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,

    /// At most so many [default: all]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,

    #[command(flatten)]
    which: WhichArgs,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct TailArgs {
    /// Begin behind this position of the log [default: with what is new]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(0..))]
    after: Option<i64>,

    #[command(flatten)]
    which: WhichArgs,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct DeadArgs {
    /// Only those of this pipeline
    #[arg(long, value_name = "NAME", value_parser = values::label)]
    pipeline: Option<String>,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct RedriveArgs {
    /// The pipeline
    #[arg(long, value_name = "NAME", value_parser = values::label)]
    pipeline: String,

    /// Only the one at this position [default: all of the pipeline]
    #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
    position: Option<i64>,

    #[command(flatten)]
    instance: InstanceArgs,
}

#[derive(Args, Debug)]
pub(super) struct ReplayArgs {
    /// The pipeline
    #[arg(long, value_name = "NAME", value_parser = values::label)]
    pipeline: String,

    /// Events from this time on (RFC 3339) [default: all that are kept]
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,

    /// Events before this time [default: up to now]
    #[arg(long, value_name = "TIME")]
    to: Option<Timestamp>,

    #[command(flatten)]
    instance: InstanceArgs,
}

pub(super) fn run(command: EventsCommand) -> Outcome {
    match command {
        EventsCommand::List(args) => list(args),
        EventsCommand::Tail(args) => tail(args),
        EventsCommand::Dead(args) => dead(&args),
        EventsCommand::Redrive(args) => redrive(args),
        EventsCommand::Replay(args) => replay(args),
    }
}

fn list(args: ListArgs) -> Outcome {
    let ListArgs { from, to, mut after, limit, which, instance } = args;
    check_range(from, to)?;
    let mut left = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    loop {
        let filter = filter(&which, from, to);
        let operation = EventOperation::List { filter, after, limit: left.min(PAGE), wait: false };
        let History { events, through, is_end } = history(get(&instance, operation)?)?;
        events.iter().try_for_each(print)?;
        left = left.saturating_sub(events.len());
        if is_end || left == 0 {
            return Ok(());
        }
        after = Some(through);
    }
}

fn tail(args: TailArgs) -> Outcome {
    let TailArgs { after, which, instance } = args;
    let data = &instance.data.data;
    let follow = |operation| match ask(data, &Operation::Events(operation))? {
        Some(Ok(Answer::Events(answer))) => Ok(answer),
        Some(Err(refusal)) => Err(Error::Command(refusal)),
        _ => {
            let text = format!("no server runs on {}; start one, or use `frontdesk events list`", data.display());
            Err(Error::Command(text))
        }
    };
    let mut after = match (after, follow(EventOperation::Head)?) {
        (None, EventAnswer::Head(head)) => head,
        (after, _) => after.unwrap_or(0),
    };
    loop {
        let filter = filter(&which, None, None);
        let operation = EventOperation::List { filter, after: Some(after), limit: PAGE, wait: true };
        let History { events, through, .. } = history(follow(operation)?)?;
        events.iter().try_for_each(print)?;
        after = through;
    }
}

fn dead(args: &DeadArgs) -> Outcome {
    let mut after = None;
    loop {
        let operation = EventOperation::Dead { pipeline: args.pipeline.clone(), after };
        let EventAnswer::Dead(DeadLetters { letters, next }) = get(&args.instance, operation)? else { return Ok(()) };
        for letter in &letters {
            let line =
                serde_json::to_string(letter).map_err(Error::runtime("a dead letter cannot be written as JSON"))?;
            terminal::print(&line)?;
        }
        if next.is_none() {
            return Ok(());
        }
        after = next;
    }
}

fn redrive(args: RedriveArgs) -> Outcome {
    let RedriveArgs { pipeline, position, instance } = args;
    let operation = EventOperation::Redrive { pipeline: pipeline.clone(), position };
    let EventAnswer::Redriven(Redriven { letters, runs }) = get(&instance, operation)? else {
        return Err(unexpected());
    };
    if letters == 0 {
        return terminal::print(&format!("{pipeline} has no dead letters"));
    }
    let (letters, those) =
        if letters == 1 { ("1 dead letter".to_owned(), "it") } else { (format!("{letters} dead letters"), "those") };
    let (who, left) = (by(runs, &pipeline), "`frontdesk events dead` shows what fails again");
    terminal::print(&format!("{letters} of {pipeline}: {who} delivers {those} once more; {left}"))
}

fn replay(args: ReplayArgs) -> Outcome {
    let ReplayArgs { pipeline, from, to, instance } = args;
    check_range(from, to)?;
    let operation = EventOperation::Replay(ReplayRange { pipeline: pipeline.clone(), from, to });
    let EventAnswer::Replayed(Replayed { first, last, runs }) = get(&instance, operation)? else {
        return Err(unexpected());
    };
    let what = match (from, to) {
        (None, None) => format!("positions {first} to {last}"),
        _ => format!("what is of that time in positions {first} to {last}"),
    };
    let (who, then) = (by(runs, &pipeline), "goes on after a restart, and says in its log when it is done");
    terminal::print(&format!("{who} delivers {what} to {pipeline} once more beside what is new, {then}"))
}

/// Who does what was asked for.
fn by(runs: bool, pipeline: &str) -> String {
    if runs {
        "the running server".to_owned()
    } else {
        format!("no server runs {pipeline} now; the next one that does")
    }
}

/// A range of time has something in it.
fn check_range(from: Option<Timestamp>, to: Option<Timestamp>) -> Outcome {
    match from.zip(to) {
        Some((from, to)) if from >= to => Err(Error::Usage(format!("--to ({to}) must be later than --from ({from})"))),
        _ => Ok(()),
    }
}

fn filter(which: &WhichArgs, from: Option<Timestamp>, to: Option<Timestamp>) -> EventFilter {
    EventFilter { kind: which.kind.clone(), aggregate: which.aggregate.clone(), from, to }
}

fn get(instance: &InstanceArgs, operation: EventOperation) -> Outcome<EventAnswer> {
    match send(instance, Operation::Events(operation))? {
        Answer::Events(answer) => Ok(answer),
        _ => Err(unexpected()),
    }
}

fn history(answer: EventAnswer) -> Outcome<History> {
    match answer {
        EventAnswer::History(history) => Ok(history),
        _ => Err(unexpected()),
    }
}

fn unexpected() -> Error {
    Error::Command("the server answered something else; it may be of another version".to_owned())
}

fn print(shown: &Shown) -> Outcome {
    // An event is one JSON object; breaks of lines in it can only be between its members.
    let event = shown.event.replace(['\n', '\r'], " ");
    terminal::print(&format!("{{\"position\":{},\"event\":{event}}}", shown.position))
}
