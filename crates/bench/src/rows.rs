//! The rows of a booking: taken from a store in which the product has made one, then repeated with other values.

use std::path::Path;
use std::sync::Arc;

use app::{App, Command, Reply, Settings};
use domain::json::object;
use frontdesk::ambient::{SystemClock, SystemIds};
use store::sqlite::{Options, SqliteStore};
use store::{Item, Key, Store, Table};
use tokio::task::JoinSet;

use crate::Outcome;
use crate::bookings::Slot;
use crate::template::{Template, Values};

/// Resources over which bookings are spread.
pub(crate) const RESOURCES: u64 = 1_000;
/// Their location.
pub(crate) const LOCATION: &str = "headquarters";
const USER: &str = "00000000-0000-4000-8000-000000000000";

/// A resource's identifier.
pub(crate) fn resource(number: u64) -> String {
    format!("room-{:04}", number % RESOURCES)
}

/// The identifier of the booking of a number; as long as a UUID, and growing like a UUID version 7.
pub(crate) fn booking_id(number: u64) -> String {
    format!("019a0000-0000-7000-8000-{number:012x}")
}

/// The texts of the rows of a booking.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    booking: Template,
    private: Template,
    event: Template,
    occupancy: Template,
}

/// The rows of one booking.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The booking's identifier.
    pub(crate) id: String,
    /// What it takes.
    pub(crate) slot: Slot,
    /// The text of the booking.
    pub(crate) booking: String,
    /// The text that is kept beside it.
    pub(crate) private: String,
    /// The text of its event.
    pub(crate) event: String,
    /// The text of its resource's day.
    pub(crate) occupancy: String,
}

impl Row {
    /// Whose it is.
    pub(crate) const fn user(&self) -> &'static str {
        USER
    }

    /// The name of the booking among the events.
    pub(crate) fn aggregate(&self) -> String {
        format!("booking/{}", self.id)
    }
}

impl Rows {
    /// The rows that the product writes for a booking; it makes one in this directory.
    pub(crate) async fn sample(directory: &Path) -> Outcome<Self> {
        let store = open(directory)?;
        let app = furnish(&store, 1).await?;
        let (id, slot) = (booking_id(0), Slot::new(0));
        let reply = put(&app, USER, Some(&id), &slot).await?;
        let item = |key: Key| {
            let store = Arc::clone(&store);
            async move { store.get(&key).await?.ok_or_else(|| format!("{key:?} is not there").into()) as Outcome<Item> }
        };
        let booking = item(Key::new(Table::Bookings, &id)).await?;
        let version = reply.version.ok_or("a booking without a version")?;
        let event = item(Key::number(Table::Events, format!("booking/{id}"), version)).await?;
        let occupancy = item(Key::number(Table::Occupancy, &slot.resource, slot.start.day())).await?;
        let values = Values::new(&id, &slot);
        let template = |text: &str| Template::new(text, &values);
        Ok(Self {
            booking: template(&booking.body),
            private: template(booking.private.as_deref().ok_or("a booking without its claim")?),
            event: template(&event.body),
            occupancy: template(&occupancy.body),
        })
    }

    /// The rows of the booking of a number.
    pub(crate) fn of(&self, number: u64) -> Row {
        let (id, slot) = (booking_id(number), Slot::new(number));
        let values = Values::new(&id, &slot);
        Row {
            booking: self.booking.fill(&values),
            private: self.private.fill(&values),
            event: self.event.fill(&values),
            occupancy: self.occupancy.fill(&values),
            id,
            slot,
        }
    }
}

/// Opens a store as the product does.
pub(crate) fn open(directory: &Path) -> Outcome<Arc<SqliteStore>> {
    Ok(Arc::new(SqliteStore::open(Options::new(directory), Arc::new(SystemClock))?))
}

/// The use cases over a store.
pub(crate) fn app(store: &Arc<SqliteStore>) -> Arc<App> {
    let store: Arc<dyn Store> = Arc::<SqliteStore>::clone(store);
    Arc::new(App::new(store, Arc::new(SystemClock), Arc::new(SystemIds), Settings::default()))
}

/// The use cases over a store, after a location with so many resources was put there.
pub(crate) async fn furnish(store: &Arc<SqliteStore>, resources: u64) -> Outcome<Arc<App>> {
    let app = app(store);
    let body = |text: &str| object(text.as_bytes()).map_err(app::Failure::from);
    app.put_location(Command::default(), Some(LOCATION), body(r#"{"name":"Headquarters"}"#)?).await?;
    let mut tasks = JoinSet::new();
    for number in 0..resources {
        let (app, body) = (Arc::clone(&app), body(r#"{"name":"Meeting room","type":"room"}"#)?);
        tasks.spawn(async move {
            app.put_resource(Command::default(), LOCATION, Some(&resource(number)), body).await.map(|_| ())
        });
    }
    while let Some(made) = tasks.join_next().await {
        made??;
    }
    Ok(app)
}

/// Makes a booking by the product's use case.
pub(crate) async fn put(app: &App, user: &str, id: Option<&str>, slot: &Slot) -> Outcome<Reply> {
    let body = object(slot.request().as_bytes()).map_err(app::Failure::from)?;
    let command = Command { caller: user.to_owned(), ..Command::default() };
    Ok(app.put_booking(command, user, id, body).await?)
}
