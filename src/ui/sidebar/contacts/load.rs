//! Reads what the list of contacts shows, and moves contacts between groups; runs off the main thread.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Loaded,
    rows::{Around, Roster},
};
use crate::{
    command::{Command, ContactCommand},
    model::ConversationId,
    store::{Reader, StoreError},
    ui::sidebar::{chats::offers, find::Needle, rows::ContactRow},
    worker::Handle,
};

/// The name under which folded groups are kept.
pub(super) const FOLDED_GROUPS: &str = "sidebar.folded-groups";

/// What to show.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    /// What was typed into the search field.
    pub(super) typed: String,
    /// The chat that is shown at the right.
    pub(super) current: Option<ConversationId>,
    /// The rosters as they were read last; `None` when they changed.
    pub(super) roster: Option<Arc<Roster>>,
    /// Groups whose members are hidden; `None` when not read yet.
    pub(super) folded: Option<HashSet<String>>,
}

/// The rows of the list of contacts.
pub(super) fn load(handle: &Handle, query: Query) -> Result<Loaded, StoreError> {
    let reader = handle.reader();
    let accounts = reader.accounts()?;
    let folded = match query.folded {
        Some(folded) => folded,
        None => read_folded(reader.value(FOLDED_GROUPS)?.as_deref()),
    };
    let online_only = reader.settings()?.online_only;
    let roster = match query.roster {
        Some(roster) => roster,
        None => {
            let mut contacts = vec![];
            for account in &accounts {
                contacts.extend(reader.roster(account.id)?);
            }
            Arc::new(Roster::new(contacts))
        }
    };
    let presences: HashMap<_, _> = accounts
        .iter()
        .map(|account| (account.id, handle.live().presences(account.id)))
        .collect();
    let needle = Needle::new(&query.typed);
    let mut rows = roster.rows(&Around {
        presences: &presences,
        needle: &needle,
        online_only,
        folded: &folded,
        current: query.current,
    });
    rows.extend(offers(&query.typed, &accounts, &roster.addresses()));
    Ok(Loaded {
        rows,
        roster,
        folded,
        online_only,
    })
}

/// Folded groups as they are kept.
fn read_folded(value: Option<&str>) -> HashSet<String> {
    value
        .and_then(|value| serde_json::from_str(value).ok())
        .unwrap_or_default()
}

/// Folded groups in the form in which they are kept.
pub(super) fn write_folded(folded: &HashSet<String>) -> String {
    let mut names: Vec<&String> = folded.iter().collect();
    names.sort();
    serde_json::to_string(&names).unwrap_or_default()
}

/// What takes a contact out of the group it was dragged from and puts it into another one; `None` when it is there.
pub(super) fn moved_to(
    reader: &Reader,
    dragged: &ContactRow,
    to: &str,
) -> Result<Option<Command>, StoreError> {
    let Some(contact) = reader.contact(dragged.account, &dragged.jid)? else {
        return Ok(None);
    };
    let groups = moved(&contact.item.groups, &dragged.group, to);
    let edit = (groups != contact.item.groups).then(|| {
        Command::Contact(ContactCommand::Edit {
            account: dragged.account,
            jid: dragged.jid.clone(),
            name: contact.item.name,
            groups,
        })
    });
    Ok(edit)
}

/// Groups after a move; an empty name is no group.
fn moved(groups: &[String], from: &str, to: &str) -> Vec<String> {
    let mut moved: Vec<String> = groups
        .iter()
        .filter(|group| *group != from || from == to)
        .cloned()
        .collect();
    if !to.is_empty() && !moved.iter().any(|group| group == to) {
        moved.push(to.to_owned());
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_dragged_contact_leaves_only_the_group_it_came_from() {
        for (before, from, to, after) in [
            (&["A"][..], "A", "B", &["B"][..]),
            (&["A", "C"], "A", "B", &["C", "B"]),
            (&["A", "B"], "A", "B", &["B"]),
            (&["A"], "A", "A", &["A"]),
            (&["A", "B"], "A", "", &["B"]),
            (&[], "", "B", &["B"]),
            (&[], "", "", &[]),
        ] {
            assert_eq!(
                moved(&groups(before), from, to),
                groups(after),
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn folded_groups_survive_and_damage_does_not_matter() {
        let folded = HashSet::from(["".to_owned(), "Work \"x\"".to_owned()]);
        assert_eq!(read_folded(Some(&write_folded(&folded))), folded);
        assert!(read_folded(Some("{")).is_empty());
        assert!(read_folded(None).is_empty());
    }
}
