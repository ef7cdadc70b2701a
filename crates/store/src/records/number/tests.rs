//! Tests of numbers.

use super::*;
