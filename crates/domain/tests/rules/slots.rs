//! The first slot, exact times and the plan of a calendar, against the naive reference.

use domain::availability::{Schedule, Wanted};
use domain::rules::{Local, stretches};
use domain::time::{DAY_MINUTES, Interval, Minute};
use proptest::prelude::*;

use crate::random::{calendar, cases, resource};
use crate::reference::Naive;

/// Minutes before and after the case's time in which slots are looked for.
const AROUND: i64 = 4_500;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_first_slot_is_the_first_minute_from_which_all_rules_accept_a_booking(case in cases(), steps in 1i64..40) {
        let binding = case.house.binding();
        let naive = Naive::around(&case.house, case.at, 9);
        let (ledger, free) = calendar(&case);
        let rules = resource(case.buffers);
        let grid = case.house.resource["slotGridMinutes"].as_i64();
        // On the grid mostly, on which alone slots are looked for.
        let minutes = grid.map_or(case.minutes, |grid| if steps % 5 == 0 { steps * 7 } else { steps % 8 * grid }).clamp(1, 6_000);
        let wanted = Wanted { minutes: Some(minutes), units: 1 };
        let window = Interval::new(case.at.plus(-AROUND), case.at.plus(AROUND));
        let local = Local::named(Some(&case.house.zone)).unwrap().prepared(window);
        let binding = binding.map(|binding| binding.on(&local));
        let schedule = Schedule { resource_id: "r", rules: &rules, binding: binding.as_ref(), now: case.now };
        let found = schedule.first(&ledger, window, wanted);
        let on_grid = grid.is_none_or(|grid| minutes % grid == 0);
        let first = (window.start.0..=window.end.0 - minutes)
            .map(|start| Interval::new(Minute(start), Minute(start + minutes)))
            .filter(|_| on_grid)
            .find(|slot| naive.is_open(*slot) && free(*slot) && naive.broken(&case.house, *slot, case.now).is_empty());
        prop_assert_eq!(found, first.map(|slot| (slot, 1)));
    }

    #[test]
    fn steps_lead_to_the_slot_that_the_whole_window_has(case in cases(), days in 0i64..60) {
        let binding = case.house.binding();
        let (ledger, _) = calendar(&case);
        let rules = resource(case.buffers);
        let schedule = Schedule { resource_id: "r", rules: &rules, binding: binding.as_ref(), now: case.now };
        let window = Interval::new(case.at.plus(-AROUND), case.at.plus(days * DAY_MINUTES));
        for minutes in [Some(case.minutes), None] {
            let wanted = Wanted { minutes, units: 1 };
            let steps: Vec<Interval> = schedule.steps(window, wanted).collect();
            prop_assert!(steps.len() <= 5 && steps.iter().all(|step| step.intersection(window) == *step));
            let found = steps.into_iter().find_map(|step| schedule.first(&ledger, step, wanted));
            prop_assert_eq!(found, schedule.first(&ledger, window, wanted));
        }
    }

    #[test]
    fn a_window_as_long_as_the_booking_is_free_exactly_when_it_is_accepted(case in cases(), shifts in prop::collection::vec(-90i64..90, 40)) {
        let binding = case.house.binding();
        let naive = Naive::around(&case.house, case.at, 9);
        let (ledger, free) = calendar(&case);
        let rules = resource(case.buffers);
        let schedule = Schedule { resource_id: "r", rules: &rules, binding: binding.as_ref(), now: case.now };
        for shift in shifts {
            let start = Minute((case.at.0 + shift * 15).div_euclid(15) * 15);
            let window = Interval::new(start, start.plus(case.minutes));
            let shown = schedule.free(&ledger, window, Wanted { minutes: Some(case.minutes), units: 1 });
            let accepted = free(window) && naive.broken(&case.house, window, case.now).is_empty();
            prop_assert_eq!(shown, if accepted { vec![(window, 1)] } else { Vec::new() });
        }
    }

    #[test]
    fn a_plan_says_of_every_minute_whether_it_is_in_use_and_open(case in cases(), start in -4_000i64..0, length in 1i64..4_000) {
        let binding = case.house.binding();
        let naive = Naive::around(&case.house, case.at, 9);
        let (ledger, free_at) = calendar(&case);
        let rules = resource((0, 0));
        let window = Interval::new(case.at.plus(start), case.at.plus(start + length));
        let local = Local::named(Some(&case.house.zone)).unwrap().prepared(window);
        let binding = binding.map(|binding| binding.on(&local));
        let schedule = Schedule { resource_id: "r", rules: &rules, binding: binding.as_ref(), now: case.now };
        let free = schedule.free(&ledger, window, Wanted { minutes: None, units: 1 });
        let plan = schedule.plan(&ledger, window, &free, (binding.as_ref(), &local));
        let unbuffered = case.buffers == (0, 0);
        let busy: Vec<Interval> = plan.busy.iter().map(|(stretch, _)| *stretch).collect();
        for minute in (window.start.0..window.end.0).map(|minute| Interval::new(Minute(minute), Minute(minute + 1))) {
            prop_assert_eq!(stretches::minutes(minute, &plan.closed) == 0, naive.is_open(minute));
            prop_assert!(!unbuffered || (stretches::minutes(minute, &busy) == 0) == free_at(minute));
        }
        let minutes = |of: fn(&domain::availability::PlannedDay) -> i64| plan.days.iter().map(of).sum::<i64>();
        prop_assert_eq!(minutes(|day| day.interval.minutes()), window.minutes());
        prop_assert_eq!(minutes(|day| day.free_minutes), free.iter().map(|(stretch, _)| stretch.minutes()).sum::<i64>());
        prop_assert_eq!(minutes(|day| day.open_minutes), window.minutes() - plan.closed.iter().map(|gap| gap.minutes()).sum::<i64>());
        for day in &plan.days {
            prop_assert_eq!(day.date, naive.date(day.interval.start));
        }
    }
}
