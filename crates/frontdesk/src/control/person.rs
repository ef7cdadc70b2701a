//! One person's data: handing it out, and erasing it.

use std::time::Duration;

use identity::Erasure;
use serde::Serialize;

use super::Answer;
use crate::compose::Instance;
use crate::error::Outcome;

/// How long a request may take that was let in before: thirty seconds for its body, and a commit.
const REQUEST: Duration = Duration::from_secs(40);

/// A page of all that is stored of a user.
pub(super) async fn export(user: &str, after: Option<&str>, instance: &Instance) -> Outcome<Answer> {
    let sub = instance.identity.sub_of(user).await?;
    let page = instance.app.export_person(&sub, after).await?;
    Ok(Answer::Person { sub, lines: page.items, next: page.next })
}

/// Erases a user: sign-in ends first, the account goes last.
pub(super) async fn erase(user: &str, instance: &Instance) -> Outcome<Answer> {
    #[derive(Serialize)]
    struct Told {
        #[serde(flatten)]
        erased: app::Erased,
        sessions: usize,
    }
    let identity = &instance.identity;
    let Erasure { sub, is_resumed } = identity.begin_erasure(user).await?;
    let mut erased = instance.app.erase_person(&sub).await?;
    if instance.is_shared {
        tokio::time::sleep(others_believe(instance)).await;
        erased += instance.app.erase_person(&sub).await?;
    }
    let sessions = identity.erase_sessions(&sub).await?;
    let anything = is_resumed || !erased.is_nothing() || sessions > 0;
    let account = identity.finish_erasure(&sub, &Told { erased, sessions }, anything).await?;
    tracing::info!(account, sessions, ?erased, "a user was erased");
    Ok(Answer::Erased { account, sessions, erased })
}

/// How long other processes on the same store may still let a user in whose sign-in has ended, and finish what they let in.
fn others_believe(instance: &Instance) -> Duration {
    let seconds = u64::try_from(instance.identity.settings().epoch_seconds).unwrap_or_default();
    Duration::from_secs(seconds).saturating_add(REQUEST)
}
