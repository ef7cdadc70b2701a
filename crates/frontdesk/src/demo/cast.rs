//! The demo's people: their accounts, and the passwords that are shown once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use app::Command;
use identity::{NewUser, PoolError, Status, generate_password};

use super::progress::Progress;
use super::stage::Stage;
use super::venue::{Person, Venue};
use crate::compose::Instance;
use crate::error::{Error, Outcome};
use crate::serve::replace;
use crate::terminal;

const PASSWORD_FILE: &str = "demo-passwords";

/// Gives everybody an account, shows the passwords, and returns the `sub` of each. A start that was cut off before all were shown
/// gives everybody a new password.
pub(super) async fn enter(
    instance: &Instance,
    stage: &Stage,
    venue: &Venue,
    data: &Path,
    progress: &mut Progress,
) -> Outcome<Vec<String>> {
    let pool = instance.identity.pool()?;
    if !progress.cast {
        let mut passwords = Vec::new();
        for _ in &venue.people {
            passwords.push(generate_password()?);
        }
        let lines: Vec<String> =
            venue.people.iter().zip(&passwords).map(|(who, password)| line(who, password)).collect();
        let file = data.join(PASSWORD_FILE);
        let shown = terminal::is_terminal();
        if !shown {
            // Written before there is anybody, so that there is nobody whose password is not in it.
            replace(&file, &(lines.join("\n") + "\n")).map_err(Error::file("write", &file))?;
            tracing::info!(password_file = file.display().to_string(), "wrote the passwords of the demo's users");
        }
        for (place, (person, password)) in venue.people.iter().zip(&passwords).enumerate() {
            stage.draw_from(place as u64);
            create(instance, person, password).await?;
        }
        if shown {
            terminal::print(&text(&lines))?;
        }
        progress.cast(instance.store.as_ref()).await?;
    }
    let mut subs = Vec::new();
    for person in &venue.people {
        let sub = pool.get(&person.email).await?.sub;
        instance.app.put_user(Command::default(), &sub, person.profile()).await?;
        subs.push(sub);
    }
    Ok(subs)
}

async fn create(instance: &Instance, person: &Person, password: &str) -> Outcome {
    let pool = instance.identity.pool()?;
    let group = &instance.identity.settings().admin_group;
    let new = NewUser {
        email: &person.email,
        password,
        status: Status::Confirmed,
        email_verified: true,
        groups: if person.administrator { vec![group.clone()] } else { Vec::new() },
        attributes: BTreeMap::from([("name".to_owned(), person.name.clone())]),
    };
    match pool.create(new).await {
        Err(PoolError::UsernameExists) => Ok(pool.set_password(&person.email, password, true).await?),
        created => Ok(created.map(drop)?),
    }
}

fn line(person: &Person, password: &str) -> String {
    let role = if person.administrator { "\tadministrator" } else { "" };
    format!("{}\t{password}{role}", person.email)
}

fn text(lines: &[String]) -> String {
    let mut text = "The demo's users and their passwords (not shown again):\n".to_owned();
    for line in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}", line.replace('\t', "  "));
    }
    text
}
