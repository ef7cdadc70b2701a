//! Where a scenario takes place, who is there, and what is to be tidied up afterwards.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::{Clock, Ids};
use frontdesk::ambient::{SystemClock, SystemIds};
use futures_util::FutureExt;
use serde_json::{Value, json};
use testkit::{Admin, Anonymous, Answer, Caller, HOUR, Http, Machine, Server, Tokens, User, claims, initiate, poll};

use crate::settings::{Settings, Who};

/// The program, as Cargo built it with these tests.
const FRONTDESK: &str = env!("CARGO_BIN_EXE_frontdesk-under-test");
/// Seconds of a day.
const DAY: i64 = 24 * HOUR;
/// How often, and how many times, is looked for what comes later: a minute and a half.
const PAUSE: Duration = Duration::from_millis(250);
const LOOKS: u32 = 360;

/// A system with an administrator and a guest.
pub(crate) struct Desk {
    pub(crate) admin: Admin,
    pub(crate) guest: User,
    pub(crate) anonymous: Anonymous,
    /// What everything that this scenario makes is called.
    pub(crate) name: String,
    /// Nine o'clock UTC on a day to come, in epoch seconds.
    pub(crate) nine: i64,
    left: Mutex<Vec<(Side, String)>>,
    _own: Option<(Server, Machine)>,
}

/// Whose something is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Admin,
    Guest,
}

/// Plays a scenario, and tidies up behind it, also when it failed.
pub(crate) async fn play(scenario: impl AsyncFnOnce(&Desk)) {
    let desk = Desk::open().await;
    let outcome = AssertUnwindSafe(scenario(&desk)).catch_unwind().await;
    let tidied = AssertUnwindSafe(desk.tidy()).catch_unwind().await;
    // What failed first is told.
    outcome.and(tidied).unwrap_or_else(|failed| resume_unwind(failed));
}

impl Desk {
    async fn open() -> Self {
        let (admin, guest, own) = match Settings::read() {
            Some(settings) => {
                let mut http = Http::new(&settings.url);
                if let Some(key) = &settings.api_key {
                    http = http.with_header("x-api-key", key);
                }
                let admin = sign_in(&settings, &http, &settings.admin).await;
                (Admin(admin), sign_in(&settings, &http, &settings.guest).await, None)
            }
            None => {
                let machine = Machine::new(FRONTDESK);
                let server = machine.serve(&[]).await;
                (server.admin().await, server.user("guest").await, Some((server, machine)))
            }
        };
        let id = SystemIds.random().simple().to_string();
        let days = SystemClock.now().as_second().div_euclid(DAY);
        Self {
            anonymous: Anonymous { http: admin.http.clone() },
            admin,
            guest,
            name: format!("e2e-{id}"),
            nine: (days + 30) * DAY + 9 * HOUR,
            left: Mutex::default(),
            _own: own,
        }
    }

    /// Remembers what is to be deleted at the end, last things first.
    pub(crate) fn leaves(&self, side: Side, path: impl Into<String>) {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).push((side, path.into()));
    }

    /// Opens a location with a resource of so many units. Both are called as the scenario is.
    pub(crate) async fn resource(&self, capacity: i64) -> String {
        self.leaves(Side::Admin, format!("/locations/{}?cascade=true", self.name));
        self.admin.resource(&self.name, &self.name, capacity).await;
        format!("/locations/{0}/resources/{0}", self.name)
    }

    /// The identifier of something of this scenario.
    pub(crate) fn id(&self, what: &str) -> String {
        format!("{}-{what}", self.name)
    }

    /// Looks until there is something to see.
    pub(crate) async fn wait<T>(&self, what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
        poll::every(PAUSE, LOOKS, what, look).await
    }

    async fn tidy(&self) {
        let left = std::mem::take(&mut *self.left.lock().unwrap_or_else(PoisonError::into_inner));
        for (side, path) in left.into_iter().rev() {
            let call = match side {
                Side::Admin => self.admin.delete(&path),
                Side::Guest => self.guest.delete(&path),
            };
            let answer = call.await;
            // Gone already, or an order that cannot be canceled any more.
            assert!([200, 400, 404].contains(&answer.status), "left behind: {path}: {}", answer.text());
        }
    }
}

async fn sign_in(settings: &Settings, http: &Http, who: &Who) -> User {
    let (email, password, tokens) = match who {
        Who::Token(token) => {
            let tokens = Tokens { id: token.clone(), access: String::new(), refresh: String::new() };
            (String::new(), String::new(), tokens)
        }
        Who::Password { email, password } => {
            let answer = initiate(&Http::new(&settings.cognito), &settings.client, email, password).await;
            assert_eq!(answer.status, 200, "{email} is not signed in: {}", answer.text());
            let answer = answer.json(200);
            let tokens = Tokens::read(&answer);
            let tokens = tokens.unwrap_or_else(|| panic!("{email} is asked for more: {}", answer["ChallengeName"]));
            (email.clone(), password.clone(), tokens)
        }
    };
    let sub = claims(&tokens.id)["sub"].as_str().unwrap().to_owned();
    User { http: http.clone(), sub, email, password, tokens }
}

/// Checks a refusal of somebody who is not signed in. A gateway in front may say so itself, and names its requests by itself.
#[track_caller]
pub(crate) fn unauthorized(answer: &Answer) {
    let problem = answer.json(401);
    assert_eq!((&problem["status"], &problem["code"]), (&json!(401), &json!("unauthorized")), "{}", answer.asked);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{}", answer.asked);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{}", answer.asked);
}

/// Checks when something is.
#[track_caller]
pub(crate) fn at(booking: &Value, start: i64, minutes: i64) {
    let times = (&booking["starttimeepochtime"], &booking["endtimeepochtime"]);
    assert_eq!(times, (&json!(start), &json!(start + 60 * minutes)), "{booking}");
}
