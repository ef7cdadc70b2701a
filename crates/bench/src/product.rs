//! The product as it runs: the real program with a data directory of its own, its log in a file.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::http::{self, Connection};
use crate::load::Load;
use crate::process::{Process, free_address};
use crate::rows::{LOCATION, resource};
use crate::{Outcome, progress, watch};

const EMAIL: &str = "admin@example.com";
const PASSWORD: &str = "Only-for-Benchmarks-2026";
/// How long a server may take to start.
const START: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_micros(200);

/// The frontdesk program.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    /// Variables that it is started with.
    variables: Vec<(&'static str, String)>,
}

/// A server of the product, and a caller who administers it.
#[derive(Debug)]
pub(crate) struct Product {
    process: Process,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The caller's ID token.
    pub(crate) token: String,
    /// The caller's `sub`.
    pub(crate) user: String,
}

/// A caller who administers nothing, so that rules bind.
#[derive(Debug)]
pub(crate) struct Guest {
    /// The caller's ID token.
    pub(crate) token: String,
    /// The caller's `sub`.
    pub(crate) user: String,
}

impl Program {
    /// That program, or the one beside this, which cargo brings up to date.
    pub(crate) fn find(program: Option<&Path>) -> Outcome<Self> {
        if let Some(program) = program {
            return Ok(Self::at(program.to_owned()));
        }
        let path = std::env::current_exe()?.with_file_name("frontdesk");
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        progress("building the product");
        let built = Command::new("cargo")
            .args(["build", "--quiet", "--profile", profile, "-p", "frontdesk", "-p", "bench"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()?;
        if built.success() && path.is_file() { Ok(Self::at(path)) } else { Err("cargo did not build frontdesk".into()) }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command
    }

    const fn at(path: PathBuf) -> Self {
        Self { path, variables: Vec::new() }
    }

    /// The same program, with another setting.
    pub(crate) fn with(&self, name: &'static str, value: &str) -> Self {
        let variables = self.variables.iter().cloned().chain([(name, value.to_owned())]).collect();
        Self { path: self.path.clone(), variables }
    }

    /// The same program, with its data on DynamoDB at that address.
    pub(crate) fn on_dynamodb(&self, url: &str) -> Self {
        let variables = [
            ("FRONTDESK_STORE", "dynamodb"),
            ("FRONTDESK_KEY_SECRET", "the key secret of all benchmarks on DynamoDB"),
            ("AWS_ENDPOINT_URL_DYNAMODB", url),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "benchmark"),
            ("AWS_SECRET_ACCESS_KEY", "benchmark"),
        ];
        let variables = variables.map(|(name, value)| (name, value.to_owned())).to_vec();
        Self { path: self.path.clone(), variables }
    }

    /// Starts a server; it does not answer yet.
    pub(crate) fn launch(&self, directory: &Path) -> Outcome<(Process, SocketAddr)> {
        fs::create_dir_all(directory)?;
        let log = File::options().create(true).append(true).open(directory.join("server.log"))?;
        let address = free_address()?;
        let mut command = self.command();
        command.args(["serve", "--listen", &address.to_string(), "--data"]).arg(directory.join("data"));
        command.env("FRONTDESK_ADMIN_EMAIL", EMAIL).env("FRONTDESK_ADMIN_PASSWORD", PASSWORD);
        Ok((Process::start(command.stdout(log.try_clone()?).stderr(log))?, address))
    }

    /// Starts a server and signs in.
    pub(crate) async fn start(&self, directory: &Path) -> Outcome<Product> {
        let (mut process, address) = self.launch(directory)?;
        wait_for(address, "/ready", &mut process, watch::now()).await?;
        let token = sign_in(address, EMAIL).await?;
        Ok(Product { process, address, user: subject(&token)?, token })
    }
}

impl Program {
    /// Makes a user who administers nothing.
    pub(crate) async fn guest(&self, product: &Product, directory: &Path, number: usize) -> Outcome<Guest> {
        let email = format!("guest-{number}@example.com");
        let mut command = self.command();
        command.args(["user", "add", "--email", &email, "--password", PASSWORD, "--data"]).arg(directory.join("data"));
        let output = command.output()?;
        if output.status.success() {
            let token = sign_in(product.address, &email).await?;
            return Ok(Guest { user: subject(&token)?, token });
        }
        Err(format!("no guest: {}", String::from_utf8_lossy(&output.stderr)).into())
    }
}

impl Product {
    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Puts a location with so many resources there.
    pub(crate) async fn furnish(&self, resources: u64) -> Outcome {
        self.furnish_with(resources, &json!({"name": "Headquarters"}), &json!({"name": "Meeting room", "type": "room"}))
            .await
    }

    /// Puts that location with so many such resources there.
    pub(crate) async fn furnish_with(&self, resources: u64, location: &Value, room: &Value) -> Outcome {
        let (location, room) = (location.to_string(), room.to_string());
        self.put(1, move |_| (format!("/locations/{LOCATION}"), location.clone())).await?;
        let path = |number| format!("/locations/{LOCATION}/resources/{}", resource(number));
        self.put(resources, move |number| (path(number), room.clone())).await
    }

    async fn put(&self, count: u64, request: impl Fn(u64) -> (String, String) + Send + Sync + 'static) -> Outcome {
        let token = self.token.clone();
        let write = move |number, buffer: &mut Vec<u8>| {
            let (path, body) = request(number);
            http::request(buffer, "PUT", &path, &token, &body);
        };
        // One after the other: each resource changes its location, too, on which many at once would only wait for each other.
        Load::new(self.address, self.id(), 201, write).alone().count(count).await
    }

    /// The caller's bookings.
    pub(crate) fn bookings(&self) -> String {
        format!("/users/{}/bookings", self.user)
    }
}

/// Waits until a path answers with 200, and says how long that took since the start.
pub(crate) async fn wait_for(
    address: SocketAddr,
    path: &str,
    process: &mut Process,
    start: Instant,
) -> Outcome<Duration> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    while start.elapsed() < START {
        if let Ok(mut connection) = Connection::open(address).await
            && connection.exchange(request.as_bytes()).await.is_ok_and(|response| response.status == 200)
        {
            return Ok(start.elapsed());
        }
        process.check()?;
        tokio::time::sleep(POLL).await;
    }
    Err(format!("{path} did not answer with 200 in time").into())
}

async fn sign_in(address: SocketAddr, email: &str) -> Outcome<String> {
    let parameters = json!({ "USERNAME": email, "PASSWORD": PASSWORD });
    let body = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "frontdesk", "AuthParameters": parameters });
    let body = body.to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: AWSCognitoIdentityProviderService.InitiateAuth\r\n\
         content-type: application/x-amz-json-1.1\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = Connection::open(address).await?;
    let reply: Value = serde_json::from_slice(connection.exchange(request.as_bytes()).await?.body)?;
    let token = reply.pointer("/AuthenticationResult/IdToken").and_then(Value::as_str);
    Ok(token.ok_or_else(|| format!("no sign-in: {reply}"))?.to_owned())
}

fn subject(token: &str) -> Outcome<String> {
    let claims = token.split('.').nth(1).ok_or("the token has no claims")?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims)?)?;
    Ok(claims.get("sub").and_then(Value::as_str).ok_or("the token has no subject")?.to_owned())
}
