//! The black-box scenarios of `crates/testkit/tests/e2e`, against a server of their own or whatever is at a URL.

use crate::Outcome;
use crate::run::{command, finish, has_cargo};

const HELP: &str = "usage: cargo xtask e2e [OPTIONS]

Plays the black-box scenarios of crates/testkit/tests/e2e. Without --url they start servers of their own.

  --url URL         the interface's root, with the base path or stage if there is one
  --cognito URL     where the user pool is, such as https://cognito-idp.eu-central-1.amazonaws.com; without it, at the URL
  --client ID       the user pool's client; without it `frontdesk`
  --admin EMAIL     an administrator
  --guest EMAIL     a user who is none
  --table NAME      the table of table operations; without it `lambda-apigateway`, and `none` where there is none
  --only WORD       plays scenarios whose name has this word (`bookings::`, `rights::a_guest`); may be repeated
  --without WORD    leaves those out; may be repeated
  --jobs NUMBER     scenarios at once; without it 4 with --url, else as many as there are processors

With --url, secrets come from variables:
  FRONTDESK_E2E_ADMIN_PASSWORD and FRONTDESK_E2E_GUEST_PASSWORD, or
  FRONTDESK_E2E_ADMIN_TOKEN and FRONTDESK_E2E_GUEST_TOKEN (ID tokens, instead of signing in), and
  FRONTDESK_E2E_API_KEY, the key of a usage plan, where one is asked for.
Every option but the last three can be given as a variable, too: FRONTDESK_E2E_URL and so on.

Each scenario uses names of its own and removes what it made. Canceled bookings and canceled or acknowledged orders of these two
users stay, as the contract keeps them.
";

/// Options that become variables.
const SETTINGS: [(&str, &str); 6] = [
    ("--url", "FRONTDESK_E2E_URL"),
    ("--cognito", "FRONTDESK_E2E_COGNITO"),
    ("--client", "FRONTDESK_E2E_CLIENT"),
    ("--admin", "FRONTDESK_E2E_ADMIN_EMAIL"),
    ("--guest", "FRONTDESK_E2E_GUEST_EMAIL"),
    ("--table", "FRONTDESK_E2E_TABLE"),
];
const URL: &str = "FRONTDESK_E2E_URL";
/// Scenarios at once against a system that others use, too.
const JOBS: &str = "4";

/// What to play, and where.
#[derive(Debug, Default, PartialEq, Eq)]
struct Plan {
    variables: Vec<(&'static str, String)>,
    only: Vec<String>,
    without: Vec<String>,
    jobs: Option<String>,
}

/// Plays the scenarios.
pub(crate) fn run(arguments: &[&str]) -> Outcome {
    if arguments.iter().any(|argument| matches!(*argument, "--help" | "-h" | "help")) {
        print!("{HELP}");
        return Ok(());
    }
    let plan = Plan::read(arguments)?;
    let is_elsewhere = is_set(URL) || plan.variables.iter().any(|(name, _)| *name == URL);
    let words = plan.words(has_cargo("nextest"), is_elsewhere);
    let mut command = command("cargo", &words.iter().map(String::as_str).collect::<Vec<_>>())?;
    finish(command.envs(plan.variables))
}

impl Plan {
    fn read(arguments: &[&str]) -> Outcome<Self> {
        let mut plan = Self::default();
        for pair in arguments.chunks(2) {
            let &[option, value] = pair else {
                return Err(format!("`{}` lacks a value; see cargo xtask e2e --help", pair.concat()));
            };
            match option {
                "--only" => plan.only.push(value.to_owned()),
                "--without" => plan.without.push(value.to_owned()),
                "--jobs" => plan.jobs = Some(value.to_owned()),
                _ => {
                    let setting = SETTINGS.iter().find(|(name, _)| *name == option);
                    let (_, variable) =
                        setting.ok_or_else(|| format!("`{option}` is no option; see cargo xtask e2e --help"))?;
                    plan.variables.push((variable, value.to_owned()));
                }
            }
        }
        Ok(plan)
    }

    /// Cargo's arguments.
    fn words(&self, nextest: bool, is_elsewhere: bool) -> Vec<String> {
        let jobs = self.jobs.clone().or_else(|| is_elsewhere.then(|| JOBS.to_owned()));
        let jobs = jobs.map(|jobs| ["--test-threads".to_owned(), jobs]);
        let text = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        if nextest {
            let mut filter = "package(testkit) & binary(e2e)".to_owned();
            if !self.only.is_empty() {
                filter = format!("{filter} & ({})", self.only.iter().map(test).collect::<Vec<_>>().join(" | "));
            }
            filter.extend(self.without.iter().map(|word| format!(" - {}", test(word))));
            let words = text(&["nextest", "run", "--workspace", "-E", &filter]);
            return words.into_iter().chain(jobs.into_iter().flatten()).collect();
        }
        let mut words = text(&["test", "-p", "testkit", "--test", "e2e", "--"]);
        words.extend(self.only.iter().cloned());
        words.extend(self.without.iter().flat_map(|word| ["--skip".to_owned(), word.clone()]));
        words.into_iter().chain(jobs.into_iter().flatten()).collect()
    }
}

/// Nextest's expression for tests whose name has a word.
fn test(word: &String) -> String {
    format!("test({word})")
}

#[expect(clippy::disallowed_methods, reason = "whoever runs the suite may say where by a variable")]
fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Plan, SETTINGS};

    #[test]
    fn options_become_variables_and_filters() {
        let arguments = ["--url", "http://h/Prod", "--only", "orders::", "--only", "users::", "--without", "twice"];
        let plan = Plan::read(&arguments).unwrap();
        assert_eq!(plan.variables, [("FRONTDESK_E2E_URL", "http://h/Prod".to_owned())]);
        let filter = "package(testkit) & binary(e2e) & (test(orders::) | test(users::)) - test(twice)";
        assert_eq!(plan.words(true, true)[4..], [filter, "--test-threads", "4"]);
        assert_eq!(plan.words(false, false)[5..], ["--", "orders::", "users::", "--skip", "twice"]);
        for (option, variable) in SETTINGS {
            assert_eq!(Plan::read(&[option, "x"]).unwrap().variables, [(variable, "x".to_owned())]);
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        for arguments in [&["--url"][..], &["--password", "x"], &["orders"], &["--jobs", "2", "--only"]] {
            assert!(Plan::read(arguments).unwrap_err().contains("--help"), "{arguments:?}");
        }
    }
}
