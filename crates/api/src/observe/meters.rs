//! Metrics of requests, through the `metrics` facade. The handles are kept, so that counting makes no labels. They stay those of
//! the recorder that was installed when a route was first asked for: install it before serving.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use metrics::{Counter, Histogram, counter, histogram};

/// The meters of all routes. Routes, methods and statuses are few, and so are these.
#[derive(Default)]
pub(super) struct Meters {
    routes: RwLock<HashMap<String, Vec<Meter>>>,
}

/// What is counted of a route, a method and a status.
struct Meter {
    method: &'static str,
    status: u16,
    requests: Counter,
    seconds: Histogram,
    /// The business counters, where the route has them: requests, and those that were refused or failed.
    processed: Option<Counter>,
    errors: Option<Counter>,
}

impl Meters {
    /// Counts a request.
    pub(super) fn record(&self, method: &'static str, route: &str, status: u16, latency: Duration) {
        if self.count(method, route, status, latency) {
            return;
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let meters = routes.entry(route.to_owned()).or_default();
        if !meters.iter().any(|meter| meter.is_of(method, status)) {
            meters.push(Meter::new(method, route, status));
        }
        drop(routes);
        self.count(method, route, status, latency);
    }

    /// Counts with a meter that is there already.
    fn count(&self, method: &str, route: &str, status: u16, latency: Duration) -> bool {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let Some(meter) = routes.get(route).and_then(|meters| meters.iter().find(|meter| meter.is_of(method, status)))
        else {
            return false;
        };
        meter.count(latency);
        true
    }
}

impl Meter {
    fn new(method: &'static str, route: &str, status: u16) -> Self {
        let route_label = route.to_owned();
        let business = business(route);
        Self {
            method,
            status,
            requests: counter!(
                "http_requests_total", "method" => method, "route" => route_label.clone(), "status" => status.to_string()
            ),
            seconds: histogram!("http_request_duration_seconds", "method" => method, "route" => route_label),
            processed: business.map(|(processed, _)| counter!(processed)),
            errors: business.filter(|_| status >= 400).map(|(_, errors)| counter!(errors)),
        }
    }

    fn is_of(&self, method: &str, status: u16) -> bool {
        self.status == status && self.method == method
    }

    fn count(&self, latency: Duration) {
        self.requests.increment(1);
        self.seconds.record(latency);
        if let Some(processed) = &self.processed {
            processed.increment(1);
        }
        if let Some(errors) = &self.errors {
            errors.increment(1);
        }
    }
}

/// The names by which the contract counts a route's requests and errors. An error is any response of 400 and above: the
/// originals counted every exception, and refusals were exceptions there.
fn business(route: &str) -> Option<(&'static str, &'static str)> {
    if route.ends_with("/bookings") || route.contains("/bookings/") {
        Some(("ProcessedBookings", "BookingsErrors"))
    } else if route.contains("/resources") {
        Some(("ProcessedResources", "ResourcesErrors"))
    } else if route.starts_with("/locations") {
        Some(("ProcessedLocations", "LocationsErrors"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_count_for_the_contracts_domains() {
        for (route, processed) in [
            ("/locations", Some("ProcessedLocations")),
            ("/locations/{locationID}", Some("ProcessedLocations")),
            ("/locations/{locationID}/resources/{resourceID}", Some("ProcessedResources")),
            ("/locations/{locationID}/resources/{resourceID}/availability", Some("ProcessedResources")),
            ("/locations/{locationID}/resources/{resourceID}/bookings", Some("ProcessedBookings")),
            ("/users/{userid}/bookings/{bookingID}", Some("ProcessedBookings")),
            ("/users/{userid}", None),
            ("/orders", None),
        ] {
            assert_eq!(business(route).map(|(processed, _)| processed), processed, "{route}");
        }
    }

    #[test]
    fn a_meter_is_made_once() {
        let meters = Meters::default();
        for status in [200, 200, 404] {
            meters.record("GET", "/orders", status, Duration::ZERO);
        }
        assert_eq!(meters.routes.read().unwrap()["/orders"].len(), 2);
    }
}
