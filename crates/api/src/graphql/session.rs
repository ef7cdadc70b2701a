//! What the fields of one operation share: the caller, the terms of a write, and what was looked up already.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use app::{Command, Failure, Idempotency, IfMatch};
use async_graphql::{Context, ID};
use domain::{Kind, Refusal, id, json};
use identity::Action;
use serde_json::{Map, Value};
use tokio::sync::{OnceCell, Semaphore};

use super::limits::READS;
use super::scalars::Long;
use super::types::{Booking, BookingPage, BookingRequest, Location, Resource, ResourcePage, Shown};
use crate::caller::Caller;
use crate::parameters::Parameters;
use crate::problem::Problem;
use crate::state::Shared;
use crate::terms::Terms;

/// What the fields of one operation share.
pub(super) struct Session {
    pub(super) state: Shared,
    pub(super) caller: Caller,
    idempotency: Option<Idempotency>,
    replayed: AtomicBool,
    reads: Semaphore,
    resources: Found<Resource>,
    locations: Found<Location>,
}

/// Which part of a list is asked for.
pub(super) struct Listed {
    pub(super) all: bool,
    pub(super) limit: i32,
    pub(super) cursor: Option<String>,
}

impl Listed {
    /// The query parameters of the REST route for the same.
    pub(super) fn parameters(self) -> Parameters {
        let Self { all, limit, cursor } = self;
        let status = all.then(|| "all".to_owned());
        Parameters::of([("limit", Some(limit.to_string())), ("cursor", cursor), ("status", status)])
    }
}

/// What was looked up already, each once however often an operation leads there.
type Found<T> = Mutex<HashMap<String, Arc<OnceCell<Option<T>>>>>;

/// The session of the operation that is being executed.
pub(super) fn session<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Session>, Box<Problem>> {
    ctx.data::<Arc<Session>>().map_err(|error| Problem::internal(error.message))
}

/// The body of a REST request from the value of an input: without nulls, with `more` among its members, checked as bodies are.
pub(super) fn body(value: Value) -> Result<Map<String, Value>, Box<Problem>> {
    let Value::Object(mut members) = value else { return Err(Problem::internal("an input is no object".into())) };
    let more = members.shift_remove("more").unwrap_or_default();
    let mut body = without_nulls(members);
    match more {
        Value::Null => {}
        Value::Object(more) => {
            for (name, value) in more {
                body.entry(name).or_insert(value);
            }
        }
        other => {
            return Err(Refusal::invalid("/more", format!("must be an object, not {}", json::kind(&other))).into());
        }
    }
    Ok(json::object(Value::Object(body).to_string().as_bytes())?)
}

fn without_nulls(members: Map<String, Value>) -> Map<String, Value> {
    let clean = |value| match value {
        Value::Array(items) => Value::Array(items.into_iter().map(inner).collect()),
        other => other,
    };
    members.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name, clean(value))).collect()
}

fn inner(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(without_nulls(members)),
        other => other,
    }
}

impl Session {
    /// A session of this caller; the idempotency key is for its one mutation.
    pub(super) fn new(state: Shared, caller: Caller, idempotency: Option<Idempotency>) -> Self {
        let (resources, locations) = (Mutex::default(), Mutex::default());
        let (replayed, reads) = (AtomicBool::new(false), Semaphore::new(READS));
        Self { state, caller, idempotency, replayed, reads, resources, locations }
    }

    /// Refuses who may not do this, or names something in an impossible way.
    pub(super) fn check(&self, action: Action, owner: Option<&str>, ids: &[(&str, &ID)]) -> Result<(), Box<Problem>> {
        self.caller.check(&self.state, action, owner)?;
        ids.iter().try_for_each(|(name, id)| id::check(name, id))?;
        Ok(())
    }

    /// The user who is named, or the caller.
    pub(super) fn user(&self, named: Option<ID>) -> ID {
        named.unwrap_or_else(|| self.caller.sub().into())
    }

    /// The context of a write that the caller may do; refused as by [`Self::check`].
    pub(super) fn write(
        &self,
        action: Action,
        owner: Option<&str>,
        ids: &[(&str, &ID)],
        if_version: Option<Long>,
    ) -> Result<Command, Box<Problem>> {
        self.check(action, owner, ids)?;
        let if_match = if_version.map(version).transpose()?;
        let terms = Terms { if_match, idempotency: self.idempotency.clone() };
        Ok(self.caller.command(&self.state, action, owner, terms))
    }

    /// What became of a write.
    pub(super) fn done<T: Shown>(&self, reply: Result<app::Reply, Failure>) -> Result<T, Box<Problem>> {
        let reply = reply.map_err(|failure| self.refused(failure))?;
        self.repeats(reply.replayed);
        T::of(reply)
    }

    /// Why a write was not done.
    pub(super) fn refused(&self, failure: Failure) -> Box<Problem> {
        let problem: Box<Problem> = failure.into();
        self.repeats(problem.replayed);
        problem
    }

    /// Remembers whether an answer repeats a recorded one.
    pub(super) fn repeats(&self, replayed: bool) {
        self.replayed.fetch_or(replayed, Ordering::Relaxed);
    }

    /// Whether the answer repeats a recorded one.
    pub(super) fn replayed(&self) -> bool {
        self.replayed.load(Ordering::Relaxed)
    }

    pub(super) async fn find_booking(&self, user: &str, booking: &str) -> Result<Option<Booking>, Box<Problem>> {
        self.caller.check(&self.state, Action::GetBooking, Some(user))?;
        let _turn = self.turn().await?;
        found(self.state.app.get_booking(user, booking).await)
    }

    /// How a request of the caller's stands.
    pub(super) async fn standing(&self, message_id: &str) -> Result<BookingRequest, Box<Problem>> {
        let user = self.caller.requests_of(&self.state);
        let progress = self.state.app.request_progress(user, message_id).await?;
        BookingRequest::of(message_id, progress, self.caller.request_id())
    }

    pub(super) async fn find_resource(&self, location: &str, id: &str) -> Result<Option<Resource>, Box<Problem>> {
        self.caller.check(&self.state, Action::GetResource, None)?;
        let cell = cell(&self.resources, &format!("{location}\n{id}"));
        let read = async {
            let _turn = self.turn().await?;
            found(self.state.app.get_resource(location, id).await)
        };
        cell.get_or_try_init(|| read).await.cloned()
    }

    pub(super) async fn find_location(&self, id: &str) -> Result<Option<Location>, Box<Problem>> {
        self.caller.check(&self.state, Action::GetLocation, None)?;
        let cell = cell(&self.locations, id);
        let read = async {
            let _turn = self.turn().await?;
            found(self.state.app.get_location(id).await)
        };
        cell.get_or_try_init(|| read).await.cloned()
    }

    pub(super) async fn resources(
        &self,
        location: &str,
        limit: i32,
        cursor: Option<String>,
    ) -> Result<ResourcePage, Box<Problem>> {
        self.caller.check(&self.state, Action::ListResources, None)?;
        let parameters = Listed { all: false, limit, cursor }.parameters();
        let page = parameters.page()?;
        let _turn = self.turn().await?;
        let mut listing = self.state.app.list_resources(location, page.limit, page.cursor).await?;
        Ok(ResourcePage { items: Resource::all(&mut listing)?, next_cursor: listing.next })
    }

    pub(super) async fn bookings_of_resource(
        &self,
        location: &str,
        resource: &str,
        listed: Listed,
    ) -> Result<BookingPage, Box<Problem>> {
        self.caller.check(&self.state, Action::ListResourceBookings, None)?;
        let parameters = listed.parameters();
        let list = parameters.bookings()?;
        let viewer = self.caller.viewer(&self.state);
        let _turn = self.turn().await?;
        let mut listing = self.state.app.list_resource_bookings(location, resource, viewer, list).await?;
        Ok(BookingPage { items: Booking::all(&mut listing)?, next_cursor: listing.next })
    }

    /// A turn to read: an operation reads a few things at once, however many it asks for.
    pub(super) async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>, Box<Problem>> {
        self.reads.acquire().await.map_err(|error| Problem::internal(error.to_string()))
    }
}

fn cell<T>(found: &Found<T>, key: &str) -> Arc<OnceCell<Option<T>>> {
    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(found.entry(key.to_owned()).or_default())
}

/// An item, or none when there is none.
pub(super) fn found<T: Shown>(reply: Result<app::Reply, Failure>) -> Result<Option<T>, Box<Problem>> {
    match reply {
        Ok(reply) => T::of(reply).map(Some),
        Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

fn version(Long(number): Long) -> Result<IfMatch, Refusal> {
    let wrong = || Refusal::invalid("/ifVersion", "must be a `version` as an item has it");
    number.as_i64().map(|version| IfMatch::Versions(vec![version])).ok_or_else(wrong)
}
