//! What happens in the demo's year: who books what for when, and when they do so. The same for the same day.
//!
//! Whether a booking can be had is up to the rules, when it is asked for; what they refuse does not happen. People only look a little
//! whether a room is free.

use domain::order::object;
use domain::rules::Local;
use domain::time::Minute;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Map, Number, Value, json};

use super::SEED;
use super::venue::{Demand, Dish, Location, Person, Resource, Venue};
use crate::error::{Error, Outcome};
use crate::random::Random;

/// Days of bookings before today, and from today on.
pub(super) const HALF_YEAR: i64 = 182;
/// Days before the first booking on which some are made already.
const AHEAD: i64 = 30;
/// The first day on which anything is done, counted from today.
pub(super) const FIRST: i64 = -HALF_YEAR - AHEAD;
/// Days until today over which are spread what would only be booked later.
const RECENT: i64 = 60;

/// Times that somebody looks at before giving up.
const LOOKS: usize = 4;
/// Minutes that are left around a booking.
const MARGIN: i64 = 15;

/// Something that somebody does.
#[derive(Clone)]
pub(super) struct Deed {
    /// The day on which it is done, counted from today.
    pub(super) day: i64,
    /// What it goes to: deeds of one lane are done one after the other.
    pub(super) lane: usize,
    /// Who, by the place among the people.
    pub(super) person: usize,
    /// The booking's or the order's identifier.
    pub(super) id: String,
    pub(super) what: What,
}

/// What is done.
#[derive(Clone)]
pub(super) enum What {
    Book(Map<String, Value>),
    CancelBooking,
    /// An administrator approves the booking.
    Approve,
    /// An administrator declines the booking, and says why.
    Decline(&'static str),
    Order(Map<String, Value>),
    CancelOrder,
    /// An administrator takes the order on.
    AcknowledgeOrder,
}

/// The year around a day, in the order in which it is lived through.
pub(super) fn plan(venue: &Venue, today: Date) -> Outcome<Vec<Deed>> {
    let mut deeds = Vec::new();
    let resources = venue.locations.iter().flat_map(|location| location.resources.iter().map(move |of| (location, of)));
    let all: Vec<(&Location, &Resource)> = resources.collect();
    for (place, (location, resource)) in all.iter().enumerate() {
        let local = Local::named(location.zone()).map_err(Error::runtime("the demo has an unknown time zone"))?;
        let beside = resource.beside.as_ref().and_then(|id| all.iter().position(|(_, other)| other.id == *id));
        let lane = beside.unwrap_or(place);
        let is_single = resource.body.get("capacity").and_then(Value::as_i64) == Some(1);
        let calendar = Calendar { venue, location, resource, local, today, place, lane, is_single };
        for day in -HALF_YEAR..=HALF_YEAR {
            calendar.fill(day, &mut deeds);
        }
    }
    for day in -HALF_YEAR..=0 {
        order_lunch(venue, today, day, all.len(), &mut deeds);
    }
    // Stable, so that what comes first on a day stays first.
    deeds.sort_by_key(|deed| (deed.day, deed.lane));
    Ok(deeds)
}

/// A booking that is to be asked for.
struct Asked {
    /// The day that it is for, counted from today.
    day: i64,
    /// How many days before it is made.
    lead: i64,
    person: usize,
    id: String,
    wish: Map<String, Value>,
}

/// A resource's year.
struct Calendar<'a> {
    venue: &'a Venue,
    location: &'a Location,
    resource: &'a Resource,
    local: Local,
    today: Date,
    /// The resource's place among all.
    place: usize,
    /// What is booked together goes one after the other.
    lane: usize,
    /// Whether it is there but once.
    is_single: bool,
}

impl Calendar<'_> {
    /// The bookings for a day.
    fn fill(&self, day: i64, deeds: &mut Vec<Deed>) {
        let Ok(date) = self.today.checked_add(day.days()) else { return };
        let mut random = Random::of(&[SEED, 1, self.place as u64, day.cast_unsigned()]);
        let weekday = i64::from(date.weekday().to_monday_zero_offset());
        let mut taken = Vec::new();
        for (number, series) in self.resource.series.iter().enumerate() {
            if series.weekday == weekday {
                taken.push((series.at, series.at.saturating_add(series.minutes)));
                let wish = self.wish(date, series.at, series.minutes, 1, &series.title);
                let id = format!("{}-{date}-weekly-{number}", self.resource.id);
                let asked = Asked { day, lead: 14, person: series.person, id, wish };
                self.book(asked, &mut random, deeds);
            }
        }
        let demand = &self.resource.demand;
        let usual = usize::try_from(weekday).ok().and_then(|at| demand.weekdays.get(at)).copied().unwrap_or(0);
        let spread = if usual > 0 { random.between(-1, 1) } else { 0 };
        for number in 0..usual.saturating_add(spread) {
            let Some((at, minutes)) = self.some_time(&mut taken, &mut random) else { continue };
            let wish = self.some_wish(date, at, minutes, &mut random);
            let [least, most] = demand.lead;
            let (lead, person) = (random.between(least, most), self.somebody(&mut random));
            let id = format!("{}-{date}-{number}", self.resource.id);
            self.book(Asked { day, lead, person, id, wish }, &mut random, deeds);
        }
    }

    /// When and for how long; of what is there but once, a time that looks free.
    fn some_time(&self, taken: &mut Vec<(i64, i64)>, random: &mut Random) -> Option<(i64, i64)> {
        let Demand { starts, minutes, .. } = &self.resource.demand;
        for _ in 0..LOOKS {
            let (at, minutes) = (random.pick(starts).copied()?, random.pick(minutes).copied()?);
            let (from, to) = (at.saturating_sub(MARGIN), at.saturating_add(minutes).saturating_add(MARGIN));
            if !self.is_single || taken.iter().all(|&(start, end)| end <= from || to <= start) {
                taken.push((at, at.saturating_add(minutes)));
                return Some((at, minutes));
            }
        }
        None
    }

    fn some_wish(&self, date: Date, at: i64, minutes: i64, random: &mut Random) -> Map<String, Value> {
        let units = random.pick(&self.resource.demand.units).copied().unwrap_or(1);
        let mut wish = self.wish(date, at, minutes, units, &self.title(random));
        let note = random.pick(&self.venue.notes).filter(|_| random.percent(25));
        wish.extend(note.map(|note| ("notes".to_owned(), json!(note))));
        let guest = random.pick(&self.venue.people).filter(|_| random.percent(30));
        let guest = guest.map(|guest| json!([{"name": guest.name, "email": guest.email}]));
        wish.extend(guest.map(|guest| ("attendees".to_owned(), guest)));
        let beside = self.resource.beside.as_ref().filter(|_| random.percent(35));
        let beside = beside.map(|id| json!([{"resourceID": id, "units": 1}]));
        wish.extend(beside.map(|beside| ("additionalResources".to_owned(), beside)));
        wish
    }

    fn wish(&self, date: Date, at: i64, minutes: i64, units: i64, title: &str) -> Map<String, Value> {
        let start: Minute = self.local.minute(date, at);
        object(&json!({
            "resourceID": self.resource.id, "starttimeepochtime": start.epoch_seconds(), "durationMinutes": minutes,
            "units": units, "title": title,
        }))
    }

    fn book(&self, asked: Asked, random: &mut Random, deeds: &mut Vec<Deed>) {
        let Asked { day, lead, person, id, wish } = asked;
        let made = made(random, day, lead);
        let canceled = random.between(made.saturating_add(1), day.max(made.saturating_add(1)));
        let deed = |day, id, what| Deed { day, lane: self.lane, person, id, what };
        if random.percent(9) && canceled <= 0 {
            deeds.push(deed(canceled, id.clone(), What::CancelBooking));
        }
        if self.resource.body.contains_key("approvalRequired") {
            // Some are never looked at, and expire.
            let decided = match random.between(1, 10) {
                1 => Some(What::Decline("We keep this evening for the house.")),
                2 => None,
                _ => Some(What::Approve),
            };
            deeds.extend(
                decided.map(|what| deed(made.saturating_add(1), id.clone(), what)).filter(|deed| deed.day <= 0),
            );
        }
        deeds.push(deed(made, id, What::Book(wish)));
    }

    /// Mostly one of those who are at home there.
    fn somebody(&self, random: &mut Random) -> usize {
        let all = self.venue.people.iter().enumerate();
        let at_home = |person: &Person| person.home == self.location.id;
        let everybody = random.percent(8);
        let able: Vec<usize> = all.filter(|(_, one)| everybody || at_home(one)).map(|(place, _)| place).collect();
        random.pick(&able).copied().unwrap_or(0)
    }

    fn title(&self, random: &mut Random) -> String {
        let titles = self.venue.titles.get(&self.resource.kind).and_then(Value::as_array);
        let title = titles.and_then(|titles| random.pick(titles)).and_then(Value::as_str);
        title.unwrap_or("Reserved").to_owned()
    }
}

/// The day on which a booking for a day is made: so many days before, but not after today, nor before the first.
fn made(random: &mut Random, day: i64, lead: i64) -> i64 {
    let made = day.saturating_sub(lead);
    let recent = random.between(RECENT.saturating_neg(), 0);
    if made > 0 { recent } else { made.max(FIRST) }
}

/// What is ordered on a day: on weekdays, three times or so.
fn order_lunch(venue: &Venue, today: Date, day: i64, lane: usize, deeds: &mut Vec<Deed>) {
    let Some(date) = today.checked_add(day.days()).ok() else { return };
    let mut random = Random::of(&[SEED, 2, day.cast_unsigned()]);
    let orders = if date.weekday().to_monday_zero_offset() < 5 { random.between(1, 4) } else { 0 };
    for number in 0..orders {
        let people: Vec<usize> = (0..venue.people.len()).collect();
        let Some(&person) = random.pick(&people) else { continue };
        let id = format!("{date}-{number}");
        let deed = |day, what| Deed { day, lane, person, id: id.clone(), what };
        deeds.push(deed(day, What::Order(order(&mut random, &venue.menu, &id))));
        if random.percent(12) {
            deeds.push(deed(day, What::CancelOrder));
        } else if random.percent(92) && day < 0 {
            deeds.push(deed(day.saturating_add(1), What::AcknowledgeOrder));
        }
    }
}

/// An order of something from the menu.
pub(crate) fn order(random: &mut Random, menu: &[Dish], id: &str) -> Map<String, Value> {
    let mut cents: i64 = 0;
    let mut items = Vec::new();
    for _ in 0..random.between(1, 3) {
        let Some(dish) = random.pick(menu) else { continue };
        let quantity = random.between(1, 2);
        cents = cents.saturating_add(dish.cents.saturating_mul(quantity));
        items.push(json!({"id": dish.id, "name": dish.name, "price": money(dish.cents), "quantity": quantity}));
    }
    object(&json!({"orderId": id, "restaurantId": 1, "totalAmount": money(cents), "orderItems": items}))
}

/// Cents as a decimal number of the whole currency.
fn money(cents: i64) -> Number {
    let text = format!("{}.{:02}", cents.div_euclid(100), cents.rem_euclid(100));
    serde_json::from_str(&text).unwrap_or_else(|_| Number::from(0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(today: &str) -> Vec<Deed> {
        plan(&Venue::read().unwrap(), today.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_day_has_one_year_around_it() {
        let said = |deeds: Vec<Deed>| -> Vec<String> {
            let wish = |what: &What| match what {
                What::Book(wish) | What::Order(wish) => Value::Object(wish.clone()).to_string(),
                _ => String::new(),
            };
            deeds.iter().map(|deed| format!("{} {} {} {}", deed.day, deed.id, deed.person, wish(&deed.what))).collect()
        };
        assert_eq!(said(of("2026-11-20")), said(of("2026-11-20")));
        assert_ne!(said(of("2026-11-20")), said(of("2026-11-21")));
    }

    #[test]
    fn nothing_is_done_after_today_or_in_the_wrong_order() {
        let deeds = of("2027-03-01");
        assert!(deeds.iter().all(|deed| (FIRST..=0).contains(&deed.day)));
        let mut days = BTreeMap::<&str, Vec<i64>>::new();
        for deed in &deeds {
            days.entry(&deed.id).or_default().push(deed.day);
            assert!(days[deed.id.as_str()].len() == 1 || !matches!(deed.what, What::Book(_) | What::Order(_)));
        }
        assert!(days.values().all(|days| days.is_sorted() && days.len() <= 3));
        let booked = deeds.iter().filter(|deed| matches!(deed.what, What::Book(_))).count();
        assert!((5_000..15_000).contains(&booked), "{booked}");
    }

    #[test]
    fn money_is_decimal() {
        assert_eq!((money(320).to_string(), money(5).to_string()), ("3.20".to_owned(), "0.05".to_owned()));
    }
}
