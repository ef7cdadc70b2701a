//! tmp
fn main() {
    let _ = std::fs::write("docs/openapi.json", api::openapi_text());
    let _ = std::fs::write("docs/postman.json", api::postman_text());
}
