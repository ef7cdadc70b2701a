//! What can go wrong in a store. None of these is a decision: a refusal by a rule is not an error.

/// A failure of the store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store does not answer, or is stopping or overloaded: try again (503).
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store did not answer a write that must not simply be repeated: it was done, or it was not (503).
    #[error("{0}")]
    Unknown(String),
    /// The disk or the configured size is exhausted; reads go on (507).
    #[error("the store is full: {0}")]
    Full(String),
    /// A write exceeds a limit of the port (413).
    #[error("{0}")]
    TooLarge(String),
    /// A stored item cannot be understood, or an invariant of the port does not hold; the text names the item (503).
    #[error("stored data is not as expected: {0}")]
    Corrupt(String),
    /// The caller used the port wrongly, or a decision panicked (500).
    #[error("the store was used wrongly: {0}")]
    Misuse(String),
    /// The data directory or file cannot be opened; the message says what to do (at start only).
    #[error("{0}")]
    Open(String),
}
