//! PUT /locations/{locationID}/resources

use axum::extract::State;

use crate::answer;
use crate::payload::Write;
use crate::permit::{Permit, action};
use crate::problem::Answer;
use crate::schema::parameters::InLocation;
use crate::schema::resources::{Resource, ResourceRequest};
use crate::state::Shared;

/// Create a resource
///
/// Under a new identifier. For administrators.
#[utoipa::path(
    put,
    path = "/locations/{locationID}/resources",
    operation_id = "CreateResource",
    tag = "resources",
    params(InLocation),
    request_body = ResourceRequest,
    responses(
        (status = 201, description = "The resource as it is stored.", body = Resource),
        (status = 404, description = "There is no such location."),
        (status = 409, description = "The location is being deleted.")
    )
)]
pub(crate) async fn create_resource(
    State(state): State<Shared>,
    permit: Permit<action::PutResource>,
    write: Write,
) -> Answer {
    let [location] = permit.ids()?;
    let command = permit.command(&state, write.terms);
    Ok(answer::reply(state.app.put_resource(command, location, None, write.body).await?))
}
