//! Services that others wrote, as processes of their own: moto's Cognito and S3, and an OpenID Connect provider. `cargo xtask tools`
//! installs them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

use crate::{Http, PASSWORD, Tokens, poll};

/// How often a server is started before the test gives up; another program may take the port.
const STARTS: usize = 5;

/// A server that runs. Dropping it stops it.
struct Process {
    child: Child,
    port: u16,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    async fn start(program: &str, host_flag: &str, port_flag: &str) -> Self {
        Self::start_at(program, host_flag, port_flag, free_port).await
    }

    async fn start_at(program: &str, host_flag: &str, port_flag: &str, port: impl Fn() -> u16) -> Self {
        for _ in 0..STARTS {
            let port = port();
            let mut command = Command::new(installed(program));
            command.args([host_flag, "127.0.0.1", port_flag, &port.to_string()]);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; run `cargo xtask tools`"));
            let mut process = Self { child, port };
            let came_up = poll::until(program, async || process.state(port).await).await;
            if came_up {
                return process;
            }
        }
        panic!("{program} does not start");
    }

    /// Whether it has come up, once that is certain.
    async fn state(&mut self, port: u16) -> Option<bool> {
        if self.child.try_wait().unwrap().is_some() {
            return Some(false);
        }
        tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok().map(|_| true)
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A port on which nothing listens now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A Python program: among the tools of the target directory, where `cargo xtask tools` installs it, or on the path.
fn installed(program: &str) -> PathBuf {
    let executable = std::env::current_exe().unwrap();
    let target = executable.ancestors().find(|directory| directory.join("tools").is_dir());
    let tool = target.map(|target| target.join("tools/venv/bin").join(program));
    tool.filter(|tool| Path::exists(tool)).unwrap_or_else(|| program.into())
}

/// A user pool of moto's Cognito, with one app client.
pub struct Moto {
    process: Process,
    http: Http,
    /// The user pool's id.
    pub pool: String,
    /// The app client's id.
    pub client: String,
}

impl Moto {
    /// Starts one and makes a user pool.
    pub async fn start() -> Self {
        let process = Process::start("moto_server", "-H", "-p").await;
        let http = Http::new(process.url());
        let mut moto = Self { process, http, pool: String::new(), client: String::new() };
        let pool = moto.act("CreateUserPool", json!({"PoolName": "desk"})).await;
        moto.pool = pool["UserPool"]["Id"].as_str().unwrap().to_owned();
        moto.client = moto.another_client().await;
        moto
    }

    /// Another app client of the pool.
    pub async fn another_client(&self) -> String {
        // Moto's tokens have what the client may read.
        let client = json!({"UserPoolId": self.pool, "ClientName": "app", "ReadAttributes": ["email"]});
        let client = self.act("CreateUserPoolClient", client).await;
        client["UserPoolClient"]["ClientId"].as_str().unwrap().to_owned()
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.process.url()
    }

    pub(crate) const fn http(&self) -> &Http {
        &self.http
    }

    /// The pool's `iss`.
    pub fn issuer(&self) -> String {
        format!("https://cognito-idp.us-east-1.amazonaws.com/{}", self.pool)
    }

    /// Where the pool's keys are.
    pub fn jwks_url(&self) -> String {
        format!("{}/{}/.well-known/jwks.json", self.url(), self.pool)
    }

    /// An action of Cognito's that succeeds.
    pub async fn act(&self, action: &str, body: Value) -> Value {
        self.request(action, body).await.json(200)
    }

    /// An action of Cognito's.
    pub async fn request(&self, action: &str, body: Value) -> crate::Answer {
        let scope = "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host";
        let call = self.http.call(Method::POST, "/").authorization(&format!("{scope}, Signature=none"));
        let call = call.header("x-amz-target", &format!("AWSCognitoIdentityProviderService.{action}"));
        call.header("content-type", "application/x-amz-json-1.1").body(body.to_string()).plain().await
    }

    /// A new user in these groups, confirmed, with [`PASSWORD`].
    pub async fn user(&self, email: &str, groups: &[&str]) {
        let of = |more: Value| {
            let mut body = json!({"UserPoolId": self.pool, "Username": email});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            body
        };
        let attributes = json!({"UserAttributes": [{"Name": "email", "Value": email}]});
        self.act("AdminCreateUser", of(attributes)).await;
        self.act("AdminSetUserPassword", of(json!({"Password": PASSWORD, "Permanent": true}))).await;
        for group in groups {
            self.request("CreateGroup", json!({"UserPoolId": self.pool, "GroupName": group})).await;
            self.act("AdminAddUserToGroup", of(json!({"GroupName": group}))).await;
        }
    }

    /// Signs in at that app client.
    pub async fn sign_in(&self, client: &str, email: &str) -> Tokens {
        let parameters = json!({"USERNAME": email, "PASSWORD": PASSWORD});
        let body = json!({"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters});
        Tokens::read(&self.act("InitiateAuth", body).await).unwrap()
    }
}

/// A bucket of moto's S3.
pub struct Bucket {
    process: Process,
    http: reqwest::Client,
}

impl Bucket {
    /// Its name.
    pub const NAME: &str = "desk-archive";

    /// Starts S3, without the bucket.
    pub async fn start() -> Self {
        Self { process: Process::start("moto_server", "-H", "-p").await, http: reqwest::Client::new() }
    }

    /// Starts it on that port.
    pub async fn start_at(port: u16) -> Self {
        let process = Process::start_at("moto_server", "-H", "-p", || port).await;
        Self { process, http: reqwest::Client::new() }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        self.process.url()
    }

    /// Makes the bucket.
    pub async fn create(&self) {
        self.ask(Method::PUT, "").await;
    }

    /// Removes the bucket with all that is in it.
    pub async fn remove(&self) {
        for key in self.keys("").await {
            self.ask(Method::DELETE, &format!("/{key}")).await;
        }
        self.ask(Method::DELETE, "").await;
    }

    /// The keys that begin so, in their order; of a thousand at the most.
    pub async fn keys(&self, prefix: &str) -> Vec<String> {
        let listed = self.ask(Method::GET, &format!("?list-type=2&prefix={prefix}")).await;
        let listed = String::from_utf8(listed).unwrap();
        assert!(!listed.contains("<IsTruncated>true"), "more than a page");
        let keys = listed.split("<Key>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned());
        keys.collect()
    }

    /// An object.
    pub async fn object(&self, key: &str) -> Vec<u8> {
        self.ask(Method::GET, &format!("/{key}")).await
    }

    async fn ask(&self, method: Method, rest: &str) -> Vec<u8> {
        let scope =
            "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none";
        let url = format!("{}/{}{rest}", self.url(), Self::NAME);
        let answer = self.http.request(method, &url).header("authorization", scope).send().await.unwrap();
        assert!(answer.status().is_success(), "{url}: {answer:?}");
        answer.bytes().await.unwrap().to_vec()
    }
}

/// An OpenID Connect provider that lets everybody in.
pub struct OidcProvider(Process);

impl OidcProvider {
    /// Starts one.
    pub async fn start() -> Self {
        Self(Process::start("oidc-provider-mock", "--host", "--port").await)
    }

    /// Its `iss`.
    pub fn issuer(&self) -> String {
        self.0.url()
    }

    /// Signs a user with these claims in by the authorization code flow (OpenID Connect Core 1.0, section 3.1), and returns the ID
    /// token for this client.
    pub async fn id_token(&self, client: &str, sub: &str, claims: &Value) -> String {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let issuer = self.issuer();
        let user = http.put(format!("{issuer}/users/{sub}")).json(claims).send().await.unwrap();
        assert!(user.status().is_success(), "{user:?}");
        let back = "http://localhost/back";
        let asked = format!("response_type=code&client_id={client}&redirect_uri={back}&scope=openid%20email&state=s");
        let page = http.post(format!("{issuer}/oauth2/authorize?{asked}")).body(format!("sub={sub}"));
        let answer = page.header("content-type", FORM).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let code = location.split(['?', '&']).find_map(|part| part.strip_prefix("code=")).unwrap();
        let body = format!("grant_type=authorization_code&code={code}&redirect_uri={back}");
        let request = http.post(format!("{issuer}/oauth2/token")).basic_auth(client, Some("secret"));
        let answer = request.header("content-type", FORM).body(body).send().await.unwrap();
        let tokens: Value = answer.json().await.unwrap();
        tokens["id_token"].as_str().unwrap_or_else(|| panic!("no ID token in {tokens}")).to_owned()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";
