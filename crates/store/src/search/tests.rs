//! Tests of the search index.

use super::*;

fn event(position: i64, text: &str) -> Indexed {
    Indexed {
        position,
        id: format!("order/u/{position}"),
        kind: "frontdesk.order.placed".to_owned(),
        aggregate: format!("order/u/{}", position % 2),
        time: format!("2030-01-0{position}T00:00:00.000Z"),
        text: text.to_owned(),
    }
}

fn index(directory: &Path) -> SearchIndex {
    SearchIndex::open(&directory.join("search.db")).unwrap()
}

fn words(text: &str) -> Sought {
    Sought { words: text.split_whitespace().map(str::to_owned).collect(), limit: 10, ..Sought::default() }
}

fn found(index: &SearchIndex, sought: &Sought) -> Vec<i64> {
    index.find(sought).unwrap().into_iter().map(|(position, _)| position).collect()
}

fn filled(directory: &Path) -> SearchIndex {
    let index = index(directory);
    let texts = ["Tomato soup", "Soup of the day", "Crème brûlée", "a \"quoted\" word AND more"];
    let events: Vec<_> = (1..).zip(texts).map(|(position, text)| event(position, text)).collect();
    index.add(&events, index.position().unwrap(), 5).unwrap();
    index.add(&[event(9, "soup")], 3, 9).unwrap();
    index
}

#[test]
fn words_are_found_the_latest_first_and_mean_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let index = filled(directory.path());
    assert_eq!(found(&index, &words("soup")), [2, 1]);
    assert_eq!(found(&index, &words("tomato soup")), [1]);
    assert_eq!(found(&index, &words("tom*")), [1]);
    assert_eq!(found(&index, &words("creme")), [3], "without accents, too");
    assert_eq!(found(&index, &words("\"quoted\"")), [4]);
    for odd in ["AND", "OR (", "NEAR(", "text:soup", "\"", "*", "-", "a*b", "'; DROP TABLE words", "\u{0}"] {
        index.find(&words(odd)).unwrap();
    }
    assert_eq!(found(&index, &words("AND")), [4]);
    assert_eq!(found(&index, &words("")), [4, 3, 2, 1]);
}

#[test]
fn what_is_found_is_of_a_kind_an_aggregate_a_time_and_before_a_position() {
    let directory = tempfile::tempdir().unwrap();
    let index = filled(directory.path());
    for text in ["", "soup"] {
        let all = found(&index, &words(text));
        let of = |keep: fn(i64) -> bool| all.iter().copied().filter(|position| keep(*position)).collect::<Vec<_>>();
        let aggregate = |text: &str| Sought { aggregate: Some(Pattern::read(text)), ..words("") };
        let kind = |text: &str| Sought { kind: Some(Pattern::read(text)), ..words("") };
        let with = |sought: Sought| found(&index, &Sought { words: words(text).words, ..sought });
        assert_eq!(with(aggregate("order/u/1")), of(|position| position % 2 == 1));
        assert_eq!(with(aggregate("order/u*")), all);
        assert_eq!(with(aggregate("order/v*")), [] as [i64; 0]);
        assert_eq!(with(kind("frontdesk.order.*")), all);
        assert_eq!(with(Sought { aggregate: aggregate("*1").aggregate, ..kind("*") }), [] as [i64; 0]);
        assert_eq!(with(kind("other")), [] as [i64; 0]);
        let from = Some("2030-01-02T00:00:00.000Z".to_owned());
        assert_eq!(found(&index, &Sought { to: from.clone(), ..words(text) }), of(|position| position < 2));
        assert_eq!(found(&index, &Sought { from, ..words(text) }), of(|position| position >= 2));
        assert_eq!(found(&index, &Sought { before: Some(2), ..words(text) }), of(|position| position < 2));
        assert_eq!(found(&index, &Sought { limit: 1, ..words(text) }), all[..1]);
    }
}

#[test]
fn what_is_forgotten_leaves_no_word_behind() {
    let directory = tempfile::tempdir().unwrap();
    let index = filled(directory.path());
    index.forget(&[1, 99]).unwrap();
    assert_eq!(found(&index, &words("soup")), [2]);
    assert_eq!(index.positions(0, 10).unwrap(), [2, 3, 4]);
    drop(index);
    for file in fs::read_dir(directory.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).to_lowercase().contains("tomato"));
    }
}

#[test]
fn place_and_words_survive_together_and_a_repeat_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    drop(filled(directory.path()));
    let index = filled(directory.path());
    assert_eq!((index.position().unwrap(), found(&index, &words("soup"))), (5, vec![2, 1]));
    assert_eq!(index.last().unwrap(), Some((4, "order/u/4".to_owned())));
    index.clear().unwrap();
    assert_eq!((index.position().unwrap(), found(&index, &words("soup"))), (0, vec![]));
    assert_eq!(index.last().unwrap(), None);
}

#[test]
fn a_damaged_file_is_begun_anew() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("search.db");
    for damage in [&b"no database at all, but long enough to be looked at as one would be"[..], b""] {
        drop(filled(directory.path()));
        fs::write(&file, damage).unwrap();
        let index = index(directory.path());
        assert_eq!((index.position().unwrap(), found(&index, &words("soup"))), (0, vec![]));
    }
}

/// An index of many pages in one file, with what is in its latter half damaged.
fn damaged(directory: &Path) -> PathBuf {
    let index = index(directory);
    let events: Vec<Indexed> = (1..=2_000).map(|position| event(position, &format!("word{position} soup"))).collect();
    index.add(&events, 0, 2_000).unwrap();
    drop(index);
    let file = directory.join("search.db");
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0xff);
    fs::write(&file, bytes).unwrap();
    file
}

#[test]
fn damage_inside_is_not_looked_for_at_the_start_but_found_by_the_check() {
    let directory = tempfile::tempdir().unwrap();
    let file = damaged(directory.path());
    let index = SearchIndex::open(&file).unwrap();
    assert_eq!(index.position().unwrap(), 2_000, "the start reads little");
    assert!(!index.check().unwrap());
    assert_eq!((index.position().unwrap(), found(&index, &words("soup"))), (0, vec![]));
    index.add(&[event(1, "tomato soup")], 0, 1).unwrap();
    assert!(index.check().unwrap());
    assert_eq!(found(&index, &words("soup")), [1]);
    assert_eq!(SearchIndex::open(&file).unwrap().position().unwrap(), 1, "also from the file");
}

#[test]
fn damage_that_the_work_meets_makes_it_anew_too() {
    let directory = tempfile::tempdir().unwrap();
    let index = SearchIndex::open(&damaged(directory.path())).unwrap();
    let failed = (1..=2_000).find_map(|number| index.find(&words(&format!("word{number}"))).err());
    assert!(matches!(failed, Some(StoreError::Unavailable(_))), "{failed:?}");
    assert_eq!(index.position().unwrap(), 0);
    index.add(&[event(1, "tomato soup")], 0, 1).unwrap();
    assert_eq!(found(&index, &words("soup")), [1]);
}

#[test]
fn the_check_goes_on_beside_the_work() {
    let directory = tempfile::tempdir().unwrap();
    let index = filled(directory.path());
    std::thread::scope(|scope| {
        let checks = scope.spawn(|| (0..20).all(|_| index.check().unwrap()));
        for position in 10..200 {
            let from = index.position().unwrap();
            index.add(&[event(position, "soup")], from, position).unwrap();
        }
        assert!(checks.join().unwrap());
    });
    assert_eq!(index.position().unwrap(), 199);
}
