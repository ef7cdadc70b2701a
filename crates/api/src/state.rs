//! What the routes work with.

use std::sync::Arc;

use app::App;
use bytes::Bytes;
use domain::{Clock, Ids};
use identity::Identity;

use crate::problem::Problem;
use crate::push::Pace;
use crate::service::Service;

/// What the binary hands to [`crate::router`].
pub struct State {
    /// The use cases.
    pub app: Arc<App>,
    /// Who is calling, and what they may do.
    pub identity: Arc<Identity>,
    /// The time, for the access log.
    pub clock: Arc<dyn Clock>,
    /// New identifiers, for requests and connections.
    pub ids: Arc<dyn Ids>,
    /// The path under which everything is served.
    pub base_path: BasePath,
    /// The times of connections that stay open.
    pub pace: Pace,
    /// The part of the interface that is served.
    pub service: Service,
    /// Whether connections may stay open. A function answers and is frozen.
    pub stays: bool,
}

impl State {
    /// Everything at the root; set [`State::base_path`] for another place.
    pub fn new(app: Arc<App>, identity: Arc<Identity>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        let (base_path, pace, service) = Default::default();
        Self { app, identity, clock, ids, base_path, pace, service, stays: true }
    }
}

/// What every handler sees.
pub(crate) struct Inner {
    pub(crate) app: Arc<App>,
    pub(crate) identity: Arc<Identity>,
    /// The path under which everything is served.
    pub(crate) base_path: BasePath,
    /// New identifiers, for connections that stay open.
    pub(crate) ids: Arc<dyn Ids>,
    /// The times of connections that stay open.
    pub(crate) pace: Pace,
    /// Whether connections may stay open.
    pub(crate) stays: bool,
    /// The OpenAPI document as it is served.
    pub(crate) document: Bytes,
    /// The GraphQL schema.
    #[cfg(feature = "graphql")]
    pub(crate) graphql: crate::graphql::Schema,
}

impl Inner {
    /// Refuses what would stay open where nothing can.
    pub(crate) fn may_stay_open(&self) -> Result<(), Box<Problem>> {
        if self.stays { Ok(()) } else { Err(Problem::no_connections()) }
    }
}

/// What handlers are given for each request.
pub(crate) type Shared = Arc<Inner>;

/// A path in front of all routes, such as `/Prod`; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// A base path that cannot be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a base path looks like `/Prod`: segments of letters, digits and -._~, each behind a slash")]
pub struct InvalidBasePath;

impl BasePath {
    /// Reads a base path; empty text and `/` mean none, a slash at the end is dropped.
    pub fn parse(text: &str) -> Result<Self, InvalidBasePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Ok(Self::default());
        }
        let segments = path.strip_prefix('/').ok_or(InvalidBasePath)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let fits = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(plain);
        if segments.split('/').all(fits) { Ok(Self(path.to_owned())) } else { Err(InvalidBasePath) }
    }

    /// The path without a slash at its end; empty for none.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_has_one_form() {
        for (text, path) in [("", ""), ("/", ""), ("/Prod", "/Prod"), ("/Prod/", "/Prod"), ("/a/b-1", "/a/b-1")] {
            assert_eq!(BasePath::parse(text).unwrap().as_str(), path, "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["Prod", "//", "/a//b", "/a/../b", "/{x}", "/a b", "/*x", "/ä"] {
            assert_eq!(BasePath::parse(text), Err(InvalidBasePath), "{text}");
        }
    }
}
