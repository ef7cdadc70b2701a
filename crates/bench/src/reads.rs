//! (a) An authenticated GET of one booking against a bare axum route that returns the same bytes.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bookings::Slot;
use crate::compare::Comparison;
use crate::http::{self, Connection};
use crate::load::Load;
use crate::options::Options;
use crate::process::Limit;
use crate::product::Product;
use crate::table::{Aim, Table};
use crate::{Outcome, progress};

/// The number of the booking that is read; others do not get there.
const NUMBER: u64 = 1_000_000_000;

/// Measures it.
pub(crate) async fn measure(product: &Product, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("(a) GET of one booking");
    let path = book(product, NUMBER).await?;
    let mut request = Vec::new();
    http::request(&mut request, "GET", &path, &product.token, "");
    let response = scratch.join("response");
    let mut connection = Connection::open(product.address).await?;
    let answer = connection.exchange(&request).await?;
    fs::write(&response, [answer.head.as_bytes(), b"\r\n\r\n", answer.body].concat())?;
    let limit = Limit::start(&["answer-reads", &response.to_string_lossy()])?;
    let ask = move |_, buffer: &mut Vec<u8>| buffer.extend_from_slice(&request);
    let mut product = Load::new(product.address, product.id(), 200, ask.clone());
    let mut bare = Load::new(limit.address, limit.id(), 200, ask);
    let comparison = Comparison::run(options, &mut product, &mut bare).await?;
    table.compare("(a) GET of one booking / bare axum", comparison, Aim::AtLeast(50));
    Ok(())
}

/// Makes the booking of a number and returns its path.
pub(crate) async fn book(product: &Product, number: u64) -> Outcome<String> {
    let mut request = Vec::new();
    http::request(&mut request, "PUT", &product.bookings(), &product.token, &Slot::new(number).request());
    let mut connection = Connection::open(product.address).await?;
    let booking: Value = serde_json::from_slice(connection.exchange(&request).await?.body)?;
    let id = booking.get("bookingID").and_then(Value::as_str).ok_or_else(|| format!("no booking: {booking}"))?;
    Ok(format!("{}/{id}", product.bookings()))
}
