//! Patterns by which texts are chosen.

/// A text, or where it ends with `*` the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Exactly this.
    Is(String),
    /// Whatever begins so.
    StartsWith(String),
}

impl Pattern {
    /// Reads one; nothing in it means anything but a `*` at its end.
    pub fn read(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(start) => Self::StartsWith(start.to_owned()),
            None => Self::Is(text.to_owned()),
        }
    }

    /// Whether it chooses a text.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Is(wanted) => text == wanted,
            Self::StartsWith(start) => text.starts_with(start.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_at_the_end_means_the_beginning_and_nothing_else_means_anything() {
        for (pattern, fitting, other) in [
            ("frontdesk.booking.*", "frontdesk.booking.created", "frontdesk.bookings"),
            ("frontdesk.booking.created", "frontdesk.booking.created", "frontdesk.booking.created.x"),
            ("a*b", "a*b", "axb"),
            ("a_%*", "a_%c", "abcc"),
        ] {
            let pattern = Pattern::read(pattern);
            assert!(pattern.fits(fitting) && !pattern.fits(other), "{pattern:?}");
        }
        assert!(Pattern::read("*").fits("") && !Pattern::read("").fits("a"));
    }
}
