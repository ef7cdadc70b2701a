//! What a GraphQL request may ask for. A request beyond a limit is refused before anything is looked up.

/// Tokens of a document.
pub(super) const TOKENS: usize = 4_000;
/// Brackets of a document that are open at once. The parser recurses, so this is counted before it runs.
pub(super) const BRACKETS: usize = 64;
/// Levels of fields.
pub(super) const DEPTH: usize = 12;
/// Fields and fragments of a document with every fragment in its places.
pub(super) const SELECTIONS: usize = 2_000;
/// Fields at the top of an operation.
pub(super) const ROOTS: usize = 20;
/// Aliases of a document with every fragment in its places.
pub(super) const ALIASES: usize = 50;
/// Directives on one field.
pub(super) const DIRECTIVES: usize = 4;
/// What an operation may cost (see `super::cost`).
pub(super) const COST: usize = 30_000;
/// Items that one operation reads at once.
pub(super) const READS: usize = 8;
