//! What there is on DynamoDB only: several processes, a network and a service that fail, tables that others have made.
//!
//! These run on an engine of their own, whatever store the other tests run on.

mod attempts;
mod histories;
mod home;
mod lag;
mod lines;
mod other_keys;
mod oversale;
mod pipelines;
mod processes;
mod records;
mod records_tables;
mod refusals;
mod several;
mod start;
mod stored_elsewhere;
mod transfer;

use std::process::Command;

use testkit::Machine;

/// The command line `frontdesk ARGUMENTS` with these tables, and with no settings of AWS's but those.
fn on_tables(machine: &Machine, arguments: &[&str], url: &str) -> Command {
    let mut command = without_credentials(machine, arguments, url);
    command.env("AWS_REGION", "us-east-1").env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
    command
}

fn without_credentials(machine: &Machine, arguments: &[&str], url: &str) -> Command {
    let mut command = machine.command(arguments);
    for name in ["AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        command.env_remove(name);
    }
    command.env("FRONTDESK_KEY_SECRET", "the key secret of all tests on DynamoDB");
    command.env("AWS_ENDPOINT_URL_DYNAMODB", url).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_CONFIG_FILE", machine.path("no-config"));
    command.env("AWS_SHARED_CREDENTIALS_FILE", machine.path("no-credentials"));
    command
}
