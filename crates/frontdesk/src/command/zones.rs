//! `frontdesk tz …`.

use app::{Moved, Stretch};
use clap::{Args, Subcommand};
use domain::meant;

use super::send::send;
use crate::config::InstanceArgs;
use crate::control::{Answer, Operation};
use crate::error::{Error, Outcome};
use crate::terminal;

#[derive(Subcommand, Debug)]
pub(super) enum ZoneCommand {
    /// List the bookings to come that the tz database of this version moves; exit with 1 when there are any
    ///
    /// Each line has, separated by tabs: booking, user, resource, time zone, the version of the tz database when it was booked and the
    /// present one, and from when until when it is: as the wall clock was to show it, as it is stored, and as it is by the present
    /// database.
    Check(CheckArgs),
}

#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    instance: InstanceArgs,
}

pub(super) fn run(command: ZoneCommand) -> Outcome {
    let ZoneCommand::Check(args) = command;
    let (mut moved, mut checked, mut after) = (0_usize, 0_usize, None);
    loop {
        let answer = send(&args.instance, Operation::MovedBookings { after })?;
        let Answer::MovedBookings(page) = answer else { return Ok(()) };
        for booking in &page.moved {
            terminal::print(&if args.json { json(booking)? } else { line(booking) })?;
        }
        moved = moved.saturating_add(page.moved.len());
        checked = checked.saturating_add(page.checked);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let version = meant::version();
    if moved > 0 {
        return Err(Error::Command(format!("the tz database {version} moves {moved} of {checked} bookings to come")));
    }
    if args.json {
        Ok(())
    } else {
        terminal::print(&format!("the tz database {version} moves none of {checked} bookings to come"))
    }
}

fn json(booking: &Moved) -> Outcome<String> {
    serde_json::to_string(booking).map_err(Error::runtime("a booking cannot be written as JSON"))
}

fn line(booking: &Moved) -> String {
    let present = booking.present.as_ref().map_or_else(|| "unknown time zone".to_owned(), interval);
    let Moved { booking_id, user_id, resource_id, time_zone, tzdb, present_tzdb, .. } = booking;
    let local = format!("{}/{}", booking.local_start, booking.local_end);
    let stored = interval(&booking.stored);
    [booking_id, user_id, resource_id, time_zone, tzdb, present_tzdb, &local, &stored, &present]
        .map(String::as_str)
        .join("\t")
}

/// ISO 8601's form of an interval.
fn interval(stretch: &Stretch) -> String {
    format!("{}/{}", stretch.start, stretch.end)
}
