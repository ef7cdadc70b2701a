//! The suite that every adapter passes: one named test a case, and random histories compared with a plain model.
//!
//! An adapter's tests say `store::conformance!(crate::path::to::make);`, where `make` is an async function without arguments that
//! returns a fresh, empty [`Subject`]. Lists by an index may lag on some stores, so cases look at them through [`eventually`].

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a case that fails is a test that fails")]

pub mod commits;
pub mod concurrency;
pub mod expiry;
pub mod histories;
pub mod indexes;
pub mod items;
pub mod limits;
pub mod lists;
pub mod log;
mod model;
mod subject;
pub mod transfer;
pub mod versions;

pub use self::model::Model;
pub use self::subject::{ManualClock, Subject, document, eventually};

/// Makes one test of each case for the adapter whose subjects the function makes.
#[macro_export]
macro_rules! conformance {
    ($make:path) => {
        $crate::conformance!($make, items:
            an_item_is_absent_then_there_then_gone, public_and_private_attributes_come_back, odd_keys_are_kept_apart,
            odd_texts_come_back, sort_numbers_may_be_of_any_size, a_large_item_comes_back, every_table_holds_items,
            tables_are_apart,
            many_are_read_in_the_order_asked_for, many_are_read_from_one_moment, a_key_must_fit_its_table, the_store_answers);
        $crate::conformance!($make, versions:
            a_new_item_has_the_time, an_update_has_a_greater_version, a_clock_that_goes_back_does_no_harm,
            a_removed_key_never_repeats_a_version, a_removed_key_never_repeats_a_version_when_the_clock_goes_back,
            a_swept_key_never_repeats_a_version, the_version_that_was_promised_is_stored);
        $crate::conformance!($make, commits:
            a_refusal_changes_nothing, a_refusal_may_record_itself, a_commit_is_all_or_nothing, an_error_changes_nothing,
            a_put_of_an_unloaded_key_inserts, a_put_of_an_unloaded_key_replaces_nothing, a_delete_must_be_loaded,
            a_delete_of_nothing_is_fine, a_key_is_written_once, keys_are_loaded_in_rounds, rounds_are_bounded,
            what_was_not_loaded_cannot_be_used, a_panic_fails_its_command_alone, a_decision_sees_the_time);
        $crate::conformance!($make, limits:
            a_commit_of_the_largest_number_passes, too_many_writes_are_refused, too_many_keys_are_refused,
            guards_count_as_items, an_item_too_large_is_refused,
            an_item_that_dynamodb_counts_larger_is_refused, a_commit_too_large_is_refused);
        $crate::conformance!($make, concurrency:
            no_update_is_lost, one_insert_wins, what_was_loaded_is_guarded, sums_stay_whole, acknowledged_writes_are_seen);
        $crate::conformance!($make, lists:
            a_partition_is_listed_in_order, ranges_of_numbers, ranges_of_texts, pages_cover_a_partition,
            a_cursor_outlives_its_item, a_cursor_outside_the_range_does_no_harm, a_scan_finds_each_item,
            a_scan_goes_on_behind_a_removed_item, a_page_of_large_items_ends_early, pages_of_large_items_cover_a_partition, lists_that_do_not_fit_are_refused);
        $crate::conformance!($make, indexes:
            an_index_lists_by_time, an_index_follows_changes, an_index_without_sort, equal_times_are_told_apart_by_key,
            ranges_of_an_index, items_without_the_attributes_are_not_listed);
        $crate::conformance!($make, log:
            every_event_gets_a_position, relays_that_race_lose_and_double_nothing, an_erased_event_is_passed_over, the_start_is_trimmed,
            large_events_are_relayed_read_and_removed);
        $crate::conformance!($make, transfer:
            imported_items_are_there_as_they_are, what_was_imported_goes_on, an_item_without_a_version_stays_without,
            importing_replaces_and_repeats, a_removed_key_can_be_imported, records_are_checked, an_export_has_every_item_once);
        $crate::conformance!($make, expiry: only_expired_items_are_swept, sweeping_is_bounded, other_tables_are_not_swept);
        #[test]
        fn random_histories() {
            $crate::conformance::histories::compare($crate::conformance::histories::Ties::Some, || $make());
        }
        #[test]
        fn random_items_survive_a_transfer() {
            $crate::conformance::transfer::survive(|| $make());
        }
    };
    ($make:path, $group:ident: $($case:ident),+) => {
        mod $group {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::conformance::$group::$case($make().await).await;
                }
            )+
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_is_in_the_list() {
        let list = include_str!("conformance.rs");
        let groups = [
            include_str!("conformance/commits.rs"),
            include_str!("conformance/concurrency.rs"),
            include_str!("conformance/expiry.rs"),
            include_str!("conformance/indexes.rs"),
            include_str!("conformance/items.rs"),
            include_str!("conformance/limits.rs"),
            include_str!("conformance/lists.rs"),
            include_str!("conformance/log.rs"),
            include_str!("conformance/transfer.rs"),
            include_str!("conformance/versions.rs"),
        ];
        let cases = groups.iter().flat_map(|group| group.split("pub async fn ").skip(1));
        for name in cases.map(|case| case.split('(').next().unwrap()) {
            assert!(list.contains(&format!("{name},")) || list.contains(&format!("{name})")), "{name} is in no list");
        }
    }
}
