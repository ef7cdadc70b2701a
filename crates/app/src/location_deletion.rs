//! Deleting a location: at once when it has no resources; else, when asked to, its resources first, while a mark keeps new ones out.

use domain::location::{Closing, State};
use domain::{Kind, Refusal};
use serde::Deserialize;
use store::{Index, Item, Key, Loaded, Query, StoreError};

use crate::commit::{Decided, Draft, refuse};
use crate::{App, Command, Failure, Reply, locations, resources};

/// Resources that one step deletes.
const STEP: usize = 50;
/// Steps of one deletion, those included that find nothing because an index lags.
const STEPS: usize = 10_000;

#[derive(Deserialize)]
struct Id {
    #[serde(rename = "resourceID")]
    resource_id: String,
}

impl App {
    /// Deletes a location. One with resources is refused, unless they are to be deleted with it, and their bookings canceled.
    pub async fn delete_location(&self, command: Command, location_id: &str, cascade: bool) -> Result<Reply, Failure> {
        let outcome = self.delete_in_steps(&command, location_id, cascade).await;
        command.log(&locations::key(location_id), outcome.as_ref());
        outcome
    }

    async fn delete_in_steps(&self, command: &Command, location_id: &str, cascade: bool) -> Result<Reply, Failure> {
        let mark = self.ids.random().to_string();
        for _ in 0..STEPS {
            if self.delete_or_mark(command, location_id, cascade, &mark).await? {
                return Ok(Reply::empty());
            }
            let query = Query { limit: STEP, ..Query::index(Index::ResourcesByLocation, location_id) };
            for item in self.store.query(query).await?.items {
                let Id { resource_id } = item.body()?;
                match self.delete_resource(Command::default(), location_id, &resource_id, true).await {
                    // Somebody else was faster.
                    Err(Failure::Refused(refusal)) if refusal.kind == Kind::NotFound => {}
                    outcome => drop(outcome?),
                }
            }
        }
        Err(StoreError::Unavailable("the resources could not all be found yet; delete again".to_owned()).into())
    }

    /// Deletes the location if it is empty; else, when asked to cascade, marks it. Says whether it is gone.
    async fn delete_or_mark(
        &self,
        command: &Command,
        location_id: &str,
        cascade: bool,
        mark: &str,
    ) -> Result<bool, Failure> {
        let (key, context, mark) = (locations::key(location_id), command.clone(), mark.to_owned());
        let reply = self
            .commit(&Command::default(), vec![key.clone()], move |loaded| {
                let Some(item) = loaded.item(&key)? else { return refuse(Refusal::not_found("location")) };
                decide(&context, loaded, &key, item, cascade, &mark)
            })
            .await?;
        Ok(reply.body.is_none())
    }
}

fn decide(command: &Command, loaded: &Loaded, key: &Key, item: &Item, cascade: bool, mark: &str) -> Decided {
    let state: State = item.private()?;
    let closing = state.closing.as_ref();
    let ours = closing.is_some_and(|closing| closing.by == mark);
    if !ours && let Err(refusal) = command.check(Some(item)) {
        return refuse(refusal);
    }
    if Closing::stands_for_another(closing, mark, loaded.now()) {
        return refuse(Closing::refusal("location"));
    }
    let mut draft = Draft::new(loaded);
    if state.resources == 0 {
        draft.remove(key, "frontdesk.location.deleted")?;
        return draft.reply(Reply::empty());
    }
    if !cascade {
        let detail = "The location has resources; delete them first, or delete with `?cascade=true`.";
        return refuse(Refusal::conflict("has-resources", detail));
    }
    let state = State { closing: Some(Closing::new(mark, loaded.now())), ..state };
    draft.push(resources::keep(key, item, &state)?);
    draft.reply(Reply::text(String::new()))
}
