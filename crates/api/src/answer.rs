//! Successful responses.

use app::events::{Found, Shown};
use app::{Listing, Reply, Success};
use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG, LINK};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};

use crate::link;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Says that the response was recorded earlier under the request's idempotency key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Room for our own headers and those of the server.
const HEADERS: usize = 12;

/// JSON text as it is.
pub(crate) fn json(body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(CONTENT_TYPE, JSON);
    *response.headers_mut() = headers;
    response
}

/// What a use case replied.
pub(crate) fn reply(reply: Reply) -> Response {
    let mut response = reply.body.map_or_else(Response::default, json);
    if reply.success == Success::Created {
        *response.status_mut() = StatusCode::CREATED;
    }
    let headers = response.headers_mut();
    if let Some(Ok(etag)) = reply.version.map(|version| HeaderValue::try_from(format!("\"{version}\""))) {
        headers.insert(ETAG, etag);
    }
    if reply.replayed {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// A list as a bare array, with a link to the next page (RFC 8288).
pub(crate) fn array(listing: &Listing, uri: &Uri, limit: usize) -> Response {
    let mut body = String::new();
    join(&mut body, &listing.items);
    let mut response = json(body);
    let next = listing.next.as_ref().map(|cursor| link::next(uri, cursor, limit));
    if let Some(Ok(link)) = next.map(HeaderValue::try_from) {
        response.headers_mut().insert(LINK, link);
    }
    response
}

/// A list of orders, with the next page's cursor beside it.
pub(crate) fn orders(listing: &Listing) -> Response {
    let mut body = String::from("{\"orders\":");
    join(&mut body, &listing.items);
    if let Some(cursor) = &listing.next {
        body.push_str(",\"nextCursor\":");
        body.push_str(&serde_json::Value::from(cursor.as_str()).to_string());
    }
    body.push('}');
    json(body)
}

/// Events that were found, with the next page's cursor beside them.
pub(crate) fn events(found: &Found) -> Response {
    let shown = |shown: &Shown| format!("{{\"position\":{},\"event\":{}}}", shown.position, shown.event);
    let mut body = String::from("{\"events\":");
    join(&mut body, &found.events.iter().map(shown).collect::<Vec<_>>());
    if let Some(cursor) = found.next {
        body.push_str(&format!(",\"nextCursor\":\"{cursor}\""));
    }
    body.push('}');
    json(body)
}

fn join(body: &mut String, items: &[String]) {
    let room = items.iter().map(|item| item.len().saturating_add(1)).fold(2_usize, usize::saturating_add);
    body.reserve(room);
    body.push('[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            body.push(',');
        }
        body.push_str(item);
    }
    body.push(']');
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn text(response: Response) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    fn listing(items: &[&str], next: Option<&str>) -> Listing {
        Listing { items: items.iter().map(|&item| item.to_owned()).collect(), next: next.map(str::to_owned) }
    }

    #[tokio::test]
    async fn a_reply_has_its_status_and_etag() {
        let made = Reply { success: Success::Created, body: Some("{}".into()), version: Some(7), replayed: true };
        let response = reply(made);
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()[ETAG], "\"7\"");
        assert_eq!(response.headers()[REPLAYED], "true");
        assert_eq!(text(response).await, "{}");
    }

    #[tokio::test]
    async fn a_reply_without_a_body_is_empty() {
        let response = reply(Reply { success: Success::Ok, body: None, version: None, replayed: false });
        assert!(response.headers().is_empty());
        assert_eq!(text(response).await, "");
    }

    #[tokio::test]
    async fn lists_are_joined_as_they_are() {
        let uri = Uri::from_static("/users");
        let full = array(&listing(&["{\"a\":1}", "{}"], Some("c")), &uri, 2);
        assert_eq!(full.headers()[LINK], "</users?cursor=c&limit=2>; rel=\"next\"");
        assert_eq!(text(full).await, "[{\"a\":1},{}]");
        let empty = array(&listing(&[], None), &uri, 2);
        assert!(!empty.headers().contains_key(LINK));
        assert_eq!(text(empty).await, "[]");
        assert_eq!(text(orders(&listing(&["{}"], Some("c\"")))).await, r#"{"orders":[{}],"nextCursor":"c\""}"#);
    }
}
