//! Decisions. A remembered decision is found by everything that a policy can see, so that it is the same as a new one.

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::str::FromStr;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema,
};
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use serde_json::Value;

use crate::error::StartError;
use crate::policy::{Action, load};
use crate::principal::Principal;

/// The type of users.
const USER: &str = "Frontdesk::User";
/// Bytes of a question, on average, for which there is room. (Most have about 150.)
const AVERAGE_BYTES: usize = 256;

/// The policies in force and the decisions they led to.
pub(crate) struct Policies {
    authorizer: Authorizer,
    schema: Schema,
    policies: PolicySet,
    /// Whether one of them names a user.
    name_users: bool,
    types: Types,
    decisions: Cache<Asked, bool, Length>,
}

struct Types {
    user: EntityTypeName,
    group: EntityTypeName,
    role: EntityTypeName,
    item: EntityTypeName,
    action: EntityTypeName,
}

/// Everything that a policy can see.
#[derive(PartialEq, Eq, Hash)]
struct Question<'a> {
    sub: &'a str,
    administrator: bool,
    groups: &'a [String],
    action: Action,
    owner: Option<&'a str>,
}

/// A question that was answered.
struct Asked {
    sub: Box<str>,
    administrator: bool,
    groups: Box<[String]>,
    action: Action,
    owner: Option<Box<str>>,
}

impl Asked {
    fn question(&self) -> Question<'_> {
        Question {
            sub: &self.sub,
            administrator: self.administrator,
            groups: &self.groups,
            action: self.action,
            owner: self.owner.as_deref(),
        }
    }
}

impl PartialEq for Asked {
    fn eq(&self, other: &Self) -> bool {
        self.question() == other.question()
    }
}

impl Eq for Asked {}

impl Hash for Asked {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.question().hash(state);
    }
}

/// Questions take room by their length: the owner is what a client put into the path.
#[derive(Clone)]
struct Length;

impl Weighter<Asked, bool> for Length {
    fn weight(&self, asked: &Asked, _: &bool) -> u64 {
        let texts = asked
            .groups
            .iter()
            .map(String::len)
            .chain([asked.sub.len()])
            .chain(asked.owner.as_ref().map(|owner| owner.len()));
        size_of::<Asked>().saturating_add(texts.sum()) as u64
    }
}

impl Equivalent<Asked> for Question<'_> {
    fn equivalent(&self, key: &Asked) -> bool {
        *self == key.question()
    }
}

impl Policies {
    /// The policies of a directory, or those built in; remembers about so many decisions, fewer if their questions are long.
    pub(crate) fn load(directory: Option<&Path>, decisions: usize) -> Result<Self, StartError> {
        let (schema, policies) = load::load(directory)?;
        let name =
            |name: &str| EntityTypeName::from_str(name).map_err(|error| StartError::Policy(format!("{name}: {error}")));
        let types = Types {
            user: name(USER)?,
            group: name("Frontdesk::Group")?,
            role: name("Frontdesk::Role")?,
            item: name("Frontdesk::Item")?,
            action: name("Frontdesk::Action")?,
        };
        let room = decisions.saturating_mul(AVERAGE_BYTES) as u64;
        let decisions = Cache::with_weighter(decisions, room, Length);
        // What cannot be looked at may name some.
        let name_users = policies.clone().to_json().map_or(true, |policies| names_user(&policies));
        Ok(Self { authorizer: Authorizer::new(), schema, policies, name_users, types, decisions })
    }

    /// Whether the policies permit it.
    pub(crate) fn allow(&self, principal: &Principal, action: Action, owner: Option<&str>) -> bool {
        let question = Question {
            sub: &principal.sub,
            administrator: principal.administrator,
            groups: &principal.groups,
            action,
            owner,
        };
        if let Some(allowed) = self.decisions.get(&question) {
            return allowed;
        }
        let allowed = self.decide(&question);
        let asked = Asked {
            sub: question.sub.into(),
            administrator: question.administrator,
            groups: question.groups.into(),
            action,
            owner: owner.map(Box::from),
        };
        self.decisions.insert(asked, allowed);
        allowed
    }

    /// Whether one of the policies names a user, so that whose something is can matter beyond "the caller's or not".
    pub(crate) const fn name_users(&self) -> bool {
        self.name_users
    }

    /// How many decisions are remembered.
    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.decisions.len()
    }

    fn decide(&self, question: &Question<'_>) -> bool {
        let Some((request, entities)) = self.ask(question) else {
            tracing::error!(action = question.action.as_str(), "the schema does not fit the question; it is refused");
            return false;
        };
        let response = self.authorizer.is_authorized(&request, &self.policies, &entities);
        for error in response.diagnostics().errors() {
            tracing::error!(%error, "a policy failed and does not count");
        }
        response.decision() == Decision::Allow
    }

    fn ask(&self, question: &Question<'_>) -> Option<(Request, Entities)> {
        let types = &self.types;
        let user = uid(&types.user, question.sub);
        let groups = question.groups.iter().map(|group| uid(&types.group, group));
        let role = question.administrator.then(|| uid(&types.role, "administrator"));
        let parents: HashSet<_> = groups.chain(role).collect();
        let item = uid(&types.item, "");
        let owner = question.owner.map(|owner| RestrictedExpression::new_entity_uid(uid(&types.user, owner)));
        let attributes: HashMap<_, _> = owner.map(|owner| ("owner".to_owned(), owner)).into_iter().collect();
        let known = parents.iter().cloned().map(Entity::with_uid).collect::<Vec<_>>();
        let asked =
            [Entity::new_no_attrs(user.clone(), parents), Entity::new(item.clone(), attributes, HashSet::new()).ok()?];
        // With the schema come the action groups.
        let entities = Entities::from_entities(known.into_iter().chain(asked), Some(&self.schema)).ok()?;
        let action = uid(&types.action, question.action.as_str());
        let request = Request::new(user, action, item, Context::empty(), Some(&self.schema)).ok()?;
        Some((request, entities))
    }
}

/// Whether policies in Cedar's JSON form have a user in them, by name.
fn names_user(policies: &Value) -> bool {
    match policies {
        Value::Object(members) => {
            let is_user = members.get("type").is_some_and(|kind| kind == USER) && members.contains_key("id");
            is_user || members.values().any(names_user)
        }
        Value::Array(items) => items.iter().any(names_user),
        _ => false,
    }
}

fn uid(kind: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(id))
}
