//! Signing requests (AWS Signature Version 4), written for the tests alone so that it shares nothing with what it tests.

use aws_lc_rs::{digest, hmac};
use jiff::Timestamp;

/// An access key.
#[derive(Clone, Debug)]
pub struct AccessKey {
    /// Its identifier.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

impl AccessKey {
    /// Reads an AWS credentials file.
    pub fn read(file: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = file.lines().filter_map(|line| line.split_once('='));
            let found = pairs.find_map(|(key, value)| (key.trim() == name).then(|| value.trim().to_owned()));
            found.unwrap_or_else(|| panic!("the credentials file has no {name}"))
        };
        Self { id: value("aws_access_key_id"), secret: value("aws_secret_access_key") }
    }
}

/// What is signed of a POST to `/`.
#[derive(Clone, Copy, Debug)]
pub struct Signing<'a> {
    /// The access key.
    pub key: &'a AccessKey,
    /// The signing time.
    pub now: Timestamp,
    /// The Host header.
    pub host: &'a str,
    /// The X-Amz-Target header.
    pub target: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// The path, `/` if there is no base path.
    pub path: &'a str,
    /// The service in the scope.
    pub service: &'a str,
}

/// The headers `X-Amz-Date` and `Authorization`.
pub fn sign(signing: Signing<'_>) -> [(&'static str, String); 2] {
    let Signing { key, now, host, target, body, path, service } = signing;
    let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = now.strftime("%Y%m%d").to_string();
    let scope = format!("{day}/local/{service}/aws4_request");
    let names = "host;x-amz-date;x-amz-target";
    let headers = format!("host:{host}\nx-amz-date:{date}\nx-amz-target:{target}\n");
    let canonical = format!("POST\n{path}\n\n{headers}\n{names}\n{}", hash(body));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(canonical.as_bytes()));
    let secret = format!("AWS4{}", key.secret).into_bytes();
    let parts = [day.as_str(), "local", service, "aws4_request", &to_sign];
    let signature = parts.into_iter().fold(secret, |key, part| mac(&key, part));
    let credential = format!("{}/{scope}", key.id);
    let signature = hex(&signature);
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}");
    [("x-amz-date", date), ("authorization", authorization)]
}

fn hash(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
