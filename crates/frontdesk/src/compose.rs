//! Composition: the parts of one instance, put together. The server, the commands and the tests all start here.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use api::{BasePath, Pace, Service};
use app::App;
use axum::Router;
use domain::{Clock, Ids};
use identity::Identity;
use store::Store;
use store::search::SearchIndex;
use store::sqlite::Options;

use crate::backing::{Backing, Place};
use crate::error::Outcome;
use crate::migrate::refuse_unfinished;

/// What an instance is made with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Where the store is.
    pub store: Place,
    /// The user pool, its tokens and the policies.
    pub identity: identity::Settings,
    /// The use cases.
    pub app: app::Settings,
    /// The path under which everything is served.
    pub base_path: BasePath,
    /// The times of connections that stay open.
    pub pace: Pace,
    /// The file of the search index over events; none where nobody searches.
    pub search: Option<PathBuf>,
    /// The part of the interface that is served.
    pub service: Service,
    /// Whether connections may stay open. A function answers and is frozen.
    pub stays: bool,
}

impl Setup {
    /// The defaults, with data in that directory, behind that public URL.
    pub fn new(directory: impl Into<PathBuf>, public_url: &str) -> Self {
        let directory = directory.into();
        Self {
            search: Some(directory.join("search.db")),
            store: Place::Embedded(Options::new(directory)),
            identity: identity::Settings::new(public_url),
            app: app::Settings::default(),
            base_path: BasePath::default(),
            pace: Pace::default(),
            service: Service::default(),
            stays: true,
        }
    }

    /// Whether it fits together: whoever may read the tables on DynamoDB should not be able to sign tokens.
    pub(crate) fn check(&self) -> Outcome {
        #[cfg(feature = "aws")]
        if matches!(self.store, Place::DynamoDb(_))
            && self.identity.outside.is_none()
            && self.identity.key_secrets.is_none()
        {
            let text = "on DynamoDB the signing key is stored wrapped by a secret of yours: give the one that it was wrapped with, \
                        with --key-secret-file. For tables that no server has used yet, make one (openssl rand -base64 32) and \
                        keep it safe";
            return Err(crate::error::Error::Usage(text.to_owned()));
        }
        Ok(())
    }
}

/// The parts of one instance.
#[derive(Clone)]
pub struct Instance {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The store again, with what only one kind of store has.
    pub backing: Backing,
    /// Whether other processes may work on the same data.
    pub is_shared: bool,
    /// Who is calling, and what they may do.
    pub identity: Arc<Identity>,
    /// The use cases.
    pub app: Arc<App>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    base_path: BasePath,
    pace: Pace,
    service: Service,
    stays: bool,
}

impl fmt::Debug for Instance {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Instance").field("identity", &self.identity).finish_non_exhaustive()
    }
}

impl Instance {
    /// Opens the store, unless a migration into it is unfinished, and reads the policies. Sign-in and tokens work once
    /// [`Identity::prepare`] is done too.
    pub async fn open(setup: Setup, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Outcome<Self> {
        let is_shared = setup.store.is_shared();
        let (base_path, pace) = (setup.base_path, setup.pace);
        let (service, stays) = (setup.service, setup.stays);
        let backing = Backing::open(setup.store, &setup.app.records_tables, Arc::clone(&clock)).await?;
        let store = backing.store();
        refuse_unfinished(store.as_ref()).await?;
        let identity = Identity::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ids), setup.identity)?;
        let app = App::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&ids), setup.app);
        let app = app.with_records(backing.records());
        let search = setup.search.as_deref().map(SearchIndex::open).transpose()?;
        let app = Arc::new(match search {
            Some(index) => app.with_search(Arc::new(index)),
            None => app,
        });
        Ok(Self { store, backing, is_shared, identity, app, clock, ids, base_path, pace, service, stays })
    }

    /// The interface.
    pub fn router(&self) -> Router {
        let (app, identity) = (Arc::clone(&self.app), Arc::clone(&self.identity));
        let mut state = api::State::new(app, identity, Arc::clone(&self.clock), Arc::clone(&self.ids));
        state.base_path = self.base_path.clone();
        state.pace = self.pace;
        state.service = self.service;
        state.stays = self.stays;
        api::router(state)
    }
}
