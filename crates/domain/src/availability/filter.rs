//! Which resources a search is about.

use serde::Deserialize;

use crate::features;
use crate::refusal::Refusal;
use crate::resource::unknown_kind;

/// What a search shows, and goes by, of a stored resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Listed {
    /// Its identifier.
    #[serde(rename = "resourceID")]
    pub resource_id: String,
    /// Where it is.
    #[serde(rename = "locationID")]
    pub location_id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its kind.
    #[serde(rename = "type", default)]
    pub kind: Option<String>,
    /// What it has.
    #[serde(default)]
    pub features: Vec<String>,
}

/// Which resources are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    kind: Option<String>,
    features: Vec<String>,
}

impl Filter {
    /// Reads the parameters `type` and `features`. `kinds` are those that the operator added.
    pub fn new(kind: Option<&str>, features: Option<&str>, kinds: &[String]) -> Result<Self, Refusal> {
        if let Some(detail) = kind.and_then(|kind| unknown_kind(kind, kinds)) {
            return Err(Refusal::invalid("?type", detail));
        }
        let features = features.map(features::wanted).transpose()?.unwrap_or_default();
        Ok(Self { kind: kind.map(str::to_owned), features })
    }

    /// Whether a resource is of the kind and has all the features.
    pub fn accepts(&self, resource: &Listed) -> bool {
        (self.kind.is_none() || self.kind == resource.kind)
            && self.features.iter().all(|feature| resource.features.contains(feature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_must_be_of_the_kind_and_have_all_features() {
        let resource = Listed {
            kind: Some("room".to_owned()),
            features: vec!["projector".to_owned(), "step-free".to_owned()],
            ..Listed::default()
        };
        let accepts = |kind, features| Filter::new(kind, features, &[]).unwrap().accepts(&resource);
        assert!(accepts(None, None) && accepts(Some("room"), Some("step-free,projector")));
        assert!(
            !accepts(Some("hall"), None) && !accepts(None, Some("projector,window")) && !accepts(None, Some("proj"))
        );
    }

    #[test]
    fn an_unknown_kind_is_a_mistake() {
        let pointer =
            |kinds: &[String]| Filter::new(Some("desk"), None, kinds).map_err(|no| no.errors[0].pointer.clone());
        assert_eq!(pointer(&[]), Err("?type".to_owned()));
        assert!(pointer(&["desk".to_owned()]).is_ok());
    }
}
