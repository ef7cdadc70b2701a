//! `frontdesk load`.

use std::time::Duration;

use clap::Args;

use crate::config::values::{self, Secret};
use crate::error::{Error, Outcome};
use crate::load::{self, Plan, Who};
use crate::terminal;

/// People, requests a second, and seconds between lines, at the most.
const MOST_USERS: i64 = 256;
const MOST_RATE: i64 = 1_000;
const MOST_SECONDS: i64 = 3_600;

#[derive(Args, Debug)]
pub(super) struct LoadArgs {
    /// The interface's root, with the base path or stage if there is one
    #[arg(long, env = "FRONTDESK_URL", value_name = "URL", default_value = "http://127.0.0.1:8080", value_parser = values::public_url)]
    url: String,

    /// The e-mail address of who signs in; an administrator opens locations and acts for people of their own
    #[arg(long, env = "FRONTDESK_EMAIL", value_name = "EMAIL", value_parser = values::email, required_unless_present = "token")]
    email: Option<String>,

    /// Their password; `-` or nothing reads it from the terminal or from standard input
    #[arg(long, env = "FRONTDESK_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    password: Option<Secret>,

    /// Instead: an ID token; it ends when the token does
    #[arg(long, env = "FRONTDESK_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    token: Option<Secret>,

    /// Where the user pool is, such as https://cognito-idp.eu-central-1.amazonaws.com [default: the URL]
    #[arg(long, env = "FRONTDESK_COGNITO_URL", value_name = "URL", value_parser = values::public_url)]
    cognito: Option<String>,

    /// The user pool's client
    #[arg(long = "client-id", env = "FRONTDESK_CLIENT_ID", value_name = "ID", default_value = "frontdesk", value_parser = values::word)]
    client_id: String,

    /// The key of a usage plan, sent as x-api-key
    #[arg(long, env = "FRONTDESK_API_KEY", value_name = "KEY", hide_env_values = true)]
    api_key: Option<Secret>,

    /// Requests a second
    #[arg(long, value_name = "COUNT", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=MOST_RATE))]
    rate: u32,

    /// How long, such as 30s, 15m or 8h [default: until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    lasts: Option<Duration>,

    /// People who act at once, each doing one thing after the other
    #[arg(long, value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u32).range(1..=MOST_USERS))]
    users: u32,

    /// What the identifiers of everything that it makes start with
    #[arg(long, value_name = "NAME", default_value = "load", value_parser = values::word)]
    name: String,

    /// Remove what it made at the end: locations, people, bookings and orders that can still be canceled
    #[arg(long)]
    clean: bool,

    /// Seconds between lines on what happened
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=MOST_SECONDS))]
    report: u32,
}

pub(super) fn run(args: LoadArgs) -> Outcome {
    let who = match (args.token, args.email) {
        (Some(token), _) => Who::Token(token),
        (None, Some(email)) => Who::Password { email, password: terminal::password(args.password)? },
        (None, None) => return Err(Error::Usage("say who calls: --email and --password, or --token".to_owned())),
    };
    load::run(Plan {
        cognito: args.cognito.unwrap_or_else(|| args.url.clone()),
        url: args.url,
        client_id: args.client_id,
        who,
        api_key: args.api_key,
        rate: args.rate,
        lasts: args.lasts,
        users: args.users,
        name: args.name,
        clean: args.clean,
        report: Duration::from_secs(args.report.into()),
    })
}

/// Seconds, minutes, hours or days.
fn duration(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];
    let known = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let whole = known.and_then(|(number, seconds)| number.parse::<u32>().ok()?.checked_mul(*seconds));
    whole
        .map(|seconds| Duration::from_secs(seconds.into()))
        .ok_or_else(|| "a whole number with s, m, h or d, such as 30s".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for wrong in ["", "30", "s", "-1s", "1.5h", "1w", "99999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
