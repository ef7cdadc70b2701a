//! Where keys are stored: one item each, whose private part is the key, as it is or wrapped.

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Changes, Item, Key, Loaded, Store, StoreError, Table, Verdict, transact};
use zeroize::Zeroizing;

use crate::error::PoolError;
use crate::wrapping::KeySecrets;

/// The stored keys.
pub(crate) struct Keyring<'a> {
    pub(crate) store: &'a dyn Store,
    /// What keys are wrapped with, if they are.
    pub(crate) secrets: Option<&'a KeySecrets>,
    pub(crate) now: Timestamp,
}

/// A key that is stored wrapped.
#[derive(Serialize, Deserialize)]
struct Wrapped {
    wrapped: String,
}

/// The text of a key, and whether it is stored as it should be.
struct Opened {
    text: Zeroizing<Vec<u8>>,
    settled: bool,
}

impl Keyring<'_> {
    /// The key of this name, if there is one. One that is not wrapped, or by an old secret, is wrapped by the first secret.
    pub(crate) async fn find<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, PoolError> {
        let Some(item) = self.store.get(&Key::new(Table::Keys, name)).await? else { return Ok(None) };
        let opened = self.open(name, &item)?;
        let key = serde_json::from_slice(&opened.text).map_err(|_| unreadable())?;
        if !opened.settled {
            self.wrap_again(name, item, &opened.text).await?;
        }
        Ok(Some(key))
    }

    /// Stores a key, unless another process was first: then that one's key counts.
    pub(crate) async fn add<T>(&self, name: &str, key: T) -> Result<T, PoolError>
    where
        T: Serialize + DeserializeOwned,
    {
        let about = json!({"id": name, "created": self.now});
        let text = serde_json::to_vec(&key).map(Zeroizing::new).map_err(|_| unreadable())?;
        let private = self.closed(name, &text)?;
        let wanted = Key::new(Table::Keys, name);
        let item = wanted.clone();
        let decide = move |loaded: &Loaded| -> Result<Verdict<(), PoolError>, StoreError> {
            let mut changes = Changes::none();
            if loaded.item(&item)?.is_none() {
                changes.put_private(item.clone(), &about, &private)?;
            }
            Ok(Verdict::Commit(changes, ()))
        };
        transact(self.store, vec![wanted], decide).await??;
        let missing = || StoreError::Corrupt("a key that was just stored is absent".to_owned());
        Ok(self.find(name).await?.ok_or_else(missing)?)
    }

    /// What is stored in private. A key without it is no key, least of all an empty one.
    fn open(&self, name: &str, item: &Item) -> Result<Opened, PoolError> {
        let private = item.private.as_deref().ok_or_else(unreadable)?;
        let Ok(Wrapped { wrapped }) = serde_json::from_str(private) else {
            let text = Zeroizing::new(private.as_bytes().to_vec());
            return Ok(Opened { text, settled: self.secrets.is_none() });
        };
        let no_secret =
            PoolError::Crypto("the stored keys are wrapped; give the key secret that they were wrapped with");
        let secrets = self.secrets.ok_or(no_secret)?;
        let other = PoolError::Crypto(
            "the stored keys were wrapped with another key secret; give that one (in a change of it, on a line below the new one)",
        );
        let unwrapped = secrets.unwrap(name, &wrapped).ok_or(other)?;
        Ok(Opened { text: unwrapped.bytes, settled: unwrapped.by_first })
    }

    /// What is to be stored in private.
    fn closed(&self, name: &str, text: &[u8]) -> Result<Value, PoolError> {
        let value = match self.secrets {
            Some(secrets) => serde_json::to_value(Wrapped { wrapped: secrets.wrap(name, text)? }),
            None => serde_json::from_slice(text),
        };
        value.map_err(|_| unreadable())
    }

    /// Stores a key once more, wrapped by the first secret, unless another process has done so.
    async fn wrap_again(&self, name: &str, item: Item, text: &[u8]) -> Result<(), PoolError> {
        let private = self.closed(name, text)?;
        let body: Value = item.body()?;
        let key = Key::new(Table::Keys, name);
        let wanted = key.clone();
        let decide = move |loaded: &Loaded| -> Result<Verdict<(), PoolError>, StoreError> {
            let mut changes = Changes::none();
            if loaded.item(&wanted)?.is_some_and(|present| present.private == item.private) {
                changes.put_private(wanted.clone(), &body, &private)?;
            }
            Ok(Verdict::Commit(changes, ()))
        };
        transact(self.store, vec![key], decide).await??;
        tracing::info!(
            key = name,
            "a stored key is wrapped by the first key secret now; older secrets are not needed for it"
        );
        Ok(())
    }
}

fn unreadable() -> PoolError {
    PoolError::Crypto("a stored key is unreadable")
}
