//! (b) A durable PUT of bookings against a bare axum echo in front of a bare group commit of the same rows.

use std::path::Path;

use crate::bookings::Slot;
use crate::compare::Comparison;
use crate::http;
use crate::load::Load;
use crate::options::Options;
use crate::process::Limit;
use crate::product::Product;
use crate::table::{Aim, Table};
use crate::{Outcome, progress};

/// Measures it.
pub(crate) async fn measure(product: &Product, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("(b) durable PUT of bookings");
    let limit = Limit::start(&["answer-writes", &scratch.join("limit").to_string_lossy()])?;
    let mut bare = Load::new(limit.address, limit.id(), 201, request(product));
    let comparison = Comparison::run(options, &mut load(product), &mut bare).await?;
    table.compare("(b) durable PUT of a booking / axum echo and SQLite group commit", comparison, Aim::AtLeast(50));
    Ok(())
}

/// PUTs of bookings that all succeed.
pub(crate) fn load(product: &Product) -> Load {
    Load::new(product.address, product.id(), 201, request(product))
}

fn request(product: &Product) -> impl Fn(u64, &mut Vec<u8>) + Send + Sync + 'static {
    let (path, token) = (product.bookings(), product.token.clone());
    move |number, buffer| http::request(buffer, "PUT", &path, &token, &Slot::new(number).request())
}
