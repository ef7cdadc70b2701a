//! Request ids: the client's when it is sane, else a new one.

use std::sync::atomic::{AtomicU64, Ordering};

use http::{HeaderMap, HeaderName, HeaderValue};
use uuid::{Builder, Uuid};

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST: usize = 128;

/// Makes request ids: UUIDs of version 8 (RFC 9562) whose first half is this process's own and whose second half counts. They
/// need to be unique, not to be secret; this spares every request the random generator.
pub(super) struct RequestIds {
    process: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(super) fn new(seed: Uuid) -> Self {
        let (process, start) = seed.as_u64_pair();
        Self { process, next: AtomicU64::new(start) }
    }

    /// The id of a request.
    pub(super) fn of(&self, headers: &HeaderMap) -> HeaderValue {
        match headers.get(REQUEST_ID) {
            Some(sent) if is_sane(sent) => sent.clone(),
            _ => self.make(),
        }
    }

    fn make(&self) -> HeaderValue {
        let count = self.next.fetch_add(1, Ordering::Relaxed);
        let bytes = Uuid::from_u64_pair(self.process, count).into_bytes();
        let mut buffer = Uuid::encode_buffer();
        let text = Builder::from_custom_bytes(bytes).into_uuid().hyphenated().encode_lower(&mut buffer);
        HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("none"))
    }
}

fn is_sane(sent: &HeaderValue) -> bool {
    (1..=LONGEST).contains(&sent.len()) && sent.as_bytes().iter().all(u8::is_ascii_graphic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(sent: Option<&str>) -> String {
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(sent.as_bytes()).unwrap());
        }
        let ids = RequestIds::new(Uuid::from_u128(7));
        ids.of(&headers).to_str().unwrap().to_owned()
    }

    #[test]
    fn a_sane_id_is_kept() {
        assert_eq!(id_for(Some("Root=1-67891233-abcdef")), "Root=1-67891233-abcdef");
    }

    #[test]
    fn any_other_is_replaced() {
        for sent in [None, Some(""), Some("a b"), Some("ü"), Some(&*"x".repeat(129))] {
            assert!(Uuid::try_parse(&id_for(sent)).is_ok(), "{sent:?}");
        }
    }

    #[test]
    fn ids_are_unique_also_when_the_count_starts_again() {
        let ids = RequestIds::new(Uuid::from_u64_pair(1, u64::MAX));
        assert_ne!(ids.make(), ids.make());
    }
}
