//! Query parameters. Unknown ones are ignored; of a parameter that is given twice, the first counts.

use std::ops::RangeInclusive;

use app::{AvailabilityQuery, BookingList};
use axum::extract::{FromRequestParts, Query};
use domain::availability::{MOST_MINUTES, Wanted, When};
use domain::limits::{CAPACITY, PAGE_ITEMS};
use domain::time::{MINUTE_SECONDS, Minute};
use domain::{Refusal, number};
use http::Uri;
use http::request::Parts;
use jiff::Timestamp;
use serde_json::Number;

use crate::problem::Problem;

/// The query parameters of a request.
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

/// Which page of a list is asked for.
pub(crate) struct Page<'a> {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<&'a str>,
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Box<Problem>;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Box<Problem>> {
        Ok(Self::read(&parts.uri)?)
    }
}

impl Parameters {
    fn read(uri: &Uri) -> Result<Self, Refusal> {
        let Query(pairs) =
            Query::try_from_uri(uri).map_err(|_| Refusal::invalid("?", "The query string cannot be read."))?;
        Ok(Self { pairs })
    }

    /// Those that there are, with names of the REST interface.
    #[cfg(feature = "graphql")]
    pub(crate) fn of(pairs: impl IntoIterator<Item = (&'static str, Option<String>)>) -> Self {
        let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self { pairs: pairs.collect() }
    }

    /// A parameter as text; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that may be given several times.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `limit` and `cursor`.
    pub(crate) fn page(&self) -> Result<Page<'_>, Refusal> {
        Ok(Page { limit: self.limit(PAGE_ITEMS)?.unwrap_or(PAGE_ITEMS), cursor: self.text("cursor") })
    }

    /// `limit`, from 1 to `most`.
    pub(crate) fn limit(&self, most: usize) -> Result<Option<usize>, Refusal> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(self.integer("limit", 1..=most)?.and_then(|limit| usize::try_from(limit).ok()))
    }

    /// `limit`, `cursor` and `status`, of which only `all` is known.
    pub(crate) fn bookings(&self) -> Result<BookingList<'_>, Refusal> {
        let Page { limit, cursor } = self.page()?;
        let all = match self.text("status") {
            None => false,
            Some("all") => true,
            Some(_) => return Err(Refusal::invalid("?status", "must be `all` when it is given")),
        };
        Ok(BookingList { all, limit, cursor })
    }

    /// What is asked of calendars, by one whom the soft rules bind or not.
    pub(crate) fn availability(&self, soft_rules: bool) -> Result<AvailabilityQuery, Refusal> {
        let range = (self.minute("from")?, self.minute("to")?);
        let minutes = self.integer("minutes", 1..=MOST_MINUTES)?;
        Ok(AvailabilityQuery {
            when: When::new(range, self.text("period"), self.text("date"))?,
            wanted: Wanted { minutes, units: self.integer("units", 1..=CAPACITY)?.unwrap_or(1) },
            first: self.flag("first")?,
            busy: self.flag("busy")?,
            soft_rules,
        })
    }

    /// A whole number in a range.
    pub(crate) fn integer(&self, name: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        number.map(Some).ok_or_else(|| {
            let (least, most) = range.into_inner();
            Refusal::invalid(format!("?{name}"), format!("must be a whole number from {least} to {most}"))
        })
    }

    /// `true` or `false`; false when absent.
    pub(crate) fn flag(&self, name: &str) -> Result<bool, Refusal> {
        match self.text(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::invalid(format!("?{name}"), "must be `true` or `false`")),
        }
    }

    /// An instant, as RFC 3339.
    pub(crate) fn instant(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let instant = self.text(name).map(str::parse).transpose();
        instant.map_err(|_| {
            let detail =
                "must be a time as RFC 3339 (`2027-01-31T09:30:00Z`; the `+` of an offset is `%2B` in a query)";
            Refusal::invalid(format!("?{name}"), detail)
        })
    }

    /// A whole minute, in epoch seconds or as RFC 3339.
    pub(crate) fn minute(&self, name: &str) -> Result<Option<Minute>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let seconds = epoch_seconds(text).or_else(|| instant_seconds(text));
        seconds.and_then(Minute::from_epoch_seconds).map(Some).ok_or_else(|| {
            let detail = "must be a whole minute from 1970 to 9999, in epoch seconds or as RFC 3339 (`2027-01-31T09:30:00Z`; \
                the `+` of an offset is `%2B` in a query)";
            Refusal::invalid(format!("?{name}"), detail)
        })
    }
}

/// Reads `1617278400`, and other ways to write that number in JSON.
fn epoch_seconds(text: &str) -> Option<i64> {
    let number: Number = text.parse().ok()?;
    number::canonical(number.as_str())?.parse().ok()
}

fn instant_seconds(text: &str) -> Option<i64> {
    let instant: Timestamp = text.parse().ok()?;
    let seconds = instant.as_second();
    (instant.subsec_nanosecond() == 0 && seconds.rem_euclid(MINUTE_SECONDS) == 0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Parameters {
        Parameters::read(&format!("/?{text}").parse().unwrap()).unwrap()
    }

    #[test]
    fn a_page_has_bounds() {
        assert_eq!(query("").page().unwrap().limit, PAGE_ITEMS);
        let query_of_two = query("limit=2&cursor=a%2Fb&unknown=1");
        let page = query_of_two.page().unwrap();
        assert_eq!((page.limit, page.cursor), (2, Some("a/b")));
        for bad in ["0", "1001", "-1", "x", "1.5", "99999999999999999999"] {
            assert_eq!(query(&format!("limit={bad}")).page().err().unwrap().errors[0].pointer, "?limit", "{bad}");
        }
    }

    #[test]
    fn the_status_is_all_or_nothing() {
        assert!(query("status=all").bookings().unwrap().all);
        assert!(!query("status=").bookings().unwrap().all);
        assert!(query("status=CONFIRMED").bookings().is_err());
    }

    #[test]
    fn a_minute_has_two_forms() {
        for text in ["1617278400", "1617278400.0", "2021-04-01T12:00:00Z", "2021-04-01T14:00:00%2B02:00"] {
            assert_eq!(query(&format!("from={text}")).minute("from").unwrap(), Some(Minute(26_954_640)), "{text}");
        }
        for text in [
            "1617278401",
            "2021-04-01T12:00:30Z",
            "2021-04-01T12:00:00.5Z",
            "noon",
            "e",
            ".",
            "-60",
            "+60",
            "253402300800",
        ] {
            assert!(query(&format!("from={text}")).minute("from").is_err(), "{text}");
        }
        assert_eq!(query("").minute("from").unwrap(), None);
    }

    #[test]
    fn a_flag_is_true_or_false() {
        assert!(query("cascade=true").flag("cascade").unwrap());
        assert!(!query("cascade=false").flag("cascade").unwrap());
        assert!(query("cascade=1").flag("cascade").is_err());
    }
}
