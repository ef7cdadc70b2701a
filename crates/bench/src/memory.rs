//! Memory of the server under load.

use crate::compare::Side;
use crate::load::Load;
use crate::options::Options;
use crate::product::Product;
use crate::table::Table;
use crate::{Outcome, http, process, progress, reads, writes};

/// What is aimed at, in MiB.
const AIM: u64 = 60;
/// The number of the first booking that is made; others do not get there.
const NUMBER: u64 = 1_500_000_000;

/// Puts the server under load of both kinds, then reports its memory.
pub(crate) async fn measure(product: &Product, options: &Options, table: &mut Table) -> Outcome {
    progress("memory under load");
    let mut request = Vec::new();
    http::request(&mut request, "GET", &reads::book(product, NUMBER).await?, &product.token, "");
    let ask = move |_, buffer: &mut Vec<u8>| buffer.extend_from_slice(&request);
    let mut gets = Load::new(product.address, product.id(), 200, ask);
    gets.measure(options.seconds()).await?;
    writes::load(product).starting_at(NUMBER + 1).measure(options.seconds()).await?;
    report(product, "under load", table)
}

/// Reports the server's memory.
pub(crate) fn report(product: &Product, when: &str, table: &mut Table) -> Outcome {
    let [now, most] = process::memory(product.id())?.map(|kib| kib.div_ceil(1024));
    let met = if now < AIM { "met" } else { "missed" };
    table.plain(&format!("memory {when}"), &format!("{now} MiB, at most {most} MiB"), &format!("< {AIM} MiB, {met}"));
    Ok(())
}
