//! What an operator can set: flags and `FRONTDESK_*` variables, one struct per concern. `--help` is the reference.

pub mod environment;
pub mod events;
#[cfg(feature = "lambda")]
pub mod function;
pub mod issuer;
pub mod records;
pub mod values;

use std::net::SocketAddr;
use std::path::PathBuf;

use api::{BasePath, Service};
use clap::{Args, ValueEnum};
use domain::limits::ORDER_REPEAT_SECONDS;
use identity::KeySecrets;

use store::search::SearchIndex;
use store::sqlite::Options;

use crate::backing::Place;
use crate::compose::Setup;
use crate::error::{Error, Outcome};
use events::EventsArgs;
#[cfg(feature = "lambda")]
use function::FunctionArgs;
use issuer::IssuerArgs;
use records::RecordsArgs;
use values::Secret;

/// Everything that `serve` needs.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Where the interface is.
    #[command(flatten)]
    pub address: AddressArgs,
    /// How much it takes on.
    #[command(flatten)]
    pub load: LoadArgs,
    /// Where data is kept.
    #[command(flatten)]
    pub data: DataArgs,
    /// The user pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Who issues the tokens.
    #[command(flatten)]
    pub issuer: IssuerArgs,
    /// The first administrator.
    #[command(flatten)]
    pub administrator: AdministratorArgs,
    /// Made-up data.
    #[command(flatten)]
    pub demo: DemoArgs,
    /// Rules of the business.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Tables of the operator's own.
    #[command(flatten)]
    pub records: RecordsArgs,
    /// The event log and its pipelines.
    #[command(flatten)]
    pub events: EventsArgs,
    /// Log and metrics.
    #[command(flatten)]
    pub telemetry: TelemetryArgs,
    /// What it is inside AWS Lambda.
    #[cfg(feature = "lambda")]
    #[command(flatten)]
    pub function: FunctionArgs,
}

impl ServeArgs {
    /// What an instance is made with when the interface listens there; an error when settings contradict each other.
    pub fn setup(&self, listening: SocketAddr) -> Outcome<Setup> {
        self.issuer.check_first_start(&self.administrator, &self.demo)?;
        let mut setup = self.instance().setup(listening)?;
        setup.search = (self.events.search == Switch::On).then(|| self.search_index());
        setup.service = self.load.service;
        setup.app = app::Settings {
            resource_kinds: self.rules.resource_kinds.clone(),
            order_repeat_seconds: self.rules.order_repeat_seconds,
            records_tables: self.records.tables(&setup.store.table_prefix())?,
        };
        Ok(setup)
    }

    /// The file of the search index.
    fn search_index(&self) -> PathBuf {
        self.data.data.join("search.db")
    }

    /// Removes what is not to be kept: nobody would remove from an unused index what is erased elsewhere.
    pub fn remove_unused(&self) -> Outcome {
        if self.events.search == Switch::Off {
            SearchIndex::remove(&self.search_index())?;
        }
        Ok(())
    }

    fn instance(&self) -> InstanceArgs {
        let (address, data) = (self.address.clone(), self.data.clone());
        InstanceArgs { address, data, pool: self.pool.clone(), issuer: self.issuer.clone() }
    }
}

/// What commands need that do the work themselves when no server runs.
#[derive(Args, Clone, Debug)]
pub struct InstanceArgs {
    /// Where the interface would be.
    #[command(flatten)]
    pub address: AddressArgs,
    /// Where data is kept.
    #[command(flatten)]
    pub data: DataArgs,
    /// The user pool.
    #[command(flatten)]
    pub pool: PoolArgs,
    /// Who issues the tokens.
    #[command(flatten)]
    pub issuer: IssuerArgs,
}

impl InstanceArgs {
    /// What an instance is made with when the interface listens there; an error when settings contradict each other.
    pub fn setup(&self, listening: SocketAddr) -> Outcome<Setup> {
        let mut setup = Setup::new(&self.data.data, &self.address.public_url(listening));
        setup.store = self.data.place();
        // Commands do not search, nor work on tables of the operator's own.
        setup.search = None;
        setup.app.records_tables.clear();
        let identity = &mut setup.identity;
        identity.issuer = format!("{}/{}", self.address.public_url(listening), self.pool.pool_id);
        identity.pool_id.clone_from(&self.pool.pool_id);
        identity.client_id.clone_from(&self.pool.client_id);
        identity.admin_group.clone_from(&self.pool.admin_group);
        identity.policies.clone_from(&self.pool.policies);
        identity.key_secrets = self.pool.key_secrets()?;
        if let Some(from) = self.issuer.outside(&self.pool)? {
            identity.issuer = from.issuer;
            identity.outside = Some(from.outside);
        }
        setup.base_path = self.address.base_path.clone();
        setup.check()?;
        Ok(setup)
    }
}

/// Where the interface is.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Address")]
pub struct AddressArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "FRONTDESK_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,

    /// URL under which clients reach the interface's root, base path included; tokens name it as their issuer [default: the
    /// address listened on]
    #[arg(long, env = "FRONTDESK_PUBLIC_URL", value_name = "URL", value_parser = values::public_url)]
    pub public_url: Option<String>,

    /// Path in front of every route, such as /Prod
    #[arg(long, env = "FRONTDESK_BASE_PATH", value_name = "PATH", default_value = "", hide_default_value = true, value_parser = BasePath::parse)]
    pub base_path: BasePath,
}

impl AddressArgs {
    /// The public URL when the interface listens there.
    pub fn public_url(&self, listening: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| self.local_url(listening))
    }

    /// The URL for clients on this machine when the interface listens there.
    pub fn local_url(&self, listening: SocketAddr) -> String {
        format!("http://{}{}", reachable(listening), self.base_path.as_str())
    }
}

/// An address that a client on this machine can connect to.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// How much the server takes on.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Load")]
pub struct LoadArgs {
    /// Connections at once; more wait to be accepted
    #[arg(long, env = "FRONTDESK_MAX_CONNECTIONS", value_name = "COUNT", default_value_t = 4096, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,

    /// Seconds after which a connection is closed on which no complete request header has come
    #[arg(long, env = "FRONTDESK_IDLE_SECONDS", value_name = "SECONDS", default_value_t = 75, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub idle_seconds: u64,

    /// The part of the interface that is served: all, users, orders, spaces, requests, records or identity
    #[arg(long, env = "FRONTDESK_SERVICE", value_name = "PART", default_value = "all", value_parser = values::service)]
    pub service: Service,

    /// Threads that serve requests [default: one a core]
    #[arg(long, env = "FRONTDESK_WORKERS", value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub workers: Option<u16>,
}

/// Where data is kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Data")]
pub struct DataArgs {
    /// Directory of the database and of the files that the first start writes
    #[arg(long, env = "FRONTDESK_DATA", value_name = "DIR", default_value = "./frontdesk-data")]
    pub data: PathBuf,

    /// Bytes that the database may grow to; then writes get 507 and reads go on [default: what the disk has]
    #[arg(long, env = "FRONTDESK_MAX_DATABASE_BYTES", value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1 << 20..))]
    pub max_database_bytes: Option<u64>,

    /// Which store to use
    #[cfg(feature = "aws")]
    #[arg(long, env = "FRONTDESK_STORE", value_name = "STORE", value_enum, default_value_t = StoreKind::Embedded)]
    pub store: StoreKind,

    /// What the names of the tables on DynamoDB start with
    #[cfg(feature = "aws")]
    #[arg(long, env = "FRONTDESK_TABLE_PREFIX", value_name = "PREFIX", default_value = "", hide_default_value = true, value_parser = values::table_prefix)]
    pub table_prefix: String,
}

impl DataArgs {
    /// Where the store is.
    pub fn place(&self) -> Place {
        #[cfg(feature = "aws")]
        if self.store == StoreKind::Dynamodb {
            return Place::DynamoDb(aws::dynamodb::Settings { table_prefix: self.table_prefix.clone() });
        }
        let options = Options::new(&self.data);
        Place::Embedded(Options { max_bytes: self.max_database_bytes, ..options })
    }
}

/// Which store is used.
#[cfg(feature = "aws")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StoreKind {
    /// The database of this process, in the data directory
    Embedded,
    /// DynamoDB, by the AWS SDK's own settings (AWS_REGION, AWS_ENDPOINT_URL_DYNAMODB, credentials)
    Dynamodb,
}

/// The user pool and the policies.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Users")]
pub struct PoolArgs {
    /// The user pool's id (`UserPoolId`)
    #[arg(long, env = "FRONTDESK_POOL_ID", value_name = "ID", default_value = "local_frontdesk", value_parser = values::word)]
    pub pool_id: String,

    /// The client's id (`ClientId`)
    #[arg(long, env = "FRONTDESK_CLIENT_ID", value_name = "ID", default_value = "frontdesk", value_parser = values::word)]
    pub client_id: String,

    /// The group whose members are administrators
    #[arg(long, env = "FRONTDESK_ADMIN_GROUP", value_name = "GROUP", default_value = "apiAdmins", value_parser = values::label)]
    pub admin_group: String,

    /// File with the secret that wraps the stored signing key, at least 32 characters; DynamoDB needs one. Further lines: old
    /// secrets, for a change of it
    #[arg(long, env = "FRONTDESK_KEY_SECRET_FILE", value_name = "FILE", value_parser = values::key_secret_file)]
    pub key_secret_file: Option<KeySecrets>,

    /// The secret itself, where it comes as a variable
    #[arg(
        long,
        env = "FRONTDESK_KEY_SECRET",
        value_name = "SECRET",
        hide_env_values = true,
        conflicts_with = "key_secret_file"
    )]
    pub key_secret: Option<Secret>,

    /// Directory of Cedar policies (`*.cedar`, `schema.cedarschema`) that replaces those built in
    #[arg(long, env = "FRONTDESK_POLICIES", value_name = "DIR")]
    pub policies: Option<PathBuf>,
}

impl PoolArgs {
    /// What stored keys are wrapped with. (The flag's own message about a wrong secret would show it.)
    fn key_secrets(&self) -> Outcome<Option<KeySecrets>> {
        let given = self.key_secret.as_ref().map(|secret| KeySecrets::parse(secret.reveal()));
        let given = given.transpose().map_err(|expected| Error::Usage(format!("--key-secret should be {expected}")))?;
        Ok(self.key_secret_file.clone().or(given))
    }
}

/// The first administrator; only the very first start heeds it.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "First start")]
pub struct AdministratorArgs {
    /// E-mail address of the administrator that the very first start creates; `admin@example.com` when absent
    #[arg(long, env = "FRONTDESK_ADMIN_EMAIL", value_name = "EMAIL", value_parser = values::email)]
    pub admin_email: Option<String>,

    /// Their password; when absent a generated one, shown on the terminal or else kept in DATA/initial-admin-password
    #[arg(long, env = "FRONTDESK_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true)]
    pub admin_password: Option<Secret>,
}

/// Made-up data to try things out on.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "First start")]
pub struct DemoArgs {
    /// Load a made-up venue with a year of bookings into an empty data directory, and show its users' passwords once; on a loopback
    /// address only
    #[arg(long, env = "FRONTDESK_DEMO", value_parser = clap::builder::BoolishValueParser::new())]
    pub demo: bool,
}

/// Rules of the business.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Rules")]
pub struct RulesArgs {
    /// Seconds for which a repeated order gets the first answer
    #[arg(long, env = "FRONTDESK_ORDER_REPEAT_SECONDS", value_name = "SECONDS", default_value_t = ORDER_REPEAT_SECONDS, value_parser = clap::value_parser!(i64).range(0..=31_536_000))]
    pub order_repeat_seconds: i64,

    /// Kinds of resource besides room, demo, arena and hall, separated by commas
    #[arg(long, env = "FRONTDESK_RESOURCE_KINDS", value_name = "KINDS", value_delimiter = ',', value_parser = values::label)]
    pub resource_kinds: Vec<String>,
}

/// Log and metrics.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Telemetry")]
pub struct TelemetryArgs {
    /// How log lines look
    #[arg(long, env = "FRONTDESK_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = LogFormat::Auto)]
    pub log_format: LogFormat,

    /// What is logged: a level, and levels of modules such as info,store=debug
    #[arg(long, env = "FRONTDESK_LOG_LEVEL", value_name = "LEVEL", default_value = "info", value_parser = values::log_level)]
    pub log_level: String,

    /// Whether every request gets a log line
    #[arg(long, env = "FRONTDESK_ACCESS_LOG", value_name = "SWITCH", value_enum, default_value_t = Switch::On)]
    pub access_log: Switch,

    /// Address and port of its own for /metrics [default: on the main one, for callers on this machine only]
    #[arg(long, env = "FRONTDESK_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// Namespace of the metrics
    #[arg(long, env = "FRONTDESK_METRICS_NAMESPACE", value_name = "NAME", default_value = "ServerlessWorkshop", value_parser = values::label)]
    pub metrics_namespace: String,

    /// Name of this service in log lines and metrics
    #[arg(long, env = "FRONTDESK_SERVICE_NAME", value_name = "NAME", default_value = "frontdesk", value_parser = values::label)]
    pub service_name: String,
}

impl TelemetryArgs {
    /// The log level with the switch of the access log, as a filter's directives.
    pub fn directives(&self) -> String {
        let access = if self.access_log == Switch::On { "info" } else { "off" };
        format!("{},{}={access}", self.log_level, crate::telemetry::ACCESS)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text on a terminal, else JSON
    Auto,
    /// One JSON object a line
    Json,
    /// Text for people
    Pretty,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

#[cfg(test)]
mod tests;
