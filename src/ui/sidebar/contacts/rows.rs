//! From rosters to rows: groups with their counts, and who stands where in them.
//! Knows nothing of widgets, threads or the store; GLib sorts names as the person's language does.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use gtk::glib;

use crate::{
    i18n::gettext,
    model::{AccountId, Ask, BareJid, Contact, ConversationId, Presence, Show},
    ui::{
        sidebar::{
            find::Needle,
            rows::{ContactRow, GroupRow, MAX_LINE, MAX_NAME, Row},
        },
        untrusted_text::one_line,
    },
};

/// Most characters of the name of a group that are shown.
const MAX_GROUP: usize = 60;

/// Rosters ready to be sorted again and again: what does not depend on presence is worked out once.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    people: Vec<Person>,
}

#[derive(Debug)]
struct Person {
    contact: Contact,
    /// The name, safe to show.
    name: String,
    /// What the name is sorted by, as the person's language does.
    sort_key: glib::CollationKey,
    groups: Vec<Arc<str>>,
}

/// What is known beside the rosters.
pub(crate) struct Around<'a> {
    /// Presence by account; those who are offline are missing.
    pub(crate) presences: &'a HashMap<AccountId, HashMap<BareJid, Presence>>,
    /// What was typed into the search field.
    pub(crate) needle: &'a Needle,
    /// Whether only those who are there are shown.
    pub(crate) online_only: bool,
    /// Groups whose members are hidden.
    pub(crate) folded: &'a HashSet<String>,
    /// The chat that is shown at the right.
    pub(crate) current: Option<ConversationId>,
}

impl Roster {
    /// Prepares contacts.
    pub(crate) fn new(contacts: Vec<Contact>) -> Self {
        let mut names: HashMap<String, Arc<str>> = HashMap::new();
        let mut shared = |group: &str| {
            names
                .entry(group.to_owned())
                .or_insert_with(|| Arc::from(group))
                .clone()
        };
        let people = contacts
            .into_iter()
            .map(|contact| {
                let name = one_line(contact.display_name(), MAX_NAME);
                let groups = contact.item.groups.iter();
                let mut groups: Vec<Arc<str>> = groups
                    .filter(|group| !group.trim().is_empty())
                    .map(|group| shared(group))
                    .collect();
                if groups.is_empty() {
                    groups.push(shared(""));
                }
                Person {
                    sort_key: name.to_lowercase().into(),
                    name,
                    contact,
                    groups,
                }
            })
            .collect();
        Self { people }
    }

    /// Whether nobody is on it.
    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Everybody on it.
    pub(crate) fn addresses(&self) -> HashSet<(AccountId, BareJid)> {
        self.people
            .iter()
            .map(|person| (person.contact.account, person.contact.item.jid.clone()))
            .collect()
    }

    /// The rows to show. Groups by name, those in no group last; within a group by presence, then by name.
    pub(crate) fn rows(&self, around: &Around<'_>) -> Vec<Row> {
        let groups = self.groups(around);
        // One group without a name is no grouping at all.
        let is_flat = groups.len() == 1 && groups.keys().all(|key| key.0);
        let searching = !around.needle.is_empty();
        let mut rows = Vec::with_capacity(self.people.len());
        for ((_, _, name), mut group) in groups {
            if group.members.is_empty() && (searching || around.online_only) {
                continue;
            }
            let folded = !is_flat && !searching && around.folded.contains(&**name);
            if !is_flat {
                rows.push(Row::Group(Arc::new(group.header(name, folded))));
            }
            if !folded {
                group.sort();
                rows.extend(
                    group
                        .members
                        .iter()
                        .map(|member| member.row(name, around.current)),
                );
            }
        }
        rows
    }

    /// Contacts found by a search that are not among these, by name; for the list of chats.
    pub(crate) fn found_beside(
        &self,
        around: &Around<'_>,
        shown: &HashSet<(AccountId, BareJid)>,
    ) -> Vec<Row> {
        let group: Arc<str> = "".into();
        let mut found: Vec<Member<'_>> = self
            .people
            .iter()
            .filter(|person| person.is_found(around.needle))
            .map(|person| person.with_presence(around))
            .filter(|member| {
                let contact = &member.person.contact;
                !shown.contains(&(contact.account, contact.item.jid.clone()))
            })
            .collect();
        found.sort_by(|a, b| a.person.sort_key.cmp(&b.person.sort_key));
        found
            .iter()
            .map(|member| member.row(&group, around.current))
            .collect()
    }

    /// Everybody who is shown, by group; the key puts those in no group last.
    fn groups(&self, around: &Around<'_>) -> BTreeMap<(bool, String, &Arc<str>), Group<'_>> {
        let mut groups: BTreeMap<(bool, String, &Arc<str>), Group<'_>> = BTreeMap::new();
        for person in &self.people {
            let member = person.with_presence(around);
            let is_shown = if around.needle.is_empty() {
                member.is_there() || !around.online_only
            } else {
                person.is_found(around.needle)
            };
            for name in &person.groups {
                let key = (name.is_empty(), name.to_lowercase(), name);
                let group = groups.entry(key).or_default();
                group.total += 1;
                group.online += u32::from(member.is_there());
                if is_shown {
                    group.members.push(member.clone());
                }
            }
        }
        groups
    }
}

#[derive(Default)]
struct Group<'a> {
    online: u32,
    total: u32,
    members: Vec<Member<'a>>,
}

/// Somebody with what they show now.
#[derive(Clone)]
struct Member<'a> {
    person: &'a Person,
    show: Show,
    status: String,
}

impl Group<'_> {
    fn header(&self, name: &Arc<str>, folded: bool) -> GroupRow {
        let title = if name.is_empty() {
            gettext("Not in a group")
        } else {
            one_line(name, MAX_GROUP)
        };
        GroupRow {
            name: name.clone(),
            title,
            online: self.online,
            total: self.total,
            folded,
        }
    }

    fn sort(&mut self) {
        self.members.sort_by(|a, b| {
            (
                a.show,
                &a.person.sort_key,
                &a.person.contact.item.jid,
                a.person.contact.account,
            )
                .cmp(&(
                    b.show,
                    &b.person.sort_key,
                    &b.person.contact.item.jid,
                    b.person.contact.account,
                ))
        });
    }
}

impl Person {
    fn with_presence(&self, around: &Around<'_>) -> Member<'_> {
        let presence = around
            .presences
            .get(&self.contact.account)
            .and_then(|all| all.get(&self.contact.item.jid));
        Member {
            person: self,
            show: presence.map_or(Show::Offline, |presence| presence.show),
            status: status(&self.contact, presence),
        }
    }

    fn is_found(&self, needle: &Needle) -> bool {
        needle.is_in(&[
            &self.name,
            self.contact.item.jid.as_str(),
            &self.contact.nickname,
        ])
    }
}

impl Member<'_> {
    fn is_there(&self) -> bool {
        self.show != Show::Offline
    }

    fn row(&self, group: &Arc<str>, current: Option<ConversationId>) -> Row {
        let contact = &self.person.contact;
        Row::Contact(Arc::new(ContactRow {
            account: contact.account,
            jid: contact.item.jid.clone(),
            group: group.clone(),
            name: self.person.name.clone(),
            avatar: contact.avatar.clone(),
            show: self.show,
            status: self.status.clone(),
            blocked: contact.blocked,
            seen: contact.item.subscription.we_see_them(),
            conversation: contact.conversation,
            current: current.is_some() && contact.conversation == current,
        }))
    }
}

/// The second line: what hinders us from seeing somebody, else what they say.
fn status(contact: &Contact, presence: Option<&Presence>) -> String {
    if contact.blocked {
        return gettext("Blocked");
    }
    let said = presence.map_or("", |presence| presence.status.as_str());
    let said = one_line(said, MAX_LINE);
    if !said.is_empty() {
        return said;
    }
    match (contact.item.subscription.we_see_them(), contact.item.ask) {
        (false, Ask::Subscribe) => gettext("Has not answered your request yet"),
        (false, Ask::None) => gettext("Does not share their status with you"),
        (true, _) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Subscription,
        ui::sidebar::sample::{contact, jid},
    };

    struct Scene {
        roster: Roster,
        presences: HashMap<AccountId, HashMap<BareJid, Presence>>,
        typed: &'static str,
        online_only: bool,
        folded: HashSet<String>,
    }

    impl Scene {
        fn new(contacts: Vec<Contact>) -> Self {
            Self {
                roster: Roster::new(contacts),
                presences: HashMap::new(),
                typed: "",
                online_only: false,
                folded: HashSet::new(),
            }
        }

        fn shows(mut self, address: &str, show: Show, status: &str) -> Self {
            self.presences.entry(AccountId(1)).or_default().insert(
                jid(address),
                Presence {
                    show,
                    status: status.into(),
                    resources: vec![],
                },
            );
            self
        }

        /// Rows as text: `[Group 1/2]` or `name`, with the status behind it.
        fn rows(&self) -> Vec<String> {
            let around = Around {
                presences: &self.presences,
                needle: &Needle::new(self.typed),
                online_only: self.online_only,
                folded: &self.folded,
                current: None,
            };
            self.roster
                .rows(&around)
                .iter()
                .map(|row| match row {
                    Row::Group(group) => {
                        format!("[{} {}/{}]", group.title, group.online, group.total)
                    }
                    Row::Contact(row) if row.status.is_empty() => row.name.clone(),
                    Row::Contact(row) => format!("{}: {}", row.name, row.status),
                    Row::Chat(_) | Row::Offer(_) | Row::Hit(_) | Row::Note(_) => "?".into(),
                })
                .collect()
        }
    }

    fn three() -> Scene {
        Scene::new(vec![
            contact("bob@x", "Bob", &["Work"]),
            contact("carol@x", "carol", &["Work", "family"]),
            contact("dan@x", "", &[]),
        ])
    }

    #[test]
    fn groups_are_by_name_and_their_members_by_presence_then_name() {
        let scene = three().shows("carol@x", Show::Away, "lunch");
        assert_eq!(
            scene.rows(),
            [
                "[family 1/1]",
                "carol: lunch",
                "[Work 1/2]",
                "carol: lunch",
                "Bob",
                "[Not in a group 0/1]",
                "dan@x"
            ]
        );
        let scene = three()
            .shows("carol@x", Show::DoNotDisturb, "")
            .shows("bob@x", Show::Away, "");
        assert_eq!(scene.rows()[2..5], ["[Work 2/2]", "Bob", "carol"]);
    }

    #[test]
    fn a_roster_without_groups_has_no_headers() {
        let scene = Scene::new(vec![contact("b@x", "B", &[]), contact("a@x", "A", &[" "])]);
        assert_eq!(scene.rows(), ["A", "B"]);
    }

    #[test]
    fn online_only_hides_people_but_not_their_number() {
        let mut scene = three().shows("bob@x", Show::Online, "");
        scene.online_only = true;
        assert_eq!(scene.rows(), ["[Work 1/2]", "Bob"]);
    }

    #[test]
    fn folded_groups_keep_their_header() {
        let mut scene = three();
        scene.folded.insert("Work".into());
        scene.folded.insert(String::new());
        assert_eq!(
            scene.rows(),
            [
                "[family 0/1]",
                "carol",
                "[Work 0/2]",
                "[Not in a group 0/1]"
            ]
        );
    }

    #[test]
    fn searching_looks_into_folded_groups_and_at_those_who_are_offline() {
        let mut scene = three();
        scene.folded.insert("Work".into());
        scene.online_only = true;
        scene.typed = "bob";
        assert_eq!(scene.rows(), ["[Work 0/2]", "Bob"]);
        scene.typed = "nobody";
        assert!(scene.rows().is_empty());
    }

    #[test]
    fn what_hinders_is_told() {
        let mut blocked = contact("a@x", "A", &[]);
        blocked.blocked = true;
        let mut asked = contact("b@x", "B", &[]);
        asked.item.subscription = Subscription::From;
        asked.item.ask = Ask::Subscribe;
        let mut unseen = contact("c@x", "C", &[]);
        unseen.item.subscription = Subscription::None;
        assert_eq!(
            Scene::new(vec![blocked, asked, unseen]).rows(),
            [
                "A: Blocked",
                "B: Has not answered your request yet",
                "C: Does not share their status with you"
            ]
        );
    }

    #[test]
    fn names_of_others_stay_in_their_line() {
        let mut scene = Scene::new(vec![contact("a@x", "A\n\u{202e}B", &["G\u{202e}\nH"])]);
        scene = scene.shows("a@x", Show::Online, "one\ntwo");
        assert_eq!(scene.rows(), ["[G H 1/1]", "A B: one two"]);
    }

    #[test]
    fn contacts_without_a_chat_are_found_beside_the_chats() {
        let scene = three();
        let shown = HashSet::from([(AccountId(1), jid("bob@x"))]);
        let around = Around {
            presences: &scene.presences,
            needle: &Needle::new("@x"),
            online_only: true,
            folded: &HashSet::new(),
            current: None,
        };
        let found = scene.roster.found_beside(&around, &shown);
        assert_eq!(found.len(), 2);
    }
}
