//! Password hashing: Argon2id (RFC 9106) with OWASP's parameters (19 MiB, 2 passes, 1 lane), on blocking threads, a bounded number
//! at once and a bounded number waiting, so that sign-ins can exhaust neither memory nor the processors.

use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::entropy;
use crate::error::PoolError;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Room for the memory of a hash, in blocks of 1 KiB. The C library maps what is beyond 32 MiB apart and gives it back at once;
/// smaller pieces would stay with every thread that ever hashed. What is not written to takes no memory.
const ROOM_BLOCKS: usize = 33 * 1024;

/// Hashes and verifies passwords.
#[derive(Debug)]
pub(crate) struct Hasher {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Hasher {
    pub(crate) fn new(parallel: usize, waiting: usize) -> Self {
        let parallel = parallel.max(1);
        Self {
            running: Arc::new(Semaphore::new(parallel)),
            admitted: Arc::new(Semaphore::new(parallel.saturating_add(waiting))),
        }
    }

    /// The password's hash as a PHC string.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, PoolError> {
        let password = Zeroizing::new(password.to_owned());
        let salt = entropy::bytes::<16>()?;
        self.run(move || make(password.as_bytes(), &salt).ok_or(PoolError::Crypto("Argon2id failed"))).await
    }

    /// Whether the password has this hash. Without a hash the answer is no, and costs as much time.
    pub(crate) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, PoolError> {
        let Some(hash) = hash.map(str::to_owned) else {
            return self.hash(password).await.map(|_| false);
        };
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let hash =
                PasswordHash::new(&hash).map_err(|_| PoolError::Crypto("a stored password hash is unreadable"))?;
            Ok(matches(password.as_bytes(), &hash))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        let stopped = || PoolError::Crypto("hashing was stopped");
        let admitted = Arc::clone(&self.admitted).try_acquire_owned().map_err(|_| PoolError::TooManyRequests)?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(|_| stopped())?;
        let task = move || {
            // Held by the work, not by the caller, who may go away while it runs.
            let _held = (admitted, running);
            work()
        };
        tokio::task::spawn_blocking(task).await.map_err(|_| stopped())?
    }
}

/// The hash of a password with the present parameters, as a PHC string.
fn make(password: &[u8], salt: &[u8]) -> Option<String> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let output = compute(&Argon2::new(algorithm, version, params.clone()), password, salt)?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(output),
    };
    Some(hash.to_string())
}

/// Whether the password has this hash, whatever its parameters; compared in constant time.
fn matches(password: &[u8], hash: &PasswordHash) -> bool {
    let computed = || {
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = Version::try_from(hash.version?).ok()?;
        compute(&Argon2::new(algorithm, version, Params::try_from(hash).ok()?), password, hash.salt.as_deref()?)
    };
    computed().is_some_and(|computed| hash.hash == Some(computed))
}

fn compute(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Option<Output> {
    let blocks = argon2.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(ROOM_BLOCKS));
    memory.resize(blocks, Block::new());
    let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
    argon2.hash_password_into_with_memory(password, salt, &mut output, &mut memory).ok()?;
    Output::new(&output).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_only() {
        let hasher = Hasher::new(2, 2);
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash("correct horse").await.unwrap(), "salted");
        assert!(hasher.verify("correct horse", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("wrong horse", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("correct horse", None).await.unwrap());
    }

    #[test]
    fn hashes_made_elsewhere_with_other_parameters_match() {
        use argon2::PasswordHasher;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(64, 1, 1, None).unwrap());
        let hash: PasswordHash = argon2.hash_password_with_salt(b"correct horse", &[7; 16]).unwrap();
        assert!(matches(b"correct horse", &hash));
        assert!(!matches(b"wrong horse", &hash));
    }

    #[tokio::test]
    async fn more_than_may_wait_are_refused() {
        let hasher = Hasher::new(1, 1);
        let all = [hasher.hash("a"), hasher.hash("b"), hasher.hash("c")];
        let [first, second, third] = all;
        let (first, second, third) = tokio::join!(first, second, third);
        assert!(first.is_ok() && second.is_ok());
        assert!(matches!(third, Err(PoolError::TooManyRequests)));
    }
}
