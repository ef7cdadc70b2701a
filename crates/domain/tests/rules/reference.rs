//! The reference: what the wall clock shows in each minute, and the rules as one reads them, minute by minute.

use std::collections::BTreeMap;

use domain::resource::Request;
use domain::rules::{Binding, Premises, Rules};
use domain::time::{DAY_MINUTES, Interval, Minute};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

/// What a resource and its location say, as JSON.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) zone: String,
    pub(crate) resource: Value,
    pub(crate) location: Value,
}

impl House {
    pub(crate) fn new(zone: &str, resource: Value) -> Self {
        Self { zone: zone.to_owned(), resource, location: json!({}) }
    }

    /// The rules as the product reads them, after it accepted them.
    pub(crate) fn binding(&self) -> Option<Binding> {
        let mut resource = self.resource.clone();
        resource["name"] = json!("R");
        let body = domain::json::object(resource.to_string().as_bytes()).unwrap();
        let request = Request::parse(body, &[]).unwrap();
        let stored = serde_json::to_string(&request.stamp("l", "r", Timestamp::UNIX_EPOCH)).unwrap();
        let rules: Rules = serde_json::from_str(&stored).unwrap();
        let mut location = self.location.clone();
        location["timeZone"] = json!(self.zone);
        let premises: Premises = serde_json::from_str(&location.to_string()).unwrap();
        Binding::new(rules, premises).unwrap()
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.resource.get(name).and_then(Value::as_i64)
    }
}

/// What the wall clock shows in each minute of a stretch of time.
pub(crate) struct Naive {
    first: Minute,
    shown: Vec<DateTime>,
    zone: TimeZone,
    /// When each local day begins.
    days: BTreeMap<Date, Minute>,
    pub(crate) open: Vec<bool>,
    /// For each minute, how many minutes before it are not open.
    closed_before: Vec<usize>,
}

impl Naive {
    /// Looks at every minute from days before to days after one.
    pub(crate) fn around(house: &House, minute: Minute, days: i64) -> Self {
        let zone = TimeZone::get(&house.zone).unwrap();
        let first = minute.plus(-days * DAY_MINUTES);
        let show = |offset| zone.to_datetime(Timestamp::from_second(first.plus(offset).epoch_seconds()).unwrap());
        let shown: Vec<DateTime> = (0..2 * days * DAY_MINUTES).map(show).collect();
        let open = vec![false; shown.len()];
        let mut naive = Self { first, shown, zone, days: BTreeMap::new(), open, closed_before: Vec::new() };
        let (from, to) = (naive.shown[0].date(), naive.shown[naive.shown.len() - 1].date());
        let dates = from.series(Span::new().days(1)).skip(1).take_while(|date| *date <= to);
        naive.days = dates.filter_map(|date| Some((date, naive.resolve(date, 0)?))).collect();
        naive.look(house);
        naive
    }

    pub(crate) fn window(&self) -> Interval {
        Interval::new(self.first, self.first.plus(self.shown.len() as i64))
    }

    /// The minutes of which everything is known: those of the days that are wholly seen.
    pub(crate) fn inner(&self) -> Interval {
        Interval::new(self.first.plus(2 * DAY_MINUTES), self.window().end.plus(-2 * DAY_MINUTES))
    }

    fn index(&self, minute: Minute) -> usize {
        usize::try_from(minute.0 - self.first.0).unwrap()
    }

    /// The first minute that shows a local time; where none does, the first that shows it moved on by what was skipped.
    pub(crate) fn resolve(&self, date: Date, minutes: i64) -> Option<Minute> {
        let wanted = date.at(0, 0, 0, 0) + Span::new().minutes(minutes);
        self.index_of(wanted).map(|index| self.first.plus(index as i64))
    }

    fn index_of(&self, wanted: DateTime) -> Option<usize> {
        // The wall clock never goes back by more than a day here, so only the minutes near can show it.
        let guess = self.zone.to_timestamp(wanted).map(Minute::containing).unwrap_or(self.first);
        let near = usize::try_from(guess.0 - self.first.0).ok()?;
        let range = near.saturating_sub(1500)..(near + 1500).min(self.shown.len());
        if let Some(found) = range.clone().find(|&index| self.shown[index] == wanted) {
            return Some(found);
        }
        let after =
            range.clone().skip(1).find(|&index| self.shown[index - 1] < wanted && wanted < self.shown[index])?;
        let skipped = self.shown[after].since((jiff::Unit::Minute, self.shown[after - 1])).unwrap().get_minutes() - 1;
        let moved = wanted + Span::new().minutes(skipped);
        range.skip_while(|&index| index < after).find(|&index| self.shown[index] == moved)
    }

    /// The local day in which a minute lies, by its beginning.
    pub(crate) fn date(&self, minute: Minute) -> Date {
        let shown = self.shown[self.index(minute)].date();
        let near = [shown.tomorrow().unwrap(), shown, shown.yesterday().unwrap()];
        near.into_iter().find(|date| self.days.get(date).is_some_and(|start| *start <= minute)).unwrap()
    }

    fn look(&mut self, house: &House) {
        let mut date = self.shown[0].date().tomorrow().unwrap();
        let last = self.shown[self.shown.len() - 1].date();
        while date < last {
            // What a skipped day moves on may lie behind the last minute that is seen.
            let behind = self.window().end;
            let (start, end) = (self.resolve(date, 0), self.resolve(date, DAY_MINUTES));
            let (start, end) = (start.unwrap_or(behind), end.unwrap_or(behind));
            let of_resource = marked(&hours(&house.resource, date));
            let of_location = marked(&hours(&house.location, date));
            // Hours are intersected on the wall clock, then become instants.
            for (from, to) in runs(&of_resource, &of_location) {
                let (from, to) = (self.resolve(date, from), self.resolve(date, to));
                let (from, to) = (from.unwrap_or(behind), to.unwrap_or(behind));
                for minute in from.max(start).0..to.min(end).0 {
                    let index = self.index(Minute(minute));
                    self.open[index] = true;
                }
            }
            date = date.tomorrow().unwrap();
        }
        let mut closed = 0;
        self.closed_before.push(0);
        for open in &self.open {
            closed += usize::from(!open);
            self.closed_before.push(closed);
        }
    }

    /// The rules that a booking breaks.
    pub(crate) fn broken(&self, house: &House, wanted: Interval, now: Timestamp) -> Vec<&'static str> {
        let mut broken = Vec::new();
        let mut rule = |name: &'static str, holds: bool| broken.extend((!holds).then_some(name));
        let minutes = wanted.minutes();
        rule("min-duration", house.number("minMinutes").is_none_or(|least| minutes >= least));
        rule("max-duration", house.number("maxMinutes").is_none_or(|most| minutes <= most));
        if let Some(grid) = house.number("slotGridMinutes") {
            rule("slot-grid", self.on_grid(wanted.start, grid) && self.on_grid(wanted.end, grid));
        }
        let notice = house.number("minNoticeMinutes").map(|minutes| now + Span::new().minutes(minutes));
        let start = Timestamp::from_second(wanted.start.epoch_seconds()).unwrap();
        rule("min-notice", notice.is_none_or(|notice| start >= notice));
        if let Some(days) = house.number("maxHorizonDays") {
            let behind = self.date(Minute::containing(now)) + Span::new().days(days + 1);
            rule("max-horizon", self.days.get(&behind).is_none_or(|end| wanted.end <= *end));
        }
        rule("open", self.is_open(wanted));
        broken
    }

    /// Whether all minutes of a booking are open.
    pub(crate) fn is_open(&self, wanted: Interval) -> bool {
        self.closed_before[self.index(wanted.start)] == self.closed_before[self.index(wanted.end)]
    }

    fn on_grid(&self, minute: Minute, grid: i64) -> bool {
        let shown = self.shown[self.index(minute)];
        let of_day = i64::from(shown.hour()) * 60 + i64::from(shown.minute());
        of_day % grid == 0 || self.days[&self.date(minute)] == minute
    }
}

/// When a resource or location is open on a date, as JSON says it.
fn hours(item: &Value, date: Date) -> Vec<Value> {
    let whole = || vec![json!({"opens": "00:00", "closes": "24:00"})];
    let day = |value: &Value| value.as_str().unwrap().parse::<Date>().unwrap();
    for exception in item["exceptions"].as_array().into_iter().flatten() {
        let last = exception.get("endDate").unwrap_or(&exception["startDate"]);
        if (day(&exception["startDate"])..=day(last)).contains(&date) {
            return exception["hours"].as_array().cloned().unwrap_or_default();
        }
    }
    let Some(week) = item.get("openingHours") else { return whole() };
    let name = format!("{:?}", date.weekday()).to_lowercase();
    week[name.as_str()].as_array().cloned().unwrap_or_default()
}

/// For each minute of the wall clock's day in how many of the hours it lies.
fn marked(hours: &[Value]) -> Vec<(i64, i64)> {
    let minutes = |value: &Value| {
        let (hours, minutes) = value.as_str().unwrap().split_once(':').unwrap();
        hours.parse::<i64>().unwrap() * 60 + minutes.parse::<i64>().unwrap()
    };
    hours.iter().map(|hours| (minutes(&hours["opens"]), minutes(&hours["closes"]))).collect()
}

/// The runs of minutes that lie in one of both lists each; those of one list that touch stay apart.
fn runs(one: &[(i64, i64)], other: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let of = |list: &[(i64, i64)], minute: i64| list.iter().position(|&(from, to)| from <= minute && minute < to);
    let mut found: Vec<((usize, usize), i64, i64)> = Vec::new();
    for minute in 0..DAY_MINUTES {
        let (Some(a), Some(b)) = (of(one, minute), of(other, minute)) else { continue };
        match found.last_mut() {
            Some((pair, _, end)) if *pair == (a, b) && *end == minute => *end = minute + 1,
            _ => found.push(((a, b), minute, minute + 1)),
        }
    }
    found.into_iter().map(|(_, from, to)| (from, to)).collect()
}
