//! The conformance suite on DynamoDB Local, the engine that AWS hands out: a second opinion. `cargo xtask dynamodb-local` runs it.
//!
//! The version that can be had from a package registry is of 2020. What its limits do not allow is in [`LEFT_OUT`].

#![cfg(test)]

use std::sync::Arc;

use store::conformance::Subject;
use store::conformance::histories::{Ties, compare};

use engine::{Tables, tables};

#[path = "it/sizes.rs"]
mod sizes;

/// Tables of their own on the one engine.
mod engine {
    use std::process;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws::dynamodb::DynamoStore;
    use aws::dynoxide::client;
    use aws_sdk_dynamodb::Client;
    use store::conformance::ManualClock;

    /// Where DynamoDB Local listens.
    const URL: &str = "FRONTDESK_TEST_DYNAMODB_LOCAL";

    /// Stores made so far by this process.
    static MADE: AtomicUsize = AtomicUsize::new(0);

    pub(crate) struct Tables {
        pub(crate) store: DynamoStore,
        pub(crate) clock: Arc<ManualClock>,
        pub(crate) raw: Client,
        pub(crate) prefix: String,
        pub(crate) engine: (),
    }

    #[expect(clippy::disallowed_methods, reason = "the engine runs before the tests do")]
    pub(crate) async fn tables() -> Tables {
        let url = std::env::var(URL).expect("cargo xtask dynamodb-local sets where DynamoDB Local listens");
        let prefix = format!("t{}-{}-", process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let (clock, raw) = (ManualClock::new(), client(&url));
        let store = DynamoStore::new(raw.clone(), &prefix, Arc::clone(&clock) as Arc<_>);
        store.create_tables().await.unwrap();
        Tables { store, clock, raw, prefix, engine: () }
    }
}

/// Cases that are not run here, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("a_commit_of_the_largest_number_passes", "a transaction has at most 10 items"),
    ("a_commit_too_large_is_refused", "a transaction has at most 10 items"),
    ("guards_count_as_items", "a transaction has at most 10 items"),
    ("many_are_read_in_the_order_asked_for", "a transaction has at most 10 items"),
    ("large_events_are_relayed_read_and_removed", "a transaction has at most 10 items"),
    ("imported_items_are_there_as_they_are", "an attribute cannot be an empty string"),
    ("random_items_survive_a_transfer", "an attribute cannot be an empty string"),
    ("no_update_is_lost", "it is too slow for 64 writers of one item to have their turns within two seconds"),
    ("equal_times_are_told_apart_by_key", "DynamoDB does not say in which order an index lists equal keys"),
];

async fn make() -> Subject {
    let Tables { store, clock, .. } = tables().await;
    Subject::new(Arc::new(store), clock, ())
}

store::conformance!(crate::make, items:
    an_item_is_absent_then_there_then_gone, public_and_private_attributes_come_back, odd_keys_are_kept_apart,
    odd_texts_come_back, sort_numbers_may_be_of_any_size, a_large_item_comes_back, every_table_holds_items,
    tables_are_apart, many_are_read_from_one_moment, a_key_must_fit_its_table, the_store_answers);
store::conformance!(crate::make, versions:
    a_new_item_has_the_time, an_update_has_a_greater_version, a_clock_that_goes_back_does_no_harm,
    a_removed_key_never_repeats_a_version, a_removed_key_never_repeats_a_version_when_the_clock_goes_back,
    a_swept_key_never_repeats_a_version, the_version_that_was_promised_is_stored);
store::conformance!(crate::make, commits:
    a_refusal_changes_nothing, a_refusal_may_record_itself, a_commit_is_all_or_nothing, an_error_changes_nothing,
    a_put_of_an_unloaded_key_inserts, a_put_of_an_unloaded_key_replaces_nothing, a_delete_must_be_loaded,
    a_delete_of_nothing_is_fine, a_key_is_written_once, keys_are_loaded_in_rounds, rounds_are_bounded,
    what_was_not_loaded_cannot_be_used, a_panic_fails_its_command_alone, a_decision_sees_the_time);
store::conformance!(crate::make, limits:
    too_many_writes_are_refused, too_many_keys_are_refused, an_item_too_large_is_refused,
    an_item_that_dynamodb_counts_larger_is_refused);
store::conformance!(crate::make, concurrency:
    one_insert_wins, what_was_loaded_is_guarded, sums_stay_whole, acknowledged_writes_are_seen);
store::conformance!(crate::make, lists:
    a_partition_is_listed_in_order, ranges_of_numbers, ranges_of_texts, pages_cover_a_partition,
    a_cursor_outlives_its_item, a_cursor_outside_the_range_does_no_harm, a_scan_finds_each_item,
    a_scan_goes_on_behind_a_removed_item, a_page_of_large_items_ends_early, pages_of_large_items_cover_a_partition, lists_that_do_not_fit_are_refused);
store::conformance!(crate::make, indexes:
    an_index_lists_by_time, an_index_follows_changes, an_index_without_sort, ranges_of_an_index,
    items_without_the_attributes_are_not_listed);
store::conformance!(crate::make, expiry: only_expired_items_are_swept, sweeping_is_bounded, other_tables_are_not_swept);
store::conformance!(crate::make, log:
    every_event_gets_a_position, relays_that_race_lose_and_double_nothing, an_erased_event_is_passed_over, the_start_is_trimmed);
store::conformance!(crate::make, transfer:
    what_was_imported_goes_on, an_item_without_a_version_stays_without,
    importing_replaces_and_repeats, a_removed_key_can_be_imported, records_are_checked, an_export_has_every_item_once);

#[test]
fn random_histories() {
    compare(Ties::None, make);
}

#[test]
fn nothing_is_left_out_silently() {
    let (suite, here) = (include_str!("../../store/src/conformance.rs"), include_str!("dynamodb_local.rs"));
    let list = suite.split("($make:path) => {").nth(1).unwrap().split("#[test]").next().unwrap();
    let words = |text: &'static str| text.split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
    let mut cases = 0;
    for case in words(list).filter(|word| word.contains('_')) {
        cases += 1;
        assert!(words(here).any(|word| word == case), "{case} is neither run nor left out with a reason");
    }
    println!("{} of {cases} cases are left out: {LEFT_OUT:?}", LEFT_OUT.len());
    assert!(cases > 60, "the suite's list was not understood: {cases}");
}
