//! The very first start: an administrator, and the pool's access key in the form that AWS tools read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use identity::{AccessKey, Administrator, Identity, generate_password};

use crate::config::AdministratorArgs;
use crate::config::values::Secret;
use crate::error::{Error, Outcome};
use crate::terminal;

const EMAIL: &str = "admin@example.com";
const PASSWORD_FILE: &str = "initial-admin-password";
const ACCESS_KEY_FILE: &str = "aws-credentials";

/// Creates the administrator on the very first start, writes the pool's access key down, and has the other keys loaded or made;
/// then the instance is ready.
pub async fn prepare(identity: &Identity, administrator: &AdministratorArgs, data: &Path) -> Outcome {
    create_administrator(identity, administrator, data).await?;
    let key = identity.load_access_key().await?;
    write_access_key(&data.join(ACCESS_KEY_FILE), &key)?;
    Ok(identity.prepare().await?)
}

async fn create_administrator(identity: &Identity, given: &AdministratorArgs, data: &Path) -> Outcome {
    if identity.pool()?.has_administrator().await? {
        return already_there(given);
    }
    let email = given.admin_email.as_deref().unwrap_or(EMAIL);
    let (password, generated) = match &given.admin_password {
        Some(password) => (password.clone(), false),
        None => (Secret::from(generate_password()?.to_string()), true),
    };
    let file = data.join(PASSWORD_FILE);
    let shown = generated && terminal::is_terminal();
    let kept = generated && !shown;
    if kept {
        // One that is there is of a start that ended before there was an administrator.
        let text = format!("{}\n", password.reveal());
        replace(&file, &text).map_err(Error::file("write", &file))?;
    }
    match identity.pool()?.ensure_administrator(email, password.reveal()).await? {
        Administrator::AlreadyThere => {
            // Another process was first, on a data directory of its own; the password here is nobody's.
            if kept {
                remove(&file).map_err(Error::file("remove", &file))?;
            }
            return already_there(given);
        }
        Administrator::Created => {}
    }
    if shown {
        terminal::print(&format!("Administrator: {email}, password: {} (not shown again)", password.reveal()))?;
    } else {
        let file = kept.then(|| file.display().to_string());
        tracing::info!(email, password_file = file, "created the administrator");
    }
    Ok(())
}

fn already_there(given: &AdministratorArgs) -> Outcome {
    if given.admin_email.is_some() || given.admin_password.is_some() {
        tracing::info!(
            "the administrator was created before; the e-mail address and password given now change nothing"
        );
    }
    Ok(())
}

fn write_access_key(file: &Path, key: &AccessKey) -> Outcome {
    let text = format!("[default]\naws_access_key_id={}\naws_secret_access_key={}\n", key.id, key.secret);
    if fs::read_to_string(file).is_ok_and(|present| present == text) {
        return Ok(());
    }
    replace(file, &text).map_err(Error::file("write", file))
}

/// Writes a new file for its owner only, in place of any old one.
pub(crate) fn replace(file: &Path, text: &str) -> io::Result<()> {
    remove(file)?;
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
