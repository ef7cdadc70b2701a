//! E-mail addresses, checked as far as that can be done without writing to them.

/// Bytes of an address (RFC 5321's path less its brackets).
pub const EMAIL_BYTES: usize = 254;
/// Bytes of its local part (RFC 5321).
const LOCAL_BYTES: usize = 64;

/// Whether a text looks like an address: one `@` between two parts, and nothing that would break a mail's header.
pub fn is_address(text: &str) -> bool {
    let odd = |letter: char| letter.is_whitespace() || letter.is_control() || "<>()[],;:\\\"".contains(letter);
    text.len() <= EMAIL_BYTES
        && !text.contains(odd)
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            let domain_good = !domain.is_empty() && !domain.starts_with('.') && !domain.ends_with('.');
            !local.is_empty() && local.len() <= LOCAL_BYTES && !local.contains('@') && domain_good
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_look_like_addresses() {
        for good in ["a@b", "Ann.O'Hara+tag@example.com", "jürgen@exämple.de"] {
            assert!(is_address(good), "{good}");
        }
        let long = format!("{}@example.com", "x".repeat(65));
        for bad in ["", "a", "@b", "a@", "a b@c", "a@b@c", "a@.b", "a@b.", "<a@b>", "a@b\n", &long] {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}
