//! What follows from the shape of an operation: who may call it, which headers it takes, which problems it answers with.

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::Response;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};

use crate::schema::problems;

/// The names of the two ways to send a token.
const SCHEMES: [&str; 2] = ["bearer", "token"];

/// Completes the document.
pub(super) fn complete(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [
            (Method::Get, &mut item.get),
            (Method::Post, &mut item.post),
            (Method::Put, &mut item.put),
            (Method::Delete, &mut item.delete),
        ] {
            if let Some(operation) = operation {
                complete_operation(&Shape::of(path, method, operation), operation);
            }
        }
    }
    complete_components(document.components.get_or_insert_default());
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
    Put,
    Delete,
}

/// What an operation is like.
struct Shape {
    public: bool,
    /// Whether it is about one item, which has a version.
    versioned: bool,
    writes: bool,
    /// Whether its answer is kept and repeated under a key. What is secret is not.
    repeatable: bool,
    has_body: bool,
    has_input: bool,
    paged: bool,
}

impl Shape {
    fn of(path: &str, method: Method, operation: &Operation) -> Self {
        let public = operation.security.is_some();
        let one = path.ends_with('}') || path.ends_with("/acknowledge");
        let parameters = operation.parameters.as_deref().unwrap_or_default();
        let named =
            |parameter: &RefOr<Parameter>, name: &str| matches!(parameter, RefOr::T(found) if found.name == name);
        Self {
            public,
            versioned: one && !public,
            writes: method != Method::Get && !public,
            repeatable: matches!(method, Method::Post | Method::Put) && !public && path != "/ws/tickets",
            has_body: matches!(method, Method::Post | Method::Put),
            has_input: operation.request_body.is_some() || !parameters.is_empty(),
            paged: parameters.iter().any(|parameter| named(parameter, "cursor")),
        }
    }
}

fn complete_operation(shape: &Shape, operation: &mut Operation) {
    // Utoipa writes "no scheme at all" as one empty requirement, which means "optional".
    let schemes = SCHEMES.map(|scheme| SecurityRequirement::new(scheme, [""; 0]));
    operation.security = Some(if shape.public { Vec::new() } else { schemes.to_vec() });
    let parameters = operation.parameters.get_or_insert_default();
    if shape.writes && shape.versioned {
        parameters.push(header("If-Match", "Entity tags that the item may have; otherwise 412."));
    }
    if shape.repeatable {
        let about = "1 to 255 visible ASCII characters; repeating the request returns the first response.";
        parameters.push(header("Idempotency-Key", about));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            complete_response(shape, status, response);
        }
    }
    for (status, name, _) in problems::ALL.into_iter().filter(|(status, ..)| shape.can_answer(status)) {
        let reference = || RefOr::Ref(Ref::from_response_name(name));
        operation.responses.responses.entry(status.to_owned()).or_insert_with(reference);
    }
}

impl Shape {
    /// Whether a problem of that status can come from any operation of this shape.
    fn can_answer(&self, status: &str) -> bool {
        match status {
            "400" => self.has_input,
            "401" | "403" => !self.public,
            "408" | "413" => self.has_body,
            "412" => self.writes && self.versioned,
            "422" => self.repeatable,
            "507" => self.writes,
            "500" | "503" => true,
            _ => false,
        }
    }
}

fn complete_response(shape: &Shape, status: &str, response: &mut Response) {
    if status >= "400" {
        if response.content.is_empty() {
            response.content = problems::response("").content;
        }
        return;
    }
    let mut add = |name: &str, about: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let header = HeaderBuilder::new().schema(Some(text)).description(Some(about)).build();
        response.headers.insert(name.to_owned(), header.into());
    };
    if shape.versioned && status < "300" {
        add("ETag", "The item's version, unless it is gone.");
    }
    if shape.paged {
        add("Link", "The next page of a bare array, with `rel=\"next\"`; absent when nothing follows.");
    }
}

fn header(name: &str, about: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()));
    RefOr::T(parameter.build())
}

fn complete_components(components: &mut Components) {
    let mut schemas = vec![(problems::Problem::name().into_owned(), problems::Problem::schema())];
    problems::Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    for schema in components.schemas.values_mut() {
        // Items keep the client's further members, and readers must expect members that are added later.
        if let RefOr::T(Schema::Object(object)) = schema {
            object.additional_properties.get_or_insert_with(|| Box::new(AdditionalProperties::FreeForm(true)));
        }
    }
    for (_, name, about) in problems::ALL {
        components.responses.insert(name.to_owned(), problems::response(about).into());
    }
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some("An ID or access token of the user pool."))
        .build();
    let token = ApiKeyValue::with_description("Authorization", "The same token without `Bearer`.");
    let [first, second] = SCHEMES.map(str::to_owned);
    components.security_schemes.insert(first, SecurityScheme::Http(bearer).into());
    components.security_schemes.insert(second, SecurityScheme::ApiKey(ApiKey::Header(token)).into());
}
