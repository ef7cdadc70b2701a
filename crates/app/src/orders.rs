//! Orders: the caller's own, and for administrators those of any user.

use domain::limits::PAGE_ITEMS;
use domain::order::{Request, Stored, object};
use domain::{Refusal, id};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use store::{Cursor, Item, Key, Loaded, Query, StoreError, Table};

use crate::commit::{Draft, Recording, refuse};
use crate::reply::resume;
use crate::{App, Command, Failure, Listing, Reply, Success};

fn key(user_id: &str, order_id: &str) -> Key {
    Key::text(Table::Orders, user_id, order_id)
}

/// The part of a stored order that clients see.
fn shown(item: &Item) -> Result<String, StoreError> {
    #[derive(Deserialize)]
    struct Shown<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let shown: Shown<'_> = serde_json::from_str(&item.body).map_err(|error| item.corrupt(error))?;
    Ok(shown.data.get().to_owned())
}

impl App {
    /// Places an order of the caller. Within the period the first answer is repeated, by `Idempotency-Key` or by `orderId`.
    pub async fn place_order(&self, command: Command, body: Map<String, Value>) -> Result<Reply, Failure> {
        let (order_id, request) = Request::parse(body, None)?;
        let total = request.total_amount.as_str().parse().unwrap_or_default();
        let item = key(&command.caller, &order_id);
        let recording = Recording::of_order(&command.caller, &order_id, self.settings.order_repeat_seconds);
        let reply = self
            .commit_or_record(&command, recording, vec![item.clone()], move |loaded| {
                if loaded.item(&item)?.is_some() {
                    return refuse(Refusal::conflict("exists", "An order with this orderId exists; PUT replaces it."));
                }
                let (user_id, order_id) = (item.partition.as_str(), order_id.as_str());
                let data = object(&request.place(user_id, order_id, loaded.now()));
                write(loaded, &item, "frontdesk.order.placed", data)
            })
            .await?;
        if !reply.replayed {
            metrics::counter!("SuccessfulOrder").increment(1);
            metrics::histogram!("OrderTotal").record::<f64>(total);
        }
        Ok(reply)
    }

    /// A page of a user's orders, by `orderId`, canceled ones too.
    pub async fn list_orders(&self, user: &str, limit: usize, after: Option<&str>) -> Result<Listing, Failure> {
        let query = Query { limit: limit.min(PAGE_ITEMS), ..Query::table(Table::Orders, user) };
        let page = self.store.query(resume(query, after)?).await?;
        let items = page.items.iter().map(shown).collect::<Result<_, _>>()?;
        Ok(Listing { items, next: page.next.as_ref().map(Cursor::encode) })
    }

    /// An order.
    pub async fn get_order(&self, user: &str, order_id: &str) -> Result<Reply, Failure> {
        let item = self.store.get(&key(user, order_id)).await?.ok_or_else(|| Refusal::not_found("order"))?;
        Ok(Reply::new(Success::Ok, shown(&item)?, item.version))
    }

    /// Replaces what was ordered, while the order is PLACED.
    pub async fn replace_order(
        &self,
        command: Command,
        user: &str,
        order_id: &str,
        body: Map<String, Value>,
    ) -> Result<Reply, Failure> {
        id::check("orderId", order_id)?;
        let (_, request) = Request::parse(body, Some(order_id))?;
        self.change_order(command, user, order_id, "frontdesk.order.replaced", move |order, _| order.replace(&request))
            .await
    }

    /// Cancels an order, while it is PLACED and young enough.
    pub async fn cancel_order(&self, command: Command, user: &str, order_id: &str) -> Result<Reply, Failure> {
        let cancel = |order: &Stored, loaded: &Loaded| order.cancel(loaded.now());
        self.change_order(command, user, order_id, "frontdesk.order.canceled", cancel).await
    }

    /// Takes an order on, while it is PLACED.
    pub async fn acknowledge_order(&self, command: Command, user: &str, order_id: &str) -> Result<Reply, Failure> {
        let acknowledge = |order: &Stored, _: &Loaded| order.acknowledge();
        self.change_order(command, user, order_id, "frontdesk.order.acknowledged", acknowledge).await
    }

    async fn change_order<C>(
        &self,
        command: Command,
        user: &str,
        order_id: &str,
        event: &'static str,
        change: C,
    ) -> Result<Reply, Failure>
    where
        C: Fn(&Stored, &Loaded) -> Result<Map<String, Value>, Refusal> + Send + 'static,
    {
        let item = key(user, order_id);
        let context = command.clone();
        self.commit(&command, vec![item.clone()], move |loaded| {
            let Some(stored) = loaded.item(&item)? else { return refuse(Refusal::not_found("order")) };
            let order: Stored = stored.body()?;
            match context.check(Some(stored)).and_then(|()| change(&order, loaded)) {
                Ok(data) => write(loaded, &item, event, data),
                Err(refusal) => refuse(refusal),
            }
        })
        .await
    }
}

fn write(loaded: &Loaded, key: &Key, event: &str, data: Map<String, Value>) -> crate::commit::Decided {
    let order_id = match &key.sort {
        Some(store::Sort::Text(order_id)) => order_id.clone(),
        _ => String::new(),
    };
    let shown = serde_json::to_string(&data).map_err(|error| StoreError::Misuse(error.to_string()))?;
    let mut draft = Draft::new(loaded);
    let written = draft.store(key, event, &Stored { user_id: key.partition.clone(), order_id, data })?;
    draft.reply(Reply::new(Success::Ok, shown, written.version))
}
