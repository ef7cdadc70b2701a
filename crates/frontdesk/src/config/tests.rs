//! Tests of the configuration as a whole.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};

use super::environment;
use super::*;
use crate::command::Cli;

#[derive(clap::Parser, Debug)]
struct Only {
    #[command(flatten)]
    serve: ServeArgs,
}

fn parse(arguments: &[&str]) -> ServeArgs {
    let matches = Only::command().get_matches_from([&["frontdesk"], arguments].concat());
    Only::from_arg_matches(&matches).unwrap().serve
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let args = parse(&[]);
    let setup = args.setup("127.0.0.1:8080".parse().unwrap()).unwrap();
    assert_eq!(setup.identity.issuer, "http://127.0.0.1:8080/local_frontdesk");
    assert_eq!(setup.identity.client_id, "frontdesk");
    assert_eq!(setup.identity.admin_group, "apiAdmins");
    assert_eq!(setup.app.order_repeat_seconds, 3600);
    assert_eq!(setup.app.records_tables, app::Settings::default().records_tables);
    let Place::Embedded(options) = &setup.store else { panic!("{:?}", setup.store) };
    assert_eq!(options.directory, PathBuf::from("./frontdesk-data"));
    assert_eq!(args.telemetry.metrics_namespace, "ServerlessWorkshop");
    assert_eq!(args.telemetry.directives(), "info,access=info");
}

#[test]
fn the_issuer_follows_the_public_url_else_the_address() {
    let listening = "0.0.0.0:9000".parse().unwrap();
    let of = |arguments: &[&str]| parse(arguments).setup(listening).unwrap().identity.issuer;
    assert_eq!(of(&["--base-path", "/Prod"]), "http://127.0.0.1:9000/Prod/local_frontdesk");
    let public = &["--public-url", "https://api.example.com/Prod/", "--pool-id", "eu_1"];
    assert_eq!(of(public), "https://api.example.com/Prod/eu_1");
}

#[test]
fn lists_and_switches_are_read() {
    let args = parse(&["--resource-kinds", "desk,studio", "--access-log", "off", "--log-level", "warn"]);
    assert_eq!(args.rules.resource_kinds, ["desk", "studio"]);
    assert_eq!(args.telemetry.directives(), "warn,access=off");
}

#[test]
fn variables_that_nothing_reads_are_named() {
    let names = ["FRONTDESK_LISTN", "FRONTDESK_LISTEN", "FRONTDESK_PASSWORD", "PATH", "FRONTDESK_X"];
    let unknown = environment::unknown(&Cli::command(), names.into_iter().map(OsString::from));
    assert_eq!(unknown, ["FRONTDESK_LISTN", "FRONTDESK_X"]);
}

#[test]
fn the_effective_configuration_names_sources_and_hides_secrets() {
    let command = Only::command();
    let arguments = ["frontdesk", "--listen", "127.0.0.1:9", "--admin-password", "hunter2", "--resource-kinds", "a,b"];
    let matches = command.clone().get_matches_from(arguments);
    let text = environment::effective(&command, &matches);
    let line = |name: &str| text.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line("FRONTDESK_LISTEN=127.0.0.1:9 ").ends_with("# flag"));
    assert!(line("FRONTDESK_POOL_ID=local_frontdesk ").ends_with("# default"));
    assert!(line("FRONTDESK_RESOURCE_KINDS=").contains("a,b"));
    assert!(line("FRONTDESK_PUBLIC_URL= ").ends_with("# not set"));
    assert!(line("FRONTDESK_ADMIN_PASSWORD=(not shown)").ends_with("# flag"));
    assert!(!text.contains("hunter2"));
}

#[cfg(feature = "aws")]
#[test]
fn on_dynamodb_the_signing_key_is_wrapped() {
    let listening = "127.0.0.1:8080".parse().unwrap();
    let secret = ["--key-secret", "a-secret-of-more-than-32-characters"];
    let refused = |arguments: &[&str]| parse(arguments).setup(listening).unwrap_err().to_string();
    assert!(refused(&["--store", "dynamodb"]).contains("--key-secret-file"));
    let short = refused(&["--key-secret", "short"]);
    assert!(short.contains("at least 32 characters") && !short.contains("short\""), "{short}");
    let setup = parse(&[&["--store", "dynamodb"], secret.as_slice()].concat()).setup(listening).unwrap();
    assert!(setup.identity.key_secrets.is_some());

    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("key-secret");
    std::fs::write(&file, format!("{}\n", secret[1])).unwrap();
    let file = file.to_str().unwrap();
    let setup = parse(&["--store", "dynamodb", "--key-secret-file", file]).setup(listening).unwrap();
    assert!(setup.identity.key_secrets.is_some());
    for arguments in [&["--key-secret-file", "missing"][..], &["--key-secret-file", file, secret[0], secret[1]]] {
        assert!(Only::command().try_get_matches_from([&["frontdesk"], arguments].concat()).is_err(), "{arguments:?}");
    }
}

#[cfg(feature = "aws")]
#[test]
fn tables_of_the_operators_are_none_of_the_products() {
    let refused = |arguments: &[&str]| parse(arguments).setup("127.0.0.1:1".parse().unwrap()).unwrap_err().to_string();
    let secret = "a-secret-of-more-than-32-characters";
    let on_dynamodb = ["--store", "dynamodb", "--key-secret", secret, "--table-prefix", "desk-", "--records-table"];
    assert!(refused(&["--records-table", "users:id"]).contains("users is a table"));
    assert!(refused(&[&on_dynamodb[..], &["users:id"]].concat()).contains("users is a table"));
    assert!(refused(&[&on_dynamodb[..], &["desk-users:id"]].concat()).contains("desk-users is a table"));
    let embedded = ["--table-prefix", "desk-", "--records-table", "desk-users:id"];
    assert!(parse(&embedded).setup("127.0.0.1:1".parse().unwrap()).is_ok());
}

fn outside(arguments: &[&str]) -> Result<identity::Settings, String> {
    let setup = parse(arguments).setup("127.0.0.1:8080".parse().unwrap());
    setup.map(|setup| setup.identity).map_err(|error| error.to_string())
}

#[test]
fn cognito_needs_no_more_than_pool_and_client() {
    const ARGUMENTS: [&str; 6] = ["--identity", "cognito", "--pool-id", "us-east-1_AbC", "--client-id", "abc"];
    let settings = outside(&ARGUMENTS).unwrap();
    assert_eq!(settings.issuer, "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC");
    let outside = settings.outside.unwrap();
    assert_eq!((outside.audiences, outside.groups_claim.as_str()), (vec!["abc".to_owned()], "cognito:groups"));
    assert_eq!(outside.algorithms, [identity::SignatureAlgorithm::RS256]);
    assert!(format!("{:?}", outside.keys).contains("us-east-1_AbC/.well-known/jwks.json"));
    #[cfg(feature = "aws")]
    assert!(parse(&[&["--store", "dynamodb"][..], &ARGUMENTS].concat()).setup("127.0.0.1:1".parse().unwrap()).is_ok());
}

#[test]
fn an_issuer_is_taken_as_it_is() {
    let more = ["--audience", "api,web", "--token-algorithms", "ES256,RS256", "--groups-claim", "/realm_access/roles"];
    let arguments = [&["--identity", "oidc", "--issuer", "https://id.example.com/"][..], &more].concat();
    let settings = outside(&arguments).unwrap();
    assert_eq!(settings.issuer, "https://id.example.com/");
    let outside = settings.outside.unwrap();
    assert_eq!(outside.audiences, ["api", "web"]);
    assert_eq!((outside.algorithms.len(), outside.groups_claim.as_str()), (2, "/realm_access/roles"));
}

#[test]
fn settings_that_do_not_fit_the_identity_are_refused() {
    let cognito = ["--identity", "cognito", "--pool-id", "us-east-1_AbC", "--client-id", "abc"];
    let oidc = ["--identity", "oidc", "--issuer", "https://id.example.com"];
    for (base, more, word) in [
        (&[][..], &["--issuer", "https://id.example.com"][..], "--identity"),
        (&[], &["--jwks-url", "https://id.example.com/keys"], "--identity"),
        (&[], &["--audience", "a"], "--identity"),
        (&[], &["--token-algorithms", "ES256"], "--identity"),
        (&[], &["--groups-claim", "groups"], "--identity"),
        (&[], &["--identity", "cognito", "--client-id", "abc"], "--pool-id"),
        (&[], &["--identity", "cognito", "--pool-id", "pool", "--client-id", "abc"], "--pool-id"),
        (&[], &["--identity", "cognito", "--pool-id", "us-east-1_AbC"], "--client-id"),
        (&[], &["--identity", "oidc"], "--issuer"),
        (&oidc, &["--pool-id", "us-east-1_AbC"], "--pool-id"),
        (&oidc, &["--admin-email", "a@b"], "--admin-email"),
        (&cognito, &["--admin-password", "hunter2"], "--admin-password"),
        (&cognito, &["--demo"], "--demo"),
        (&cognito, &["--key-secret", "a-secret-of-more-than-32-characters"], "--key-secret-file"),
    ] {
        let error = outside(&[base, more].concat()).unwrap_err();
        assert!(error.contains(word) && !error.contains("hunter2"), "{more:?}: {error}");
    }
}
