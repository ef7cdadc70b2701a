//! A whole instance in the test's own process that believes an issuer outside.

use std::sync::Arc;

use domain::Clock;
use frontdesk::compose::{Instance, Setup};
use frontdesk::issuer::{Published, PublishedKeys};
use frontdesk::serve::{Listening, Service, bind};
use identity::{Outside, OutsideKind, SignatureAlgorithm};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::Tables;
use crate::{Anonymous, Http, Issuer, SeededIds, TestClock, Tokens, User, claims};

/// Whom tokens are for.
pub const AUDIENCE: &str = "desk";

/// An instance that believes an issuer outside. Its keys are not fetched before [`Self::fetch`].
pub struct OutsideApp {
    /// Where it is.
    pub http: Http,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its parts.
    pub instance: Instance,
    _listening: Listening,
    _directory: TempDir,
    _tables: Option<Tables>,
}

impl OutsideApp {
    /// One that believes this issuer, discovered, with the claim `groups`; perhaps with other settings.
    pub async fn of(issuer: &Issuer, change: impl FnOnce(&mut Outside)) -> Self {
        let outside = Outside {
            kind: OutsideKind::Oidc,
            audiences: vec![AUDIENCE.to_owned()],
            algorithms: vec![SignatureAlgorithm::RS256],
            groups_claim: "groups".to_owned(),
            keys: Arc::new(PublishedKeys::new(Published::By(issuer.url.clone())).unwrap()),
            directory: None,
        };
        Self::open(Arc::default(), &issuer.url, outside, change).await
    }

    /// One at that time.
    pub async fn open(
        clock: Arc<TestClock>,
        issuer: &str,
        mut outside: Outside,
        change: impl FnOnce(&mut Outside),
    ) -> Self {
        change(&mut outside);
        let (directory, tables) = (TempDir::new().unwrap(), Tables::chosen(&clock).await);
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let mut setup = Setup::new(directory.path(), &origin);
        if let Some(tables) = &tables {
            setup.store = tables.store(&clock);
        }
        issuer.clone_into(&mut setup.identity.issuer);
        setup.identity.outside = Some(outside);
        Tables::make_records_tables(&setup).await;
        let dyn_clock: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let instance = Instance::open(setup, dyn_clock, Arc::new(SeededIds::new(7))).await.unwrap();
        let listening = Listening::start(listener, Service::new(instance.router())).unwrap();
        let http = Http::new(origin);
        Self { http, clock, instance, _listening: listening, _directory: directory, _tables: tables }
    }

    /// The same once the issuer's keys are fetched.
    pub async fn fetch(self) -> Self {
        self.instance.identity.prepare().await.unwrap();
        self
    }

    /// One who sends no token.
    pub fn anonymous(&self) -> Anonymous {
        Anonymous { http: self.http.clone() }
    }

    /// Who sends this token.
    pub fn bearer(&self, token: &str) -> User {
        let sub = claims(token)["sub"].as_str().unwrap().to_owned();
        let tokens = Tokens { id: token.to_owned(), access: token.to_owned(), refresh: String::new() };
        User { http: self.http.clone(), sub, email: String::new(), password: String::new(), tokens }
    }

    /// The status of a request with this token that any user may make.
    pub async fn status(&self, token: &str) -> u16 {
        self.anonymous().get_with(token).await
    }

    /// The claims of an ID token of that issuer, good from its clock's time on.
    pub fn claims(&self, issuer: &Issuer, sub: &str) -> Value {
        let now = self.clock.now().as_second();
        json!({"iss": issuer.url, "sub": sub, "aud": AUDIENCE, "iat": now, "exp": now + 3_600, "groups": ["staff"]})
    }
}

impl Anonymous {
    async fn get_with(&self, token: &str) -> u16 {
        use crate::Caller;
        self.get("/orders").authorization(token).may_fail().await.status
    }
}
