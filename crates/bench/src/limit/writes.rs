//! The limit of writes: a bare axum echo, whose answer waits until the rows of a booking are durable.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::put;

use crate::Outcome;
use crate::limit::group::Group;
use crate::rows::Rows;

struct Shared {
    rows: Rows,
    group: Group,
    next: AtomicU64,
}

/// Serves from a database in this directory.
pub(crate) fn serve(directory: &Path) -> Outcome {
    super::runtime()?.block_on(async {
        let rows = Rows::sample(&directory.join("sample")).await?;
        let group = Group::open(&directory.join("data"))?;
        let shared = Arc::new(Shared { rows, group, next: AtomicU64::new(0) });
        super::serve(Router::new().route("/users/{userid}/bookings", put(echo)).with_state(shared)).await
    })
}

async fn echo(State(shared): State<Arc<Shared>>, request: Bytes) -> Response {
    let row = shared.rows.of(shared.next.fetch_add(1, Ordering::Relaxed));
    let answer = row.booking.clone();
    match shared.group.commit(row).await {
        Ok(()) if !request.is_empty() => {
            (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/json")], answer).into_response()
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
