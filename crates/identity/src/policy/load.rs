//! Reading the policies and their schema, checking the ones against the other, and saying where a mistake is.

use std::path::Path;
use std::str::FromStr;

use cedar_policy::{PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

use crate::error::StartError;
use crate::policy::Action;

const SCHEMA_FILE: &str = "schema.cedarschema";
/// The most policy files of a directory.
const FILES: usize = 1_000;

const BUILT_IN_SCHEMA: &str = include_str!("../../policies/schema.cedarschema");
const BUILT_IN: [(&str, &str); 3] = [
    ("owners.cedar", include_str!("../../policies/owners.cedar")),
    ("users.cedar", include_str!("../../policies/users.cedar")),
    ("administrators.cedar", include_str!("../../policies/administrators.cedar")),
];

/// A file's name and text.
type Source = (String, String);

/// The schema and the policies of a directory, or those that are built in.
pub(super) fn load(directory: Option<&Path>) -> Result<(Schema, PolicySet), StartError> {
    match directory {
        None => {
            let own = |(name, text): (&str, &str)| (name.to_owned(), text.to_owned());
            parse(&own((SCHEMA_FILE, BUILT_IN_SCHEMA)), &BUILT_IN.map(own))
        }
        Some(directory) => {
            let schema = read(&directory.join(SCHEMA_FILE))?;
            parse(&schema, &read_policies(directory)?)
        }
    }
}

fn read(path: &Path) -> Result<Source, StartError> {
    let failed = |source| StartError::PolicyFile { path: path.to_owned(), source };
    Ok((path.display().to_string(), std::fs::read_to_string(path).map_err(failed)?))
}

fn read_policies(directory: &Path) -> Result<Vec<Source>, StartError> {
    let failed = |source| StartError::PolicyFile { path: directory.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "cedar") {
            paths.push(path);
        }
    }
    if paths.is_empty() || paths.len() > FILES {
        let (found, place) = (paths.len(), directory.display());
        return Err(StartError::Policy(format!("{place} has {found} *.cedar files; there must be 1 to {FILES}")));
    }
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn parse(schema: &Source, policies: &[Source]) -> Result<(Schema, PolicySet), StartError> {
    let (parsed, _warnings) = Schema::from_cedarschema_str(&schema.1).map_err(|error| mistake(schema, &error))?;
    let validator = Validator::new(parsed.clone());
    let mut all = PolicySet::new();
    for source in policies {
        let set = PolicySet::from_str(&source.1).map_err(|error| mistake(source, &error))?;
        if set.num_of_templates() > 0 {
            return Err(StartError::Policy(format!("{}: templates are not supported", source.0)));
        }
        if let Some(error) = validator.validate(&set, ValidationMode::Strict).validation_errors().next() {
            return Err(mistake(source, error));
        }
        for policy in set.policies() {
            // Within a file policies are numbered; across files the file's name tells them apart.
            let id = PolicyId::new(format!("{}: {}", source.0, policy.id()));
            all.add(policy.new_id(id)).map_err(|error| StartError::Policy(format!("{}: {error}", source.0)))?;
        }
    }
    know_every_action(&schema.0, &parsed)?;
    Ok((parsed, all))
}

fn know_every_action(file: &str, schema: &Schema) -> Result<(), StartError> {
    let known: Vec<_> = schema.actions().map(|action| action.id().unescaped().to_owned()).collect();
    let missing = Action::ALL.iter().find(|action| !known.iter().any(|name| name == action.as_str()));
    match missing {
        None => Ok(()),
        Some(action) => Err(StartError::Policy(format!(
            "{file}: the schema lacks the action Frontdesk::Action::\"{}\"",
            action.as_str()
        ))),
    }
}

/// An error with the file and the line that it is about.
fn mistake(source: &Source, error: &dyn Diagnostic) -> StartError {
    let (file, text) = source;
    let help = error.help().map(|help| format!(" ({help})")).unwrap_or_default();
    let line = offset(error).map(|offset| {
        let before = text.get(..offset).unwrap_or(text);
        format!(":{}", before.matches('\n').count().saturating_add(1))
    });
    StartError::Policy(format!("{file}{}: {error}{help}", line.unwrap_or_default()))
}

fn offset(error: &dyn Diagnostic) -> Option<usize> {
    let own = error.labels().and_then(|mut labels| labels.next()).map(|label| label.offset());
    own.or_else(|| error.related().and_then(|mut related| related.next()).and_then(offset))
}
