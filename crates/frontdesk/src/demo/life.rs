//! Living a day of the demo: what people do, lane by lane, and the lanes at once, so that their commits share the disk's time.

use std::sync::Arc;

use app::{App, Command, Failure};
use domain::order::object;
use serde_json::json;
use tokio::task::JoinSet;

use super::plan::{Deed, What};
use super::venue::Venue;
use crate::error::{Error, Outcome};

/// How much came of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) bookings: usize,
    pub(super) orders: usize,
    /// What the rules refused, as they do.
    pub(super) refused: usize,
}

/// The people at work.
#[derive(Clone)]
pub(super) struct Life {
    app: Arc<App>,
    subs: Arc<[String]>,
    /// Who approves bookings and takes orders on.
    administrator: usize,
}

impl Life {
    pub(super) fn new(app: Arc<App>, subs: Vec<String>, venue: &Venue) -> Self {
        let administrator = venue.people.iter().position(|person| person.administrator).unwrap_or(0);
        Self { app, subs: subs.into(), administrator }
    }

    /// Has the deeds of a day done.
    pub(super) async fn live(&self, deeds: &[Deed], counts: &mut Counts) -> Outcome {
        let mut lanes = JoinSet::new();
        for of_lane in deeds.chunk_by(|one, next| one.lane == next.lane) {
            let of_lane = of_lane.to_vec();
            if of_lane.iter().any(|deed| matches!(deed.what, What::Order(_))) {
                // On this thread, which has no metrics.
                counts.add(self.run(of_lane).await?);
            } else {
                let life = self.clone();
                lanes.spawn(async move { life.run(of_lane).await });
            }
        }
        while let Some(lane) = lanes.join_next().await {
            counts.add(lane.map_err(Error::runtime("the demo was stopped"))??);
        }
        Ok(())
    }

    async fn run(&self, deeds: Vec<Deed>) -> Outcome<Counts> {
        let mut counts = Counts::default();
        for deed in deeds {
            match self.act(deed, &mut counts).await {
                Ok(()) => {}
                Err(Failure::Refused(_)) => counts.refused = counts.refused.saturating_add(1),
                Err(failed) => return Err(failed.into()),
            }
        }
        Ok(counts)
    }

    async fn act(&self, deed: Deed, counts: &mut Counts) -> Result<(), Failure> {
        let Deed { person, id, what, .. } = deed;
        let (app, sub) = (&self.app, self.sub(person));
        let command = Command { caller: sub.to_owned(), soft_rules: true, ..Command::default() };
        match what {
            What::Book(wish) => {
                // It is there already when its day was cut off.
                if app.get_booking(sub, &id).await.is_err() {
                    app.put_booking(command, sub, Some(&id), wish).await?;
                }
                counts.bookings = counts.bookings.saturating_add(1);
            }
            What::CancelBooking => drop(app.cancel_booking(command, sub, &id).await?),
            What::Approve => drop(app.approve_booking(self.administrator(), sub, &id).await?),
            What::Decline(reason) => {
                let body = object(&json!({"reason": reason}));
                app.decline_booking(self.administrator(), sub, &id, body).await?;
            }
            What::Order(order) => {
                if app.get_order(sub, &id).await.is_err() {
                    app.place_order(command, order).await?;
                }
                counts.orders = counts.orders.saturating_add(1);
            }
            What::CancelOrder => drop(app.cancel_order(command, sub, &id).await?),
            What::AcknowledgeOrder => drop(app.acknowledge_order(self.administrator(), sub, &id).await?),
        }
        Ok(())
    }

    /// What an administrator does.
    fn administrator(&self) -> Command {
        Command { caller: self.sub(self.administrator).to_owned(), ..Command::default() }
    }

    fn sub(&self, person: usize) -> &str {
        self.subs.get(person).map_or("", String::as_str)
    }
}

impl Counts {
    const fn add(&mut self, more: Self) {
        self.bookings = self.bookings.saturating_add(more.bookings);
        self.orders = self.orders.saturating_add(more.orders);
        self.refused = self.refused.saturating_add(more.refused);
    }
}
