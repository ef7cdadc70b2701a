//! `frontdesk health`: whether a server answers, for whoever watches a container that has nothing else in it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use tokio::runtime;

use crate::config::{AddressArgs, values};
use crate::error::{Error, Outcome};
use crate::telemetry::chain;
use crate::terminal;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The server's settings are read as `serve` reads them, so that none is needed inside its container.
#[derive(Args, Debug)]
pub(super) struct HealthArgs {
    /// The interface's root [default: where `serve` would listen on this machine]
    #[arg(long, value_name = "URL", value_parser = values::public_url)]
    url: Option<String>,

    /// Ask whether it can serve, its store included, not only whether it is alive
    #[arg(long)]
    ready: bool,

    #[command(flatten)]
    address: AddressArgs,
}

pub(super) fn run(args: &HealthArgs) -> Outcome {
    let root = args.url.clone().unwrap_or_else(|| local(args.address.listen, args.address.base_path.as_str()));
    let url = format!("{root}/{}", if args.ready { "ready" } else { "health" });
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Error::runtime("the threads cannot be started"))?;
    let status = runtime.block_on(async {
        let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
        Ok::<_, reqwest::Error>(client.get(&url).send().await?.status())
    });
    match status {
        Ok(status) if status.is_success() => terminal::print("Ok"),
        Ok(status) => Err(Error::Command(format!("{url} answers {status}"))),
        Err(error) => Err(Error::Command(format!("{url} does not answer: {}", chain(&error)))),
    }
}

/// Where a server that listens there is reached on its own machine.
fn local(listen: SocketAddr, base_path: &str) -> String {
    let address = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}{base_path}", SocketAddr::new(address, listen.port()))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn a_server_on_all_addresses_is_asked_on_this_machine() {
        for (listen, base, url) in [
            ("0.0.0.0:8080", "", "http://127.0.0.1:8080"),
            ("[::]:80", "/Prod", "http://[::1]:80/Prod"),
            ("192.0.2.1:8080", "", "http://192.0.2.1:8080"),
        ] {
            assert_eq!(local(listen.parse().unwrap(), base), url);
        }
    }
}
