//! Where an archive is: a directory, or a bucket.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

/// What an empty place comes to.
const NOTHING: &str =
    "name a directory or s3://BUCKET/PREFIX, or leave --archive and FRONTDESK_ARCHIVE out for no archive";

/// Where an archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a directory, which is created when missing, for its owner only.
    Directory(PathBuf),
    /// In a bucket of S3, or of what speaks its protocol, by variables that AWS tools share: `AWS_REGION`, `AWS_ENDPOINT_URL_S3`, and
    /// credentials (`AWS_ACCESS_KEY_ID` and the others, a web identity, or those of an ECS task or an EC2 instance).
    #[cfg(feature = "aws")]
    Bucket {
        /// The bucket.
        bucket: String,
        /// What the keys start with; without slashes around it.
        prefix: String,
    },
}

/// Why there can be no archive at a place.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The directory cannot be made or used.
    #[error("cannot use {path} as an archive")]
    Directory {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The object store cannot be used.
    #[error("cannot use {place} as an archive")]
    Store {
        /// The place.
        place: String,
        /// Why.
        source: object_store::Error,
    },
    /// A setting is wrong, or the object store refuses.
    #[error("cannot use {place} as an archive: {reason}")]
    Refused {
        /// The place.
        place: String,
        /// Why, and what to do.
        reason: String,
    },
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return if text.is_empty() { Err(NOTHING.to_owned()) } else { Ok(Self::Directory(text.into())) };
        };
        bucket(scheme, rest)
    }
}

#[cfg(feature = "aws")]
fn bucket(scheme: &str, rest: &str) -> Result<Place, String> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-');
    if scheme != "s3" || !(3..=63).contains(&bucket.len()) || !bucket.chars().all(plain) {
        return Err("a directory, or s3://BUCKET/PREFIX".to_owned());
    }
    Ok(Place::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
}

#[cfg(not(feature = "aws"))]
fn bucket(_: &str, _: &str) -> Result<Place, String> {
    Err("a directory (this frontdesk is built without S3)".to_owned())
}

impl Place {
    /// The place as it is shown.
    pub fn name(&self) -> String {
        match self {
            Self::Directory(path) => path.display().to_string(),
            #[cfg(feature = "aws")]
            Self::Bucket { bucket, prefix } => format!("s3://{bucket}/{prefix}"),
        }
    }

    /// What files there are kept by, and what their names start with.
    pub(crate) fn open(&self) -> Result<(Arc<dyn ObjectStore>, String), PlaceError> {
        match self {
            Self::Directory(path) => {
                let failed = |source| PlaceError::Directory { path: path.clone(), source };
                DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
                let store = LocalFileSystem::new_with_prefix(path);
                let store = store.map_err(|source| PlaceError::Store { place: self.name(), source })?;
                Ok((Arc::new(store.with_fsync(true)), String::new()))
            }
            #[cfg(feature = "aws")]
            Self::Bucket { bucket, prefix } => {
                let builder =
                    crate::s3::builder(bucket).map_err(|reason| PlaceError::Refused { place: self.name(), reason })?;
                let store = builder.build().map_err(|source| PlaceError::Store { place: self.name(), source })?;
                Ok((Arc::new(store), prefix.clone()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_directory_or_a_bucket() {
        assert_eq!("a/b".parse(), Ok(Place::Directory("a/b".into())));
        #[cfg(feature = "aws")]
        {
            let bucket = |prefix: &str| Ok(Place::Bucket { bucket: "my-bucket".to_owned(), prefix: prefix.to_owned() });
            assert_eq!("s3://my-bucket".parse(), bucket(""));
            assert_eq!("s3://my-bucket/a/b/".parse(), bucket("a/b"));
        }
        assert!("".parse::<Place>().unwrap_err().contains("leave --archive"));
        for wrong in ["", "gs://bucket", "s3://", "s3:///a", "s3://Bucket/a", "s3://a_b_c"] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
