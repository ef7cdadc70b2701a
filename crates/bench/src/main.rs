//! Benchmarks against limits measured in the same run: `cargo run --release -p bench` prints one table.
//!
//! Each figure is taken in rounds that alternate with its limit: the same bytes from a bare axum route, the same rows in a bare
//! SQLite group commit, the same requests on a small calendar. Product and limit run in processes of their own; the client is this
//! process, one thread, and shares the machine with them.

mod bookings;
mod calendar;
mod commits;
mod compare;
mod dynamodb;
mod http;
mod limit;
mod load;
mod machine;
mod memory;
mod options;
mod process;
mod product;
mod push;
mod reads;
mod records;
mod relay;
mod requests;
mod rows;
mod rules;
mod search;
mod start;
mod table;
mod template;
mod watch;
mod writes;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

use crate::options::{Figure, Mode, Options};
use crate::product::Program;
use crate::table::Table;

/// What can go wrong here is only reported.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            progress(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Outcome {
    match &options.mode {
        Some(Mode::Reads { response }) => limit::reads::serve(response),
        Some(Mode::Writes { directory }) => limit::writes::serve(directory),
        Some(Mode::Searches { directory, response }) => limit::searches::serve(directory, response),
        None => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let machine = machine::describe(options)?;
            let table = runtime.block_on(measure(options))?;
            print(&table.markdown(&machine));
            Ok(())
        }
    }
}

async fn measure(options: &Options) -> Outcome<Table> {
    let program = Program::find(options.program.as_deref())?;
    let scratch = options.scratch()?;
    let mut table = Table::default();
    let served = [Figure::A, Figure::B, Figure::Memory].iter().any(|&figure| options.wants(figure));
    if served {
        let product = program.start(&scratch.path().join("product")).await?;
        product.furnish(rows::RESOURCES).await?;
        if options.wants(Figure::A) {
            reads::measure(&product, options, scratch.path(), &mut table).await?;
        }
        if options.wants(Figure::B) {
            writes::measure(&product, options, scratch.path(), &mut table).await?;
        }
        if options.wants(Figure::Memory) {
            memory::measure(&product, options, &mut table).await?;
        }
    }
    if options.wants(Figure::C) {
        commits::measure(options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::D) {
        calendar::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::E) {
        search::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::F) {
        rules::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::G) {
        dynamodb::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::H) {
        records::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::Requests) {
        requests::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::Log) {
        relay::measure(options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::Push) {
        push::measure(&program, options, scratch.path(), &mut table).await?;
    }
    if options.wants(Figure::Start) {
        start::measure(&program, options, scratch.path(), &mut table).await?;
    }
    Ok(table)
}

/// Says what is going on, apart from the result.
#[expect(clippy::print_stderr, reason = "a command at a terminal")]
fn progress(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::print_stdout, reason = "the result")]
fn print(text: &str) {
    println!("{text}");
}
