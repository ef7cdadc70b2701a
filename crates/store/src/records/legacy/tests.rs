//! Tests of the old parameters.

use super::*;
