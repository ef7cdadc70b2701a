//! What was measured on, and how.

use std::fs::{self, File};
use std::io::Write;
use std::process::Command;
use std::time::Duration;

use crate::compare::median;
use crate::load::CLIENTS;
use crate::options::Options;
use crate::{Outcome, watch};

/// How often the disk is asked to sync.
const SYNCS: usize = 101;

/// The machine, the command, and how to read the table.
pub(crate) fn describe(options: &Options) -> Outcome<String> {
    let cores = std::thread::available_parallelism()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let command = ["cargo run --release -p bench", if arguments.is_empty() { "" } else { "--" }, &arguments.join(" ")];
    Ok(format!(
        "Machine: {cores} cores of {}, Linux {}, {}; a durable write of 4 KiB takes {} µs. Command: `{}`.\n\n\
         {CLIENTS} clients, keep-alive; medians of {} rounds of {} s, product and limit in turns. Client and server share the cores: \
         the client is one thread of another process, the same for product and limit. CPU is the server's alone, but in (c), where \
         clients and store are one process. The access log is on, as JSON, into a file.",
        model(),
        kernel.trim(),
        compiler(),
        sync(options)?.as_micros(),
        command.join(" ").trim_end(),
        options.rounds(),
        options.seconds().as_secs_f64(),
    ))
}

fn model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find(|line| line.starts_with("model name")).and_then(|line| line.split_once(": "));
    model.map_or_else(|| "an unknown processor".to_owned(), |(_, model)| model.to_owned())
}

fn compiler() -> String {
    let version = Command::new("rustc").arg("--version").output().map(|output| output.stdout);
    let version = String::from_utf8(version.unwrap_or_default()).unwrap_or_default();
    version.split(" (").next().unwrap_or_default().trim().to_owned()
}

/// How long a small write takes until it is on the disk.
fn sync(options: &Options) -> Outcome<Duration> {
    let scratch = options.scratch()?;
    let mut file = File::create(scratch.path().join("sync"))?;
    let mut micros = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let start = watch::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        micros.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(Duration::from_micros(median(micros)))
}
