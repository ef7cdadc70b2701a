//! The mark: how far a migration has come, as an item of its target beside the keys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::records::RecordsTable;
use store::{Cursor, Key, Loaded, Record, Store, StoreError, Table, Verdict, Write};

use super::Side;
use super::records::{self, Attributes};
use crate::error::{Error, Outcome};

const ID: &str = "migration";

fn key() -> Key {
    Key::new(Table::Keys, ID)
}

/// Whether a record is a mark.
pub(super) fn is_mark(record: &Record) -> bool {
    record.key == key()
}

/// An error when a store is the target of a migration that has not come to its end.
pub async fn refuse_unfinished(store: &dyn Store) -> Outcome {
    let Some(mark) = Mark::read(store).await? else { return Ok(()) };
    Err(Error::Command(format!(
        "this store is half of a copy of {}: finish `frontdesk migrate` from there, or empty this store and start anew",
        mark.source
    )))
}

/// Whether a store holds the beginning of this migration, so that running it again goes on with it.
pub async fn is_begun(target: &Side, source: &str, tables: &[RecordsTable]) -> bool {
    let mark = Mark::read(target.store.as_ref()).await;
    let records = tables.iter().map(RecordsTable::to_string);
    mark.is_ok_and(|mark| mark.is_some_and(|mark| mark.source == source && records.eq(mark.records)))
}

/// What is to be copied, and where to go on in it.
pub(super) enum Place {
    /// A table of the product's.
    Own(Table, Option<Cursor>),
    /// A table of the operator's own.
    Records(RecordsTable, Option<Attributes>),
}

/// How far a migration has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Mark {
    id: String,
    /// The name of the store that is copied.
    source: String,
    /// When it was last gone on with. What had ended by then is not copied any more.
    now: Timestamp,
    /// The table that is being copied; absent when all are.
    table: Option<String>,
    /// Where the last page of it ended.
    after: Option<String>,
    /// Items of it that are copied.
    items: u64,
    /// Tables of the operator's own that are copied after all others, as `--records-table` has them.
    #[serde(default)]
    records: Vec<String>,
    /// The version of the mark as it is stored; 0 when it is not.
    #[serde(skip)]
    version: i64,
}

impl Mark {
    async fn read(store: &dyn Store) -> Outcome<Option<Self>> {
        let Some(item) = store.get(&key()).await? else { return Ok(None) };
        Ok(Some(Self { version: item.version, ..item.body()? }))
    }

    /// Begins in an empty store, or takes up what was begun from the same source.
    pub(super) async fn take(target: &Side, source: &str, tables: &[RecordsTable], now: Timestamp) -> Outcome<Self> {
        let store = target.store.as_ref();
        let records: Vec<String> = tables.iter().map(RecordsTable::to_string).collect();
        let mut mark = match Self::read(store).await? {
            Some(mark) if mark.source != source => {
                return Err(Error::Command(format!(
                    "the target holds an unfinished copy of {}, not of {source}: finish that one, or empty the target",
                    mark.source
                )));
            }
            Some(mark) if mark.records != records => {
                let begun = if mark.records.is_empty() { "none".to_owned() } else { mark.records.join(",") };
                return Err(Error::Usage(format!(
                    "this migration was begun with --records-table {begun}: go on with the same, or empty the target and start anew"
                )));
            }
            Some(mark) => Self { now: now.max(mark.now), ..mark },
            None => {
                check_empty(store).await?;
                records::check_empty(target.records.as_ref(), tables).await?;
                let table = Table::ALL.first().map(|table| table.definition().name.to_owned());
                let (id, source) = (ID.to_owned(), source.to_owned());
                Self { id, source, now, table, after: None, items: 0, records, version: 0 }
            }
        };
        mark.write(store).await?;
        Ok(mark)
    }

    /// When the migration was last gone on with.
    pub(super) const fn now(&self) -> Timestamp {
        self.now
    }

    /// Items of the present table that are copied.
    pub(super) const fn items(&self) -> u64 {
        self.items
    }

    /// What to copy next; nothing when all is copied.
    pub(super) fn place(&self) -> Outcome<Option<Place>> {
        let Some(name) = &self.table else { return Ok(None) };
        let unknown = || StoreError::Corrupt("the mark of the migration is of another version of frontdesk".to_owned());
        let after = self.after.as_deref();
        if let Some(table) = Table::ALL.into_iter().find(|table| table.definition().name == name) {
            let after = after.map(|text| Cursor::decode(text, table, None).ok_or_else(unknown));
            return Ok(Some(Place::Own(table, after.transpose()?)));
        }
        let mut tables = self.records.iter().filter_map(|text| text.parse::<RecordsTable>().ok());
        let table = tables.find(|table| table.name == *name).ok_or_else(unknown)?;
        let after = after.map(|text| serde_json::from_str(text).map_err(|_| unknown()));
        Ok(Some(Place::Records(table, after.transpose()?)))
    }

    /// Notes that another page of the table is copied, and where the next one begins. Says how many items of the table are.
    pub(super) async fn advance(&mut self, target: &dyn Store, next: Option<String>, items: usize) -> Outcome<u64> {
        let copied = self.items.saturating_add(u64::try_from(items).unwrap_or(u64::MAX));
        (self.after, self.items) = match next {
            Some(next) => (Some(next), copied),
            None => {
                self.table = self.following();
                (None, 0)
            }
        };
        self.write(target).await?;
        Ok(copied)
    }

    /// The name of the table after the present one.
    fn following(&self) -> Option<String> {
        let own = Table::ALL.into_iter().map(|table| table.definition().name);
        let records = self.records.iter().filter_map(|text| text.split(':').next());
        let mut names = own.chain(records).skip_while(|name| Some(*name) != self.table.as_deref());
        names.nth(1).map(str::to_owned)
    }

    async fn write(&mut self, target: &dyn Store) -> Outcome {
        let body = serde_json::to_string(self).map_err(Error::runtime("the mark cannot be written"))?;
        self.version = self.replace(target, Write::Put { key: key(), body, private: None }).await?;
        Ok(())
    }

    /// Ends the migration.
    pub(super) async fn remove(self, target: &dyn Store) -> Outcome {
        self.replace(target, Write::Delete { key: key() }).await.map(drop)
    }

    /// Writes if the mark is as this run left it, and returns the version.
    async fn replace(&self, target: &dyn Store, write: Write) -> Outcome<i64> {
        let expected = self.version;
        let decide = move |loaded: &Loaded| {
            let mut changes = store::Changes::none();
            if loaded.item(write.key())?.map_or(0, |item| item.version) != expected {
                return Ok(Verdict::Refuse(changes, ()));
            }
            let version = loaded.next_version(write.key())?;
            changes.push(write.clone());
            Ok(Verdict::Commit(changes, version))
        };
        let taken = |()| Error::Command("another process has taken this migration over".to_owned());
        store::transact(target, vec![key()], decide).await?.map_err(taken)
    }
}

async fn check_empty(target: &dyn Store) -> Outcome {
    for table in Table::ALL {
        let mut after = None;
        loop {
            let page = target.scan(table, domain::limits::PAGE_ITEMS, after).await?;
            if !page.items.is_empty() {
                let name = table.definition().name;
                return Err(Error::Command(format!(
                    "the target is not empty: there are {name}. A server that was started on it once has made accounts and keys; \
                     name a target on which nothing was started yet. If a migration filled it, that one has come to its end"
                )));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(())
}
