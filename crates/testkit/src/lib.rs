//! A test application with typed callers, and the integration tests of the HTTP interface.
