//! The limit of reads: a bare axum route that returns the bytes and the headers that the product returned.

use std::fs;
use std::path::Path;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response};
use axum::routing::get;

use crate::Outcome;

/// Headers that the server adds by itself.
const OWN: [&str; 2] = ["content-length", "date"];

/// Serves the response in this file.
pub(crate) fn serve(response: &Path) -> Outcome {
    let text = fs::read_to_string(response)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("a response without a head")?;
    let headers = headers(head)?;
    let body = Bytes::from(body.to_owned());
    let answer = move || {
        let mut response = Response::new(Body::from(body.clone()));
        response.headers_mut().clone_from(&headers);
        std::future::ready(response)
    };
    super::runtime()?.block_on(super::serve(Router::new().route("/users/{userid}/bookings/{booking}", get(answer))))
}

pub(super) fn headers(head: &str) -> Outcome<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in head.split("\r\n").filter_map(|line| line.split_once(": ")) {
        if !OWN.iter().any(|own| name.eq_ignore_ascii_case(own)) {
            headers.append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
    }
    Ok(headers)
}
