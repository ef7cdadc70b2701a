//! Metrics as log lines, in CloudWatch's embedded metric format: a function has nobody who could come and read a page. Only what the
//! contract names is counted so; each metric costs.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use serde_json::{Map, Value, json};

/// The metrics that functions report, all of them counts.
pub const BUSINESS_METRICS: [&str; 9] = [
    "SuccessfulOrder",
    "OrderTotal",
    "ProcessedLocations",
    "ProcessedResources",
    "ProcessedBookings",
    "LocationsErrors",
    "ResourcesErrors",
    "BookingsErrors",
    "DeadLetters",
];

/// Values of one metric that one line may have, by the format's specification.
const VALUES: usize = 100;
/// Values that are kept until they are written.
const KEPT: usize = 10_000;

/// A recorder whose metrics become log lines.
#[derive(Clone, Debug)]
pub struct EmfMetrics {
    namespace: Arc<str>,
    service: Arc<str>,
    measured: Arc<[Arc<Measured>]>,
}

/// What was measured since the last line.
#[derive(Debug)]
struct Measured {
    name: &'static str,
    count: AtomicU64,
    values: Mutex<Vec<f64>>,
}

impl EmfMetrics {
    /// A recorder of metrics in that namespace, of that service.
    pub fn new(namespace: &str, service: &str) -> Self {
        let measure = |name| Arc::new(Measured { name, count: AtomicU64::new(0), values: Mutex::default() });
        Self { namespace: namespace.into(), service: service.into(), measured: BUSINESS_METRICS.map(measure).into() }
    }

    /// What was measured since the last call, as lines, each with its line break; none when there was nothing.
    pub fn take(&self, now: Timestamp) -> Vec<String> {
        let taken: Vec<(&str, Vec<Value>)> = self.measured.iter().map(|one| (one.name, one.take())).collect();
        let longest = taken.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        (0..longest).step_by(VALUES).map(|from| self.line(now, &taken, from)).collect()
    }

    fn line(&self, now: Timestamp, taken: &[(&str, Vec<Value>)], from: usize) -> String {
        let (mut metrics, mut members) = (Vec::new(), Map::new());
        members.insert("service".to_owned(), Value::from(self.service.as_ref()));
        for (name, values) in taken {
            let some: Vec<Value> = values.iter().skip(from).take(VALUES).cloned().collect();
            if some.is_empty() {
                continue;
            }
            metrics.push(json!({"Name": name, "Unit": "Count"}));
            let value = if let [one] = some.as_slice() { one.clone() } else { Value::Array(some) };
            members.insert((*name).to_owned(), value);
        }
        let directive = json!({"Namespace": self.namespace, "Dimensions": [["service"]], "Metrics": metrics});
        let about = json!({"Timestamp": now.as_millisecond(), "CloudWatchMetrics": [directive]});
        members.insert("_aws".to_owned(), about);
        format!("{}\n", Value::Object(members))
    }

    fn find(&self, key: &Key) -> Option<Arc<Measured>> {
        self.measured.iter().find(|measured| measured.name == key.name()).cloned()
    }
}

impl Measured {
    fn take(&self) -> Vec<Value> {
        let count = Some(self.count.swap(0, Ordering::Relaxed)).filter(|count| *count > 0);
        let values = mem::take(&mut *self.values.lock().unwrap_or_else(PoisonError::into_inner));
        count.map(Value::from).into_iter().chain(values.into_iter().map(Value::from)).collect()
    }
}

impl CounterFn for Measured {
    fn increment(&self, value: u64) {
        self.count.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.count.store(value, Ordering::Relaxed);
    }
}

impl HistogramFn for Measured {
    fn record(&self, value: f64) {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if values.len() < KEPT {
            values.push(value);
        }
    }
}

impl Recorder for EmfMetrics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        self.find(key).map_or_else(Counter::noop, Counter::from_arc)
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.find(key).map_or_else(Histogram::noop, Histogram::from_arc)
    }
}

#[cfg(test)]
mod tests {
    use metrics::{counter, histogram, with_local_recorder};

    use super::*;

    fn lines(emf: &EmfMetrics) -> Vec<Value> {
        let lines = emf.take(Timestamp::UNIX_EPOCH);
        lines.iter().map(|line| serde_json::from_str(line.trim_end()).unwrap()).collect()
    }

    #[test]
    fn what_the_contract_names_is_written_once() {
        let emf = EmfMetrics::new("Shop", "desk");
        with_local_recorder(&emf, || {
            counter!("SuccessfulOrder").increment(1);
            counter!("SuccessfulOrder").increment(1);
            histogram!("OrderTotal").record(12.5);
            counter!("http_requests_total", "route" => "/orders").increment(7);
        });
        let expected = json!([{
            "service": "desk", "SuccessfulOrder": 2, "OrderTotal": 12.5,
            "_aws": {"Timestamp": 0, "CloudWatchMetrics": [{
                "Namespace": "Shop", "Dimensions": [["service"]],
                "Metrics": [{"Name": "SuccessfulOrder", "Unit": "Count"}, {"Name": "OrderTotal", "Unit": "Count"}],
            }]},
        }]);
        assert_eq!(Value::Array(lines(&emf)), expected);
        assert!(lines(&emf).is_empty());
    }

    #[test]
    fn a_line_has_no_more_values_than_it_may() {
        let emf = EmfMetrics::new("Shop", "desk");
        with_local_recorder(&emf, || (0..250).for_each(|_| histogram!("OrderTotal").record(1.0)));
        let counts = lines(&emf).iter().map(|line| line["OrderTotal"].as_array().unwrap().len()).collect::<Vec<_>>();
        assert_eq!(counts, [100, 100, 50]);
    }
}
