//! Time from the start of the process to its first answers.

use std::path::Path;
use std::time::Duration;

use crate::compare::median;
use crate::options::Options;
use crate::product::{Program, wait_for};
use crate::table::Table;
use crate::{Outcome, progress, watch};

/// What is aimed at for `/health`, in milliseconds.
const AIM: u64 = 50;

/// Measures it, with an empty directory and with one that was used before.
pub(crate) async fn measure(program: &Program, options: &Options, scratch: &Path, table: &mut Table) -> Outcome {
    progress("start");
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for round in 0..options.rounds() {
        let directory = scratch.join(format!("start-{round}"));
        first.push(times(program, &directory).await?);
        later.push(times(program, &directory).await?);
    }
    for (when, times) in [("first start", first), ("later start", later)] {
        let [health, ready] = [0, 1].map(|which| {
            let of = times.iter().filter_map(|pair| pair.get(which));
            median(of.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)).collect())
        });
        let met = if health <= AIM { "met" } else { "missed" };
        table.plain(&format!("{when} to 200 on /health"), &format!("{health} ms"), &format!("≤ {AIM} ms, {met}"));
        table.plain(&format!("{when} to 200 on /ready"), &format!("{ready} ms"), "");
    }
    Ok(())
}

/// Until `/health` and until `/ready` answer.
async fn times(program: &Program, directory: &Path) -> Outcome<[Duration; 2]> {
    let start = watch::now();
    let (mut process, address) = program.launch(directory)?;
    let health = wait_for(address, "/health", &mut process, start).await?;
    Ok([health, wait_for(address, "/ready", &mut process, start).await?])
}
