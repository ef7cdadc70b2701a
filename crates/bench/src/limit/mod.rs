//! The limits: what the machine, axum and SQLite can do when nobody asks who is calling, whether they may, and what the rules say.

pub(crate) mod group;
pub(crate) mod reads;
pub(crate) mod searches;
pub(crate) mod writes;

use axum::Router;
use tokio::net::TcpListener;

use crate::Outcome;

/// Serves on a free port, whose address it prints.
#[expect(clippy::print_stdout, reason = "the parent process reads it")]
async fn serve(router: Router) -> Outcome {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
