//! HTTP: routes, extractors, problem details, OpenAPI and the reference page.
