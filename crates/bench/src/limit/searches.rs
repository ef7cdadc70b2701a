//! The limit of searches: a bare axum route that reads the days of every resource from a bare SQLite file, understands nothing of
//! them, and returns the bytes that the product returned.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use rusqlite::Connection;

use crate::Outcome;
use crate::rows::resource;
use crate::search::days;

const DAYS: &str = "SELECT v, body, private FROM occupancy WHERE p = ? AND s BETWEEN ? AND ? ORDER BY s";

/// Serves the response in this file, each time after having read the database in this directory.
pub(crate) fn serve(directory: &Path, response: &Path) -> Outcome {
    let text = fs::read_to_string(response)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or("a response without a head")?;
    let (headers, body) = (super::reads::headers(head)?, Bytes::from(body.to_owned()));
    let connection = Connection::open(directory.join("frontdesk.db"))?;
    let resources: i64 = connection.query_row("SELECT count(*) FROM resources", (), |row| row.get(0))?;
    let resources = u64::try_from(resources)?;
    let connection = Arc::new(Mutex::new(connection));
    let answer = move || {
        let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read(&connection, resources);
        std::future::ready(match read {
            Ok(bytes) if bytes > 0 => {
                let mut response = Response::new(Body::from(body.clone()));
                response.headers_mut().clone_from(&headers);
                response
            }
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        })
    };
    super::runtime()?.block_on(super::serve(Router::new().route("/availability", get(answer))))
}

/// How many bytes the days have.
fn read(connection: &Connection, resources: u64) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(DAYS)?;
    let (first, last) = days();
    let mut bytes = 0;
    for number in 0..resources {
        let mut rows = statement.query((resource(number), first, last))?;
        while let Some(row) = rows.next()? {
            bytes += row.get_ref(1)?.as_str()?.len();
        }
    }
    Ok(bytes)
}
