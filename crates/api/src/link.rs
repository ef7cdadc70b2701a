//! The link to the next page of a list (RFC 8288).

use std::fmt::Write;

use http::Uri;

/// What stays as it is besides letters and digits: in a path that is encoded already, in such a pair of the query, in a plain
/// value (the unreserved characters of RFC 3986, section 2.3).
const PATH: &[u8] = b"-._~%/@:,+";
const PAIR: &[u8] = b"-._~%=+:,";
const VALUE: &[u8] = b"-._~";

/// The value of `Link` for the page behind a cursor: the request's own path and query with the cursor and the limit in it.
pub(crate) fn next(uri: &Uri, cursor: &str, limit: usize) -> String {
    let mut link = String::from("<");
    escape(&mut link, uri.path(), PATH);
    link.push('?');
    for pair in uri.query().unwrap_or_default().split('&') {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        if !matches!(name, "" | "cursor" | "limit") {
            escape(&mut link, pair, PAIR);
            link.push('&');
        }
    }
    link.push_str("cursor=");
    escape(&mut link, cursor, VALUE);
    let _ = write!(link, "&limit={limit}>; rel=\"next\"");
    link
}

/// Appends text, all but letters, digits and `kept` percent-encoded.
fn escape(target: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            target.push(char::from(byte));
        } else {
            let _ = write!(target, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(uri: &'static str, cursor: &str) -> String {
        next(&Uri::from_static(uri), cursor, 50)
    }

    #[test]
    fn other_parameters_are_kept() {
        let wanted = "</users/a%20b/bookings?status=all&x=1%2B1&cursor=new&limit=50>; rel=\"next\"";
        assert_eq!(link("/users/a%20b/bookings?limit=3&status=all&cursor=old&x=1%2B1", "new"), wanted);
    }

    #[test]
    fn a_cursor_is_escaped() {
        assert_eq!(link("/users", "a+b/=&>"), "</users?cursor=a%2Bb%2F%3D%26%3E&limit=50>; rel=\"next\"");
    }

    #[test]
    fn nothing_ends_the_link_early() {
        let uri: Uri = "/users?x=%3E;rel=a".parse().unwrap();
        assert_eq!(next(&uri, "c", 1), "</users?x=%3E%3Brel=a&cursor=c&limit=1>; rel=\"next\"");
    }
}
