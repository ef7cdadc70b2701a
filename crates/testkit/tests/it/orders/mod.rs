//! Orders.

mod change;
mod lifecycle;
mod place;
mod repeat;
mod stored_elsewhere;
