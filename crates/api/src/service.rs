//! Parts of the interface that can be served apart from the others.

use std::str::FromStr;

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::Operation as Described;

use crate::routes;

/// A part of the interface that can be served by a process of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Service {
    /// The whole interface.
    #[default]
    All,
    /// Profiles.
    Users,
    /// Orders.
    Orders,
    /// Locations, resources, their availability, and bookings.
    Spaces,
    /// Bookings that are asked for and made later.
    Requests,
    /// Tables of the operator's own.
    Records,
    /// The user pool.
    Identity,
}

/// An operation of the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The method.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: String,
    /// Its name in the OpenAPI document.
    pub id: String,
    /// The part to which it belongs; [`Service::All`]: it is served with the whole interface only.
    pub service: Service,
    /// Whether it wants no token.
    pub is_public: bool,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::All, Self::Users, Self::Orders, Self::Spaces, Self::Requests, Self::Records, Self::Identity];

    /// Its name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Users => "users",
            Self::Orders => "orders",
            Self::Spaces => "spaces",
            Self::Requests => "requests",
            Self::Records => "records",
            Self::Identity => "identity",
        }
    }
}

impl FromStr for Service {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|service| service.as_str() == text);
        found.ok_or_else(|| format!("one of {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Every operation of the interface, each once.
pub fn operations() -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    let parts = Service::ALL.into_iter().filter(|service| *service != Service::All);
    for service in parts.chain([Service::All]) {
        for operation in described(&routes::of(service).into_openapi(), service) {
            let is_known = |known: &Operation| known.id == operation.id;
            if !operations.iter().any(is_known) {
                operations.push(operation);
            }
        }
    }
    operations.sort_by(|one, other| (&one.path, one.method).cmp(&(&other.path, other.method)));
    operations
}

fn described(document: &OpenApi, service: Service) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, item) in &document.paths.paths {
        let by_method = [("DELETE", &item.delete), ("GET", &item.get), ("POST", &item.post), ("PUT", &item.put)];
        for (method, described) in by_method {
            let Some(Described { operation_id: Some(id), security, .. }) = described else { continue };
            let (path, id, is_public) = (path.clone(), id.clone(), security.is_some());
            operations.push(Operation { method, path, id, service, is_public });
        }
    }
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_belongs_to_one_part() {
        let of = |id: &str| operations().into_iter().find(|operation| operation.id == id).unwrap().service;
        assert_eq!(of("ListUserBookings"), Service::Spaces);
        assert_eq!(of("ListUserOrders"), Service::Orders);
        assert_eq!(of("GetUser"), Service::Users);
        assert_eq!(of("GetJwks"), Service::Identity);
        for id in ["SearchEvents", "GetHealth", "GetOpenApi"] {
            assert_eq!(of(id), Service::All, "{id}");
        }
    }

    #[cfg(feature = "graphql")]
    #[test]
    fn the_list_is_whole() {
        let document = serde_json::to_value(crate::openapi()).unwrap();
        let items = document["paths"].as_object().unwrap().values();
        assert_eq!(operations().len(), items.map(|item| item.as_object().unwrap().len()).sum::<usize>());
    }

    #[test]
    fn a_part_has_one_name() {
        for service in Service::ALL {
            assert_eq!(service.as_str().parse(), Ok(service));
        }
        assert!("everything".parse::<Service>().unwrap_err().contains("all, users"));
    }
}
