//! What can be asked of this command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use tempfile::TempDir;

use crate::Outcome;

/// Measures the product against limits measured in the same run, and prints a table in Markdown.
#[derive(Debug, Parser)]
#[command(name = "bench", args_conflicts_with_subcommands = true)]
pub(crate) struct Options {
    /// Seconds of each measurement
    #[arg(long, default_value = "2", value_parser = seconds)]
    pub(crate) seconds: Duration,

    /// Rounds, each with the product and its limit; the median counts
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) rounds: u32,

    /// The figures to take [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Figure>,

    /// Bookings of the large calendar
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) large: u64,

    /// Bookings of the small calendar
    #[arg(long, default_value_t = 10_000)]
    pub(crate) small: u64,

    /// One short round and small calendars: whether everything runs, not how fast
    #[arg(long)]
    pub(crate) quick: bool,

    /// The frontdesk program [default: the one beside this, built by cargo]
    #[arg(long)]
    pub(crate) program: Option<PathBuf>,

    #[command(subcommand)]
    pub(crate) mode: Option<Mode>,
}

/// What this program is when it runs as a limit.
#[derive(Debug, Subcommand)]
pub(crate) enum Mode {
    /// A bare axum route that returns a response
    #[command(name = "answer-reads", hide = true)]
    Reads {
        /// The file that holds the response
        response: PathBuf,
    },
    /// A bare axum echo in front of a bare SQLite group commit
    #[command(name = "answer-writes", hide = true)]
    Writes {
        /// The directory of the database
        directory: PathBuf,
    },
    /// A bare axum route that reads the days of a search and returns a response
    #[command(name = "answer-searches", hide = true)]
    Searches {
        /// The directory of the database
        directory: PathBuf,
        /// The file that holds the response
        response: PathBuf,
    },
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Figure {
    /// GET of one booking
    A,
    /// Durable PUT of bookings
    B,
    /// Commits of the store
    C,
    /// A small and a large calendar
    D,
    /// Search of a month
    E,
    /// Bookings with every rule
    F,
    /// On DynamoDB
    G,
    /// Table operations
    H,
    /// Requests for bookings
    Requests,
    /// The log of events
    Log,
    /// Idle WebSockets, and changes that are pushed
    Push,
    /// Memory under load
    Memory,
    /// Time from start to the first answer
    Start,
}

impl Options {
    /// Whether a figure is to be taken.
    pub(crate) fn wants(&self, figure: Figure) -> bool {
        self.only.is_empty() || self.only.contains(&figure)
    }

    /// How long a measurement lasts.
    pub(crate) fn seconds(&self) -> Duration {
        if self.quick { Duration::from_millis(100) } else { self.seconds }
    }

    /// How many rounds there are.
    pub(crate) fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }

    /// Bookings of the small and of the large calendar.
    pub(crate) fn calendars(&self) -> [u64; 2] {
        if self.quick { [200, 2_000] } else { [self.small, self.large] }
    }

    /// Resources of the search, and bookings of each.
    pub(crate) fn search(&self) -> [u64; 2] {
        if self.quick { [20, 10] } else { [500, 150] }
    }

    /// WebSockets that hear nothing.
    pub(crate) fn sockets(&self) -> u64 {
        if self.quick { 50 } else { 5_000 }
    }

    /// Items that are read by table operations.
    pub(crate) fn items(&self) -> u64 {
        if self.quick { 50 } else { 10_000 }
    }

    /// A directory for the run, on the disk of the program, where syncing is real. It is removed at the end.
    pub(crate) fn scratch(&self) -> Outcome<TempDir> {
        let program = std::env::current_exe()?;
        let beside = program.parent().ok_or("the program has no directory")?;
        Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(beside)?)
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}
