//! `/metrics`, in Prometheus' exposition format.

use std::net::SocketAddr;

use axum::Router;
use axum::http::{Method, Request, header};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;

const PATH: &str = "/metrics";
/// Headers by which a proxy on this machine passes on requests of others.
const FORWARDED: [&str; 2] = ["forwarded", "x-forwarded-for"];

/// The page, and who may see it.
#[derive(Clone)]
pub(super) struct Page {
    /// The page's only route.
    pub(super) router: Router,
    /// Whether callers elsewhere may see it.
    public: bool,
}

impl Page {
    /// The page of what that recorder recorded; for callers on this machine, or on a listener of its own for everybody.
    pub(super) fn new(handle: PrometheusHandle, public: bool) -> Self {
        let render =
            async move || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render());
        Self { router: Router::new().route(PATH, get(render)), public }
    }

    /// Whether this request asks for the page and may see it. To others there is no such page.
    pub(super) fn answers<B>(&self, request: &Request<B>, peer: SocketAddr) -> bool {
        request.uri().path() == PATH
            && request.method() == Method::GET
            && (self.public || (peer.ip().to_canonical().is_loopback() && !is_forwarded(request)))
    }
}

fn is_forwarded<B>(request: &Request<B>) -> bool {
    FORWARDED.iter().any(|name| request.headers().contains_key(*name))
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    fn answers(public: bool, path: &str, peer: &str, header: Option<&str>) -> bool {
        let page = Page::new(PrometheusBuilder::new().build_recorder().handle(), public);
        let mut request = Request::builder().uri(path);
        if let Some(name) = header {
            request = request.header(name, "203.0.113.7");
        }
        page.answers(&request.body(()).unwrap(), peer.parse().unwrap())
    }

    #[test]
    fn only_callers_on_this_machine_see_the_page_on_the_main_listener() {
        assert!(answers(false, "/metrics", "127.0.0.1:5000", None));
        assert!(answers(false, "/metrics", "[::1]:5000", None));
        assert!(answers(false, "/metrics", "[::ffff:127.0.0.1]:5000", None));
        assert!(!answers(false, "/metrics", "203.0.113.7:5000", None));
        assert!(!answers(false, "/metrics", "127.0.0.1:5000", Some("x-forwarded-for")));
        assert!(!answers(false, "/metrics", "127.0.0.1:5000", Some("forwarded")));
        assert!(!answers(false, "/users", "127.0.0.1:5000", None));
    }

    #[test]
    fn a_listener_of_its_own_serves_everybody() {
        assert!(answers(true, "/metrics", "203.0.113.7:5000", None));
        assert!(!answers(true, "/", "203.0.113.7:5000", None));
    }
}
