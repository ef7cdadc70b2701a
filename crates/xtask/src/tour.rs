//! The README's tour, executed as it stands against a server of its own.

use std::fs;

use crate::Outcome;
use crate::run::{build, command, output, root, target};
use crate::server::Server;

const START: &str = "<!-- tour:start -->";
const END: &str = "<!-- tour:end -->";

/// The statuses that the tour's calls show, in order.
const STATUSES: [&str; 31] = [
    "201", "201", "200", "201", "409", "200", "200", "200", "200", "200", "200", "200", "200", "201", "409", "201",
    "404", "200", "200", "200", "200", "200", "200", "200", "200", "409", "200", "200", "200", "200", "400",
];
/// What the answers must show besides.
const WORDS: [&str; 15] = [
    "\"conflicts\"",
    "\"alternatives\"",
    "\"CONFIRMED\"",
    "\"PLACED\"",
    "\"CANCELED\"",
    "\"code\":\"opening-hours\"",
    "\"start\":\"2030-03-30T08:00:00Z\"",
    "\"start\":\"2030-03-31T07:00:00Z\"",
    "\"result\":\"booking completed\"",
    "event: subscribed",
    "{\"data\":{\"book\":{\"bookingID\"",
    "{\"data\":{\"availability\":{\"free\":[{\"start\"",
    "\"photo\":{\"$binary\":\"aGVsbG8=\"}",
    "\"errorType\":\"ConditionalCheckFailedException\"",
    "\"pong\"",
];

/// Settings of the machine that would lead the AWS command line elsewhere.
const AWS_SETTINGS: [&str; 7] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_CA_BUNDLE",
];

/// Builds the server, starts it on an empty store, and takes the tour.
pub(crate) fn build_and_run() -> Outcome {
    let readme = fs::read_to_string(root().join("README.md")).map_err(|error| format!("README.md: {error}"))?;
    let script = script(&readme)?;
    let server = Server::start(build()?, target()?.join("xtask/tour"))?;
    let mut bash = command("bash", &["-eu", "-o", "pipefail", "-c", &script])?;
    server.describe(&mut bash).env("AWS_CONFIG_FILE", "/dev/null").env("AWS_EC2_METADATA_DISABLED", "true");
    for setting in AWS_SETTINGS {
        bash.env_remove(setting);
    }
    let shown =
        output(&mut bash).map_err(|message| format!("{message}; the server's log: {}", server.log().display()))?;
    print!("{shown}");
    check(&shown)
}

/// The lines of every shell block between the tour's marks, which may stand in several places.
fn script(readme: &str) -> Outcome<String> {
    let marked = readme.split(START).skip(1).map(|rest| rest.split_once(END).map(|(tour, _)| tour));
    let tours: Vec<&str> = marked.collect::<Option<_>>().ok_or("README.md has a tour without its end's mark")?;
    if tours.is_empty() {
        return Err("README.md has no tour between its marks".to_owned());
    }
    let mut script = String::new();
    let mut inside = false;
    for line in tours.into_iter().flat_map(str::lines) {
        match line {
            "```sh" => inside = true,
            "```" => inside = false,
            line if inside => script.extend([line, "\n"]),
            _ => {}
        }
    }
    Ok(script)
}

fn check(shown: &str) -> Outcome {
    let statuses: Vec<&str> = shown.lines().filter_map(|line| line.strip_prefix("<- ")).collect();
    if statuses != STATUSES {
        return Err(format!("the tour's statuses were {statuses:?}, not {STATUSES:?}"));
    }
    match WORDS.into_iter().find(|word| !shown.contains(word)) {
        Some(missing) => Err(format!("no answer of the tour shows {missing}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{END, START, STATUSES, WORDS, check, script};

    #[test]
    fn the_blocks_between_the_marks_are_one_script() {
        let readme =
            format!("```sh\nno\n```\n{START}\nText\n```sh\na\nb\n```\n```json\nno\n```\n```sh\nc\n```\n{END}\n");
        assert_eq!(script(&readme).unwrap(), "a\nb\nc\n");
        let twice = format!("{readme}```sh\nno\n```\n{START}\n```sh\nd\n```\n{END}\n");
        assert_eq!(script(&twice).unwrap(), "a\nb\nc\nd\n");
        assert!(script(&format!("{readme}{START}")).is_err());
        assert!(script("no marks").is_err());
    }

    #[test]
    fn another_status_or_a_missing_word_fails() {
        let shown = format!("{}\n<- {}\n", WORDS.join("\n"), STATUSES.join("\n<- "));
        assert_eq!(check(&shown), Ok(()));
        assert!(check(&shown.replace("<- 409", "<- 201")).is_err());
        assert!(check(&shown.replace("alternatives", "")).is_err());
    }
}
