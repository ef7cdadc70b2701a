//! The roles: what each is for, what calls it, and which settings it reads.

use std::str::FromStr;

use clap::{Args, Command};
use store::Table;

use crate::config::events::EventsArgs;
use crate::config::function::FunctionArgs;
use crate::config::issuer::IssuerArgs;
use crate::config::records::RecordsArgs;
use crate::config::{AddressArgs, DataArgs, LoadArgs, PoolArgs, RulesArgs, TelemetryArgs};

/// What the program is for as a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The interface, behind an API of API Gateway.
    Api,
    /// Says to API Gateway what a token lets its bearer ask for.
    Authorizer,
    /// Stores requests that came through a queue, as `POST /book` does.
    Queue,
    /// Fulfils requests that wait.
    Fulfilment,
    /// Gives events their positions in the log, and delivers them.
    Relay,
    /// Does what is due, and what others left behind.
    Schedule,
    /// Writes down what other functions gave up.
    Failure,
}

/// What calls a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An API of API Gateway: REST with proxy integration, or HTTP with payload format 2.0.
    Api,
    /// API Gateway, as a TOKEN or REQUEST authorizer of a REST API.
    Authorizer,
    /// A FIFO queue of SQS.
    Queue,
    /// The stream of a table: items that are new.
    Stream(Table),
    /// EventBridge, once a minute.
    Schedule,
    /// A queue of SQS to which failures go: on-failure destinations, and dead letters.
    Failures,
}

/// Settings that mean nothing to a function: the machine's, or the first start's of `serve`.
const NOT_HERE: [&str; 10] = [
    "FRONTDESK_DATA",
    "FRONTDESK_MAX_DATABASE_BYTES",
    "FRONTDESK_LISTEN",
    "FRONTDESK_MAX_CONNECTIONS",
    "FRONTDESK_IDLE_SECONDS",
    "FRONTDESK_WORKERS",
    "FRONTDESK_KEY_SECRET_FILE",
    "FRONTDESK_LOG_FORMAT",
    "FRONTDESK_METRICS_LISTEN",
    "FRONTDESK_ARCHIVE_SECONDS",
];

impl Role {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Api, Self::Authorizer, Self::Queue, Self::Fulfilment, Self::Relay, Self::Schedule, Self::Failure];

    /// Its name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Authorizer => "authorizer",
            Self::Queue => "queue",
            Self::Fulfilment => "fulfilment",
            Self::Relay => "relay",
            Self::Schedule => "schedule",
            Self::Failure => "failure",
        }
    }

    /// What calls it.
    pub const fn source(self) -> Source {
        match self {
            Self::Api => Source::Api,
            Self::Authorizer => Source::Authorizer,
            Self::Queue => Source::Queue,
            Self::Fulfilment => Source::Stream(Table::Queue),
            Self::Relay => Source::Stream(Table::Events),
            Self::Schedule => Source::Schedule,
            Self::Failure => Source::Failures,
        }
    }

    /// Whether it has to know who calls.
    pub const fn knows_callers(self) -> bool {
        matches!(self, Self::Api | Self::Authorizer | Self::Queue)
    }

    /// Whether it verifies tokens, so that the issuer's keys are there before the first call.
    pub const fn verifies_tokens(self) -> bool {
        matches!(self, Self::Api | Self::Authorizer)
    }

    /// Whether it delivers events to pipelines.
    pub const fn delivers(self) -> bool {
        matches!(self, Self::Relay | Self::Schedule)
    }

    /// The variables without which it does not start.
    pub fn required(self) -> Vec<&'static str> {
        let identity: &[&str] = if self.knows_callers() {
            &["FRONTDESK_IDENTITY", "FRONTDESK_POOL_ID", "FRONTDESK_CLIENT_ID"]
        } else {
            &[]
        };
        [&["FRONTDESK_ROLE", "FRONTDESK_STORE"], identity].concat()
    }

    /// The variables that it reads, in their order.
    pub fn variables(self) -> Vec<String> {
        let mut settings = vec![of::<FunctionArgs>(), of::<DataArgs>(), of::<TelemetryArgs>()];
        if self.knows_callers() {
            settings.extend([of::<PoolArgs>(), of::<IssuerArgs>()]);
        }
        if self == Self::Api {
            settings.extend([of::<AddressArgs>(), of::<LoadArgs>(), of::<RulesArgs>(), of::<RecordsArgs>()]);
        }
        if self.delivers() {
            settings.push(of::<EventsArgs>());
        }
        let mut names: Vec<String> = settings.iter().flat_map(variables).collect();
        names.retain(|name| !NOT_HERE.contains(&name.as_str()));
        names.sort();
        names
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|role| role.as_str() == text);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

fn of<A: Args>() -> Command {
    A::augment_args(Command::new("role"))
}

fn variables(command: &Command) -> Vec<String> {
    let names = command.get_arguments().filter_map(|argument| argument.get_env()?.to_str());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::config::{AdministratorArgs, DemoArgs, ServeArgs};

    #[test]
    fn the_variables_of_all_roles_are_those_that_the_command_line_knows() {
        let mut of_roles: BTreeSet<String> = Role::ALL.into_iter().flat_map(Role::variables).collect();
        assert!(of_roles.iter().all(|name| !NOT_HERE.contains(&name.as_str())));
        of_roles.extend(NOT_HERE.map(str::to_owned));
        for of_serve in [of::<AdministratorArgs>(), of::<DemoArgs>()] {
            of_roles.extend(variables(&of_serve));
        }
        let known: BTreeSet<String> = variables(&of::<ServeArgs>()).into_iter().collect();
        assert_eq!(of_roles, known);
    }

    #[test]
    fn what_a_role_requires_it_reads() {
        for role in Role::ALL {
            let variables = role.variables();
            for name in role.required() {
                assert!(variables.iter().any(|known| known == name), "{role:?} {name}");
            }
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("bootstrap".parse::<Role>().unwrap_err().contains("api, authorizer"));
    }
}
