//! Pipelines: every event at least once and in order, whatever fails on the way.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use app::events::{
    DeadLetter, Delivered, EventFilter, Gather, Next, Pipeline, PipelineDelivery, ReplayRange, Runner, Setback,
};
use app::{Command, Failure, Notice};
use serde_json::{Value, json};
use store::{Key, Table};

use crate::support::{Ambient, Desk, before_the_second_commit, body, plant};

/// What the pipeline does with its next deliveries; then it takes everything.
type Script = VecDeque<fn(&[Notice]) -> Delivered>;

const HALT: fn(&[Notice]) -> Delivered = |_| Delivered::until(0, Setback::Halt("no".to_owned()));

const FAIL: fn(&[Notice]) -> Delivered = |_| Delivered::until(0, Setback::Fail("never".to_owned()));

struct Sink {
    script: Mutex<Script>,
    /// The positions of each delivery.
    taken: Mutex<Vec<Vec<i64>>>,
    poison: Option<&'static str>,
    gather: Gather,
}

impl Sink {
    fn new(script: impl Into<Script>) -> Arc<Self> {
        Arc::new(Self::plain(script))
    }

    fn plain(script: impl Into<Script>) -> Self {
        Self { script: Mutex::new(script.into()), taken: Mutex::default(), poison: None, gather: Gather::default() }
    }

    fn taken(&self) -> Vec<Vec<i64>> {
        self.taken.lock().unwrap().clone()
    }
}

impl Pipeline for Sink {
    fn name(&self) -> &str {
        "sink"
    }

    fn deliver<'a>(&'a self, events: &'a [Notice]) -> PipelineDelivery<'a> {
        Box::pin(async move {
            if let Some(poison) = self.poison {
                assert!(!events.iter().any(|event| event.subject == poison), "poison");
            }
            let next = self.script.lock().unwrap().pop_front();
            let delivered = next.map_or_else(|| Delivered::all(events), |next| next(events));
            let positions = events.iter().take(delivered.done).map(|event| event.position).collect();
            self.taken.lock().unwrap().push(positions);
            delivered
        })
    }

    fn gather(&self) -> Gather {
        self.gather
    }
}

/// A desk with so many locations more; the one that it has is the first event.
async fn desk(locations: usize) -> Desk {
    let desk = Desk::open().await;
    for number in 0..locations {
        let location = body(&json!({"name": "L"}));
        desk.app.put_location(Command::default(), Some(&format!("l{number}")), location).await.unwrap();
    }
    desk
}

async fn until_idle(runner: &mut Runner) {
    for _ in 0..1_000 {
        match runner.step().await.unwrap() {
            Next::More => {}
            Next::Idle => return,
            other => panic!("{other:?}"),
        }
    }
    panic!("never idle");
}

/// Steps on, past all pauses.
async fn through(runner: &mut Runner, clock: &Ambient) {
    for _ in 0..1_000 {
        match runner.step().await.unwrap() {
            Next::More => {}
            Next::Idle => return,
            Next::Pause(left) => clock.wait(left / 1_000 + 1),
            Next::Elsewhere => panic!("nobody else is there"),
        }
    }
    panic!("never idle");
}

async fn dead(desk: &Desk) -> Vec<DeadLetter> {
    desk.app.dead_letters(Some("sink"), None).await.unwrap().letters
}

#[tokio::test]
async fn every_event_is_delivered_from_the_start_of_the_log_and_then_what_is_new() {
    let desk = desk(250).await;
    let sink = Sink::new([]);
    let mut runner = desk.app.runner(sink.clone(), true);
    until_idle(&mut runner).await;
    assert_eq!(sink.taken().concat(), (1..=251).collect::<Vec<i64>>());
    desk.app.put_location(Command::default(), Some("new"), body(&json!({"name": "L"}))).await.unwrap();
    until_idle(&mut runner).await;
    assert_eq!(sink.taken().last().unwrap(), &[252]);
    let status = desk.app.pipelines().await.unwrap();
    assert_eq!((status.len(), status[0].position, status[0].dead), (1, 252, 0));
}

#[tokio::test]
async fn what_may_be_delivered_later_is_tried_again_and_then_given_up() {
    let desk = desk(3).await;
    let retry: fn(&[Notice]) -> Delivered = |_| Delivered::until(0, Setback::Retry("busy".to_owned()));
    let sink = Sink::new([retry, |_| Delivered::until(1, Setback::Retry("busy".to_owned())), retry]);
    let mut runner = desk.app.runner(sink.clone(), true);
    assert_eq!(runner.step().await.unwrap(), Next::More);
    assert!(matches!(runner.step().await.unwrap(), Next::Pause(left) if (1..=250).contains(&left)));
    assert_eq!(sink.taken().len(), 1, "nothing is tried during a pause");
    through(&mut runner, &desk.clock).await;
    assert_eq!(sink.taken(), [vec![], vec![1], vec![], vec![2, 3, 4]]);
    assert_eq!(dead(&desk).await, []);

    let sink = Sink::new(vec![retry; 8]);
    desk.app.put_location(Command::default(), Some("bad"), body(&json!({"name": "L"}))).await.unwrap();
    desk.app.put_location(Command::default(), Some("good"), body(&json!({"name": "L"}))).await.unwrap();
    through(&mut desk.app.runner(sink.clone(), true), &desk.clock).await;
    let letters = dead(&desk).await;
    assert_eq!((letters.len(), letters[0].position, letters[0].attempts), (1, 5, 8));
    assert_eq!((letters[0].aggregate.as_str(), letters[0].reason.as_str()), ("location/bad", "busy"));
    assert_eq!(sink.taken().concat(), [6]);
}

#[tokio::test]
async fn what_fails_for_good_becomes_a_dead_letter_and_the_rest_goes_on() {
    let desk = desk(3).await;
    let sink = Sink::new([(|_| Delivered::until(1, Setback::Fail("never".to_owned()))) as fn(&[Notice]) -> Delivered]);
    through(&mut desk.app.runner(sink.clone(), true), &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 3, 4]);
    let letters = dead(&desk).await;
    assert_eq!((letters.len(), letters[0].position, letters[0].attempts), (1, 2, 1));
    assert_eq!(desk.app.pipelines().await.unwrap()[0].dead, 1);
}

#[tokio::test]
async fn what_holds_everything_up_is_tried_for_as_long_as_it_takes() {
    let desk = desk(2).await;
    let halt: fn(&[Notice]) -> Delivered = |_| Delivered::until(0, Setback::Halt("disk full".to_owned()));
    let sink = Sink::new(vec![halt; 100]);
    let mut runner = desk.app.runner(sink.clone(), true);
    runner.step().await.unwrap();
    assert_eq!(desk.app.pipelines().await.unwrap()[0].reason.as_deref(), Some("disk full"));
    through(&mut runner, &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 2, 3]);
    assert_eq!(dead(&desk).await, []);
    assert_eq!(desk.app.pipelines().await.unwrap()[0].reason, None);
}

#[tokio::test]
async fn a_poisoned_event_is_a_dead_letter_and_its_neighbours_are_delivered() {
    let desk = desk(5).await;
    let sink = Arc::new(Sink { poison: Some("l2"), ..Sink::plain([]) });
    through(&mut desk.app.runner(sink.clone(), true), &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 2, 3, 5, 6]);
    let letters = dead(&desk).await;
    assert_eq!((letters.len(), letters[0].position), (1, 4));
    assert!(letters[0].reason.contains("poison"), "{}", letters[0].reason);
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_a_dead_letter() {
    let desk = desk(1).await;
    plant(&desk, Key::number(Table::Events, "a/b", 7), json!({"aggregate": "a/b", "sequence": 7})).await;
    desk.app.put_location(Command::default(), Some("new"), body(&json!({"name": "L"}))).await.unwrap();
    let sink = Sink::new([]);
    through(&mut desk.app.runner(sink.clone(), true), &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 2, 4]);
    let letters = dead(&desk).await;
    assert_eq!((letters.len(), letters[0].position, letters[0].id.as_str()), (1, 3, "a/b/7"));
}

#[tokio::test]
async fn a_crash_between_delivery_and_cursor_delivers_again_and_loses_nothing() {
    let desk = Arc::new(desk(3).await);
    let sink = Sink::new([]);
    // The second commit, which moves the cursor, finds that the store has gone.
    let broken = before_the_second_commit(&desk, |desk| {
        Box::pin(async move {
            let mut other = desk.app.runner(Sink::new([HALT]), true);
            assert_eq!(other.step().await.unwrap(), Next::More);
        })
    });
    let mut runner = broken.runner(sink.clone(), false);
    assert_eq!(runner.step().await.unwrap(), Next::More);
    assert_eq!(sink.taken(), [vec![1, 2, 3, 4]], "delivered");
    assert_eq!(desk.app.pipelines().await.unwrap()[0].position, 0, "but another had taken over meanwhile");
    assert_eq!(runner.step().await.unwrap(), Next::Elsewhere);
    desk.clock.wait(16);
    through(&mut runner, &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 2, 3, 4, 1, 2, 3, 4]);
    assert_eq!(desk.app.pipelines().await.unwrap()[0].position, 4);
}

#[tokio::test]
async fn one_process_at_a_time_runs_a_pipeline_until_its_lease_is_void() {
    let desk = desk(1).await;
    let (one, two) = (Sink::new([]), Sink::new([]));
    let mut first = desk.app.runner(one.clone(), false);
    let mut second = desk.app.runner(two.clone(), false);
    until_idle(&mut first).await;
    assert_eq!(second.step().await.unwrap(), Next::Elsewhere);
    desk.clock.wait(10);
    until_idle(&mut first).await;
    desk.clock.wait(10);
    assert_eq!(second.step().await.unwrap(), Next::Elsewhere, "renewed");
    desk.clock.wait(6);
    until_idle(&mut second).await;
    assert_eq!(first.step().await.unwrap(), Next::Elsewhere);
    desk.app.put_location(Command::default(), Some("new"), body(&json!({"name": "L"}))).await.unwrap();
    until_idle(&mut second).await;
    assert_eq!((one.taken().concat(), two.taken().concat()), (vec![1, 2], vec![3]));
    // Who is alone waits for nobody.
    until_idle(&mut desk.app.runner(Sink::new([]), true)).await;
}

#[tokio::test]
async fn events_are_gathered_by_size_or_age() {
    let desk = desk(9).await;
    let gather = Gather { bytes: 1 << 20, seconds: 60 };
    let sink = Arc::new(Sink { gather, ..Sink::plain([]) });
    let mut runner = desk.app.runner(sink.clone(), true);
    assert!(matches!(runner.step().await.unwrap(), Next::Pause(60_000)));
    desk.clock.wait(30);
    desk.app.put_location(Command::default(), Some("new"), body(&json!({"name": "L"}))).await.unwrap();
    assert!(matches!(runner.step().await.unwrap(), Next::Pause(30_000)));
    desk.clock.wait(30);
    until_idle(&mut runner).await;
    assert_eq!(sink.taken(), [(1..=11).collect::<Vec<i64>>()]);

    let sink = Arc::new(Sink { gather: Gather { bytes: 1, seconds: 60 }, ..Sink::plain([]) });
    desk.app.put_location(Command::default(), Some("newer"), body(&json!({"name": "L"}))).await.unwrap();
    until_idle(&mut desk.app.runner(sink.clone(), true)).await;
    assert_eq!(sink.taken(), [vec![12]]);
}

#[tokio::test]
async fn dead_letters_are_delivered_again_when_an_operator_says_so() {
    let desk = desk(3).await;
    let fail: fn(&[Notice]) -> Delivered = |_| Delivered::until(0, Setback::Fail("never".to_owned()));
    let sink = Sink::new(vec![fail; 4]);
    let mut runner = desk.app.runner(sink.clone(), true);
    through(&mut runner, &desk.clock).await;
    assert_eq!(dead(&desk).await.len(), 4);
    sink.script.lock().unwrap().push_back(fail);
    assert_eq!(desk.app.redrive("sink", Some(2)).await.unwrap().letters, 1);
    through(&mut runner, &desk.clock).await;
    assert_eq!(dead(&desk).await[1].attempts, 2);
    assert_eq!(desk.app.redrive("sink", None).await.unwrap().letters, 4);
    through(&mut runner, &desk.clock).await;
    assert_eq!(sink.taken().concat(), [1, 2, 3, 4]);
    assert_eq!(dead(&desk).await, []);
    assert_eq!(desk.app.pipelines().await.unwrap()[0].dead, 0);
    assert!(
        matches!(desk.app.redrive("sink", Some(2)).await, Err(Failure::Refused(refusal)) if refusal.rule == "not-found")
    );
    let unknown = desk.app.redrive("snik", None).await.unwrap_err();
    assert!(unknown.to_string().contains("snik") && unknown.to_string().contains("known: sink"), "{unknown}");
}

#[tokio::test]
async fn a_part_of_the_log_is_delivered_again_beside_what_is_new() {
    let desk = desk(2).await;
    desk.clock.wait(3_600);
    let from = domain::Clock::now(desk.clock.as_ref());
    for number in 0..150 {
        let location = body(&json!({"name": "M"}));
        desk.app.put_location(Command::default(), Some(&format!("m{number}")), location).await.unwrap();
    }
    desk.clock.wait(3_600);
    let to = domain::Clock::now(desk.clock.as_ref());
    desk.app.put_location(Command::default(), Some("late"), body(&json!({"name": "L"}))).await.unwrap();
    let sink = Sink::new([]);
    let mut runner = desk.app.runner(sink.clone(), true);
    until_idle(&mut runner).await;
    sink.taken.lock().unwrap().clear();

    let range = ReplayRange { pipeline: "sink".to_owned(), from: Some(from), to: Some(to) };
    let replayed = desk.app.replay(range.clone()).await.unwrap();
    assert!(replayed.first <= 4 && replayed.last >= 153 && replayed.runs, "{replayed:?}");
    let twice = desk.app.replay(range.clone()).await.unwrap_err();
    assert!(twice.to_string().contains("replay-running"), "{twice}");
    runner.step().await.unwrap();
    // A crash in the middle of it: another runner goes on.
    let mut runner = desk.app.runner(sink.clone(), true);
    desk.app.put_location(Command::default(), Some("newest"), body(&json!({"name": "L"}))).await.unwrap();
    until_idle(&mut runner).await;
    let mut delivered = sink.taken().concat();
    delivered.sort_unstable();
    assert_eq!(delivered, (4..=153).chain([155]).collect::<Vec<i64>>());
    let status = &desk.app.pipelines().await.unwrap()[0];
    assert_eq!((status.position, status.replay), (155, None));
    let backwards = ReplayRange { from: Some(to), to: Some(from), ..range };
    assert!(desk.app.replay(backwards).await.unwrap_err().to_string().contains("--from"));
    let backwards = EventFilter { from: Some(to), to: Some(from), ..EventFilter::default() };
    assert!(desk.app.history(&backwards, None, 10).await.unwrap_err().to_string().contains("--from"));
    // Whoever ran it is gone: its lease runs out.
    desk.clock.wait(60);
    assert!(!desk.app.redrive("sink", None).await.unwrap().runs);
}

#[tokio::test]
async fn the_log_is_listed_by_time_type_and_aggregate() {
    let desk = desk(120).await;
    desk.clock.wait(3_600);
    let from = Some(domain::Clock::now(desk.clock.as_ref()));
    desk.resource("r", 1).await.unwrap();
    let all = desk.app.history(&EventFilter::default(), None, 1_000).await.unwrap();
    assert_eq!((all.events.len(), all.through, all.is_end), (122 + usize::from(all.through > 122), all.through, true));
    let of = async |filter: EventFilter| desk.app.history(&filter, None, 1_000).await.unwrap().events;
    let late = of(EventFilter { from, ..EventFilter::default() }).await;
    assert!(!late.is_empty() && late.iter().all(|shown| shown.position > 121), "{late:?}");
    assert_eq!(of(EventFilter { to: from, ..EventFilter::default() }).await.len(), 121);
    let aggregate = Some("location/l11*".to_owned());
    assert_eq!(of(EventFilter { aggregate, ..EventFilter::default() }).await.len(), 11);
    let kind = Some("frontdesk.resource.*".to_owned());
    let resources = of(EventFilter { kind, ..EventFilter::default() }).await;
    assert_eq!(resources.len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&resources[0].event).unwrap()["aggregate"], "resource/r");
    let page = desk.app.history(&EventFilter::default(), Some(10), 5).await.unwrap();
    assert_eq!(page.events.iter().map(|shown| shown.position).collect::<Vec<_>>(), [11, 12, 13, 14, 15]);
    assert_eq!((page.through, page.is_end), (15, false));
}

#[tokio::test]
async fn old_events_go_once_every_configured_pipeline_has_had_them() {
    let desk = desk(9).await;
    let sink = Sink::new(vec![FAIL; 2]);
    let mut runner = desk.app.runner(sink.clone(), true);
    let (day, named) = (jiff::SignedDuration::from_hours(24), ["sink".to_owned()]);
    desk.clock.wait(25 * 3_600);
    desk.app.put_location(Command::default(), Some("new"), body(&json!({"name": "L"}))).await.unwrap();
    assert_eq!(desk.app.trim_log(day, &named).await.unwrap(), 0, "the pipeline has had nothing yet");
    through(&mut runner, &desk.clock).await;
    assert_eq!(dead(&desk).await.len(), 2);
    assert_eq!(desk.app.trim_log(day, &named).await.unwrap(), 10);
    assert_eq!(dead(&desk).await.len(), 0, "their events are gone");
    assert_eq!(desk.app.pipelines().await.unwrap()[0].dead, 0);
    let left = desk.app.history(&EventFilter::default(), None, 100).await.unwrap();
    assert_eq!(left.events.iter().map(|shown| shown.position).collect::<Vec<_>>(), [11]);
    assert_eq!(desk.app.trim_log(day, &named).await.unwrap(), 0);
    // One that is not configured any more holds nothing back.
    desk.clock.wait(25 * 3_600);
    desk.app.put_location(Command::default(), Some("newer"), body(&json!({"name": "L"}))).await.unwrap();
    desk.clock.wait(25 * 3_600);
    assert_eq!(desk.app.trim_log(day, &named).await.unwrap(), 1, "up to its cursor");
    assert_eq!(desk.app.trim_log(day, &[]).await.unwrap(), 1);
}
