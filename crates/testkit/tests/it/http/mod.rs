//! What all routes have in common.

mod anonymous;
mod base_path;
mod cors;
mod cursors;
mod documents;
mod etags;
mod health;
mod idempotency;
mod problems;
