//! Every action for every kind of caller, and policies that come from a directory.

use std::path::Path;

use jiff::Timestamp;

use super::{Action, Policies};
use crate::principal::{Principal, TokenUse};

fn caller(sub: &str, groups: &[&str]) -> Principal {
    Principal {
        sub: sub.to_owned(),
        email: None,
        groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        username: sub.to_owned(),
        client: "frontdesk".to_owned(),
        token_use: TokenUse::Id,
        expires: Timestamp::MAX,
        administrator: groups.contains(&"apiAdmins"),
    }
}

const OWNERS: &[Action] = &[
    Action::GetUser,
    Action::PutUser,
    Action::DeleteUser,
    Action::CreateOrder,
    Action::ListOrders,
    Action::GetOrder,
    Action::PutOrder,
    Action::CancelOrder,
    Action::ListUserBookings,
    Action::PutBooking,
    Action::GetBooking,
    Action::CancelBooking,
    Action::ConfirmBooking,
    Action::CheckInBooking,
    Action::ViewBookingDetails,
];

const EVERYONE: &[Action] = &[
    Action::ListLocations,
    Action::GetLocation,
    Action::ListResources,
    Action::GetResource,
    Action::ListResourceBookings,
    Action::GetAvailability,
    Action::SearchAvailability,
    Action::RequestBooking,
    Action::GetBookingRequest,
    Action::OpenPush,
];

#[test]
fn the_policies_built_in_decide_every_action_for_every_kind_of_caller() {
    let policies = Policies::load(None, 1_000).unwrap();
    let (ann, bob) = (caller("ann", &["guests"]), caller("bob", &[]));
    let admin = caller("root", &["apiAdmins", "staff"]);
    // Twice: the second time the decisions are remembered.
    for _ in 0..2 {
        for action in Action::ALL.iter().copied() {
            let everyone = EVERYONE.contains(&action);
            let name = action.as_str();
            assert_eq!(policies.allow(&ann, action, Some("ann")), everyone || OWNERS.contains(&action), "owner {name}");
            assert_eq!(policies.allow(&bob, action, Some("ann")), everyone, "other user {name}");
            assert_eq!(policies.allow(&bob, action, None), everyone, "no owner {name}");
            assert!(policies.allow(&admin, action, Some("ann")), "administrator {name}");
            assert!(policies.allow(&admin, action, None), "administrator {name}");
        }
    }
}

#[test]
fn odd_identifiers_are_only_themselves() {
    let policies = Policies::load(None, 10).unwrap();
    let odd = "a\"] || true //\u{e9}\n";
    assert!(policies.allow(&caller(odd, &["\"", "\u{0}"]), Action::GetUser, Some(odd)));
    assert!(!policies.allow(&caller(odd, &[]), Action::GetUser, Some("a")));
    assert!(!policies.allow(&caller("a", &["administrator"]), Action::ListUsers, None), "a group is no role");
}

#[test]
fn long_questions_do_not_fill_the_memory() {
    let policies = Policies::load(None, 1_000).unwrap();
    for number in 0..1_000 {
        assert!(!policies.allow(&caller("ann", &[]), Action::GetUser, Some(&format!("{number:060000}"))));
    }
    assert!(policies.remembered() <= 1_000 * 256 / 60_000, "{}", policies.remembered());
    for number in 0..1_000 {
        policies.allow(&caller("ann", &[]), Action::GetUser, Some(&number.to_string()));
    }
    assert!(policies.remembered() > 500, "short ones are remembered: {}", policies.remembered());
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    for name in ["schema.cedarschema", "owners.cedar", "users.cedar", "administrators.cedar"] {
        std::fs::copy(built_in.join(name), directory.path().join(name)).unwrap();
    }
    for (name, text) in files {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    directory
}

#[test]
fn a_directory_replaces_the_policies() {
    let staff =
        r#"permit (principal in Frontdesk::Group::"staff", action == Frontdesk::Action::"ListUsers", resource);"#;
    let nobody = r#"forbid (principal, action == Frontdesk::Action::"ListLocations", resource);"#;
    let directory = directory(&[("staff.cedar", staff), ("nobody.cedar", nobody), ("notes.txt", "not a policy")]);
    let policies = Policies::load(Some(directory.path()), 10).unwrap();
    assert!(policies.allow(&caller("ann", &["staff"]), Action::ListUsers, None));
    assert!(!policies.allow(&caller("ann", &["guests"]), Action::ListUsers, None));
    assert!(!policies.allow(&caller("root", &["apiAdmins"]), Action::ListLocations, None));
}

fn refused(files: &[(&str, &str)]) -> String {
    let directory = directory(files);
    Policies::load(Some(directory.path()), 10).err().unwrap().to_string()
}

#[test]
fn a_broken_policy_is_refused_with_its_file_and_line() {
    let message = refused(&[("broken.cedar", "// one\n// two\npermit (principal, action, resource")]);
    assert!(message.contains("broken.cedar:3: "), "{message}");
    let message =
        refused(&[("unknown.cedar", "// one\npermit (principal,\n action == Frontdesk::Action::\"Fly\", resource);")]);
    assert!(message.contains("unknown.cedar:"), "{message}");
    assert!(message.contains("Fly"), "{message}");
    let message =
        refused(&[("typo.cedar", "permit (principal, action, resource)\nwhen { resource.ownr == principal };")]);
    assert!(message.contains("typo.cedar:2: ") && message.contains("ownr"), "{message}");
    let message = refused(&[("schema.cedarschema", "namespace Frontdesk {\n  entity User\n  entity Item;\n}")]);
    assert!(message.contains("schema.cedarschema:"), "{message}");
}

#[test]
fn a_schema_must_know_every_action_and_a_directory_must_have_policies() {
    let schema =
        "namespace Frontdesk { entity Role; entity Group; entity User in [Group, Role]; entity Item { owner?: User };
        action ListUsers appliesTo { principal: User, resource: Item }; }";
    let directory = tempfile::tempdir().unwrap();
    let load = || Policies::load(Some(directory.path()), 10).err().unwrap().to_string();
    assert!(load().contains("cannot read the policies in"), "{}", load());
    std::fs::write(directory.path().join("schema.cedarschema"), schema).unwrap();
    assert!(load().contains("0 *.cedar files"), "{}", load());
    std::fs::write(directory.path().join("all.cedar"), "permit (principal, action, resource);").unwrap();
    assert!(load().contains("lacks the action Frontdesk::Action::\"CreateUser\""), "{}", load());
}

#[test]
fn policies_that_name_a_user_are_known() {
    assert!(!Policies::load(None, 1).unwrap().name_users());
    let own = "permit (principal == Frontdesk :: User // spaces\n :: \"ann\", action, resource);";
    let directory = directory(&[("own.cedar", own)]);
    assert!(Policies::load(Some(directory.path()), 1).unwrap().name_users());
}
