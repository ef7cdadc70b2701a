//! GET /docs: Swagger UI, from files in the binary.

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use utoipa_swagger_ui::Config;

use crate::problem::{Answer, Problem};

/// Everything comes from here; the page's styles are partly in the page.
const POLICY: &str =
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/// Read this document
///
/// A page for browsers; it needs no network but this server.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "GetReference",
    tag = "service",
    security(()),
    responses((status = 303, description = "The page is at `docs/`."))
)]
pub(crate) async fn get_reference() -> Response {
    // Relative, so that it holds under a base path and behind proxies.
    (StatusCode::SEE_OTHER, [(LOCATION, "docs/")]).into_response()
}

pub(super) async fn index() -> Answer {
    serve("index.html")
}

pub(super) async fn file(Path(file): Path<String>) -> Answer {
    serve(&file)
}

fn serve(file: &str) -> Answer {
    let config = Config::new(["../openapi.json"]).validator_url("none").try_it_out_enabled(true);
    let found = utoipa_swagger_ui::serve(file, Arc::new(config));
    let found = found.map_err(|error| Problem::internal(format!("{file}: {error}")))?;
    let page = found.ok_or_else(Problem::no_route)?;
    let body = match page.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let headers = [(CACHE_CONTROL, "public, max-age=3600"), (CONTENT_SECURITY_POLICY, POLICY)];
    let mut response = (headers, [(CONTENT_TYPE, page.content_type)], body).into_response();
    if page.gzpipped {
        response.headers_mut().insert(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
