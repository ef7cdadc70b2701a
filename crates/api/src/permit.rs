//! Authentication and authorization, once for each request: a handler that takes a [`Permit`] states in its type what the caller
//! must be permitted to do.

use std::marker::PhantomData;

use app::{Command, Viewer};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use domain::{Refusal, id};
use http::StatusCode;
use http::request::Parts;
use identity::{Action, Principal};

use crate::caller::Caller;
use crate::problem::Problem;
use crate::state::{Inner, Shared};
use crate::terms::Terms;

/// Whose thing an action is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The user in the path.
    Path,
    /// The caller.
    Caller,
    /// Nobody's.
    Nobody,
}

/// What a caller must be permitted.
pub(crate) trait Permission: Send + Sync + 'static {
    const ACTION: Action;
    const OWNER: Owner;
}

/// Declares a type for each action that a route asks a permit for.
macro_rules! permissions {
    ($($owner:ident: $($name:ident),+;)+) => {
        /// One type for each action, to be named in a [`Permit`].
        pub(crate) mod action {
            $($(
                pub(crate) struct $name;
                impl super::Permission for $name {
                    const ACTION: super::Action = super::Action::$name;
                    const OWNER: super::Owner = super::Owner::$owner;
                }
            )+)+
        }
    };
}

permissions! {
    Path: GetUser, PutUser, DeleteUser, ListUserOrders, AcknowledgeOrder, ListUserBookings, PutBooking, GetBooking,
        CancelBooking, ConfirmBooking, CheckInBooking, ApproveBooking, DeclineBooking;
    Caller: CreateOrder, ListOrders, GetOrder, PutOrder, CancelOrder;
    Nobody: ListUsers, CreateUser, ListLocations, PutLocation, GetLocation, DeleteLocation, ListResources, PutResource,
        GetResource, DeleteResource, ListResourceBookings, GetAvailability, SearchAvailability, RequestBooking,
        GetBookingRequest, OperateTable, SearchEvents;
}

/// The proof that a caller is signed in and permitted to do `A`.
pub(crate) struct Permit<A> {
    caller: Caller,
    path: RawPathParams,
    action: PhantomData<A>,
}

impl<A: Permission> FromRequestParts<Shared> for Permit<A> {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Box<Problem>> {
        let caller = Caller::of(state, &parts.headers, parts.extensions.get().cloned()).await?;
        let path = RawPathParams::from_request_parts(parts, state).await.map_err(undecodable)?;
        if !is_percent_encoded(parts.uri.path()) {
            return Err(Refusal::invalid("", "The path has a `%` without two hexadecimal digits behind it.").into());
        }
        let permit = Self { caller, path, action: PhantomData };
        permit.caller.check(state, A::ACTION, permit.owner())?;
        Ok(permit)
    }
}

/// Refuses what the policies do not let the caller do on something of this owner.
pub(crate) fn permit(
    state: &Inner,
    principal: &Principal,
    action: Action,
    owner: Option<&str>,
) -> Result<(), Box<Problem>> {
    if state.identity.authorize(principal, action, owner) {
        return Ok(());
    }
    let administrators = state.identity.authorize_administrator(principal, action, owner);
    let who = if administrators { "; administrators are" } else { "" };
    let detail = format!("You are not permitted to do this ({}){who}.", action.as_str());
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
}

/// Whether two hexadecimal digits follow every `%` (RFC 3986, section 2.1). The router takes others as they are.
fn is_percent_encoded(path: &str) -> bool {
    let escaped =
        |rest: &str| rest.as_bytes().first_chunk::<2>().is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
    path.split('%').skip(1).all(escaped)
}

/// A path that is not UTF-8 says of nobody whose it is, so that this comes before authorization.
fn undecodable(rejection: RawPathParamsRejection) -> Box<Problem> {
    match rejection {
        RawPathParamsRejection::InvalidUtf8InPathParam(_) => {
            Refusal::invalid("", "The path is not UTF-8 once its percent-encoding is decoded.").into()
        }
        missing => Problem::internal(missing.to_string()),
    }
}

impl<A: Permission> Permit<A> {
    /// The caller's `sub`.
    pub(crate) fn caller(&self) -> &str {
        self.caller.sub()
    }

    /// The identifiers in the path, in the route's order.
    pub(crate) fn ids<const N: usize>(&self) -> Result<[&str; N], Box<Problem>> {
        let mut ids = [""; N];
        let mut found = self.path.iter();
        for id in &mut ids {
            let (name, value) =
                found.next().ok_or_else(|| Problem::internal("the route has too few parameters".into()))?;
            id::check(name, value)?;
            *id = value;
        }
        Ok(ids)
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> &str {
        self.caller.request_id()
    }

    /// The context of a write by this caller.
    pub(crate) fn command(&self, state: &Inner, terms: Terms) -> Command {
        self.caller.command(state, A::ACTION, self.owner(), terms)
    }

    /// Whether the soft rules bind the caller.
    pub(crate) fn soft_rules(&self, state: &Inner) -> bool {
        self.caller.soft_rules(state, self.owner())
    }

    /// The user whose requests the caller may see; none for everybody's.
    pub(crate) fn requests_of(&self, state: &Inner) -> Option<&str> {
        self.caller.requests_of(state)
    }

    /// How much of others' bookings the caller may see.
    pub(crate) fn viewer(&self, state: &Inner) -> Viewer<'_> {
        self.caller.viewer(state)
    }

    fn owner(&self) -> Option<&str> {
        match A::OWNER {
            Owner::Path => self.path.iter().find(|(name, _)| *name == "userid").map(|(_, value)| value),
            Owner::Caller => Some(self.caller.sub()),
            Owner::Nobody => None,
        }
    }
}
