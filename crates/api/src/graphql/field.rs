//! Fields that may be refused without taking anything from the fields beside them.

use std::borrow::Cow;

use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Error, OutputType, Positioned, ServerResult, Value, parser};

use crate::problem::Problem;

/// The value of a field, or null and an error at its place. (The crate would make an error of the whole object.)
pub(super) struct Field<T>(Result<T, Error>);

/// The field with this value.
pub(super) async fn field<T>(value: impl Future<Output = Result<T, Box<Problem>>>) -> Field<T> {
    Field(value.await.map_err(Error::from))
}

impl<T: OutputType> OutputType for Field<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    /// Without `!`: it may be null.
    fn qualified_type_name() -> String {
        T::type_name().into_owned()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry);
        T::type_name().into_owned()
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        field: &Positioned<parser::types::Field>,
    ) -> ServerResult<Value> {
        let resolved = match &self.0 {
            Ok(value) => value.resolve(ctx, field).await,
            Err(error) => Err(ctx.set_error_path(error.clone().into_server_error(field.pos))),
        };
        Ok(resolved.unwrap_or_else(|error| {
            ctx.add_error(error);
            Value::Null
        }))
    }
}
