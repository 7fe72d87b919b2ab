//! What the details pane says, as text.

use crate::{
    i18n::gettext,
    model::{Ask, Contact, Presence, Profile, Subscription},
    timeline::text::clean,
    ui::presence,
};

/// Longest single value shown, in characters.
const MAX_VALUE: usize = 200;
/// Longest note shown, in characters.
const MAX_NOTE: usize = 1_000;

/// Who sees whose presence, as a sentence.
pub(super) fn subscription(contact: Option<&Contact>) -> String {
    let Some(contact) = contact else {
        return gettext("Not among your contacts");
    };
    match (contact.item.subscription, contact.item.ask) {
        (Subscription::Both, _) => gettext("You see each other's presence"),
        (Subscription::To, _) => gettext("You see their presence; they do not see yours"),
        (Subscription::From, Ask::None) => gettext("They see your presence; you do not see theirs"),
        (Subscription::From, Ask::Subscribe) => {
            gettext("They see your presence; they have not answered your request to see theirs")
        }
        (Subscription::None, Ask::Subscribe) => gettext("They have not answered your request yet"),
        (Subscription::None, Ask::None) => gettext("Neither of you sees the other's presence"),
    }
}

/// The groups of a contact in one line.
pub(super) fn groups(contact: &Contact) -> String {
    if contact.item.groups.is_empty() {
        return gettext("None");
    }
    let groups: Vec<String> = contact
        .item
        .groups
        .iter()
        .map(|group| clean::line(group, clean::MAX_NAME))
        .collect();
    clean::line(&groups.join(", "), MAX_VALUE)
}

/// Where somebody is connected: what a device is called and what it shows.
pub(super) fn devices(presence: &Presence) -> Vec<(String, String)> {
    presence
        .resources
        .iter()
        // A person has a handful; more is an attempt to fill the window.
        .take(20)
        .map(|resource| {
            let client = resource.client.as_deref().filter(|name| !name.is_empty());
            let name = client.unwrap_or(&resource.resource);
            let mut state = presence::name(resource.show);
            if !resource.status.trim().is_empty() {
                let status = clean::isolated(&resource.status);
                state = format!("{state} · “{status}”");
            }
            (clean::line(name, clean::MAX_NAME), state)
        })
        .collect()
}

/// What somebody says of themselves: what it is about, and their words.
pub(super) fn profile(profile: &Profile) -> Vec<(String, String)> {
    let value = |text: &str| clean::line(text, MAX_VALUE);
    let note: String = clean::whole(&profile.note).chars().take(MAX_NOTE).collect();
    [
        (gettext("Full name"), value(&profile.full_name)),
        (gettext("Nickname"), value(&profile.nickname)),
        (gettext("Organisation"), value(&profile.organisation)),
        (gettext("E-mail"), value(&profile.email)),
        (gettext("Web page"), value(&profile.url)),
        (gettext("Telephone"), value(&profile.phone)),
        (gettext("Note"), note),
    ]
    .into_iter()
    .filter(|(_, words)| !words.is_empty())
    .collect()
}

#[cfg(test)]
mod tests {
    use super::{devices, profile};
    use crate::model::{Presence, Profile, ResourcePresence, Show};

    #[test]
    fn words_of_others_are_bounded() {
        let shown = profile(&Profile {
            full_name: "x".repeat(1_000_000),
            note: "line\n".repeat(100_000),
            nickname: "  ".into(),
            ..Profile::default()
        });
        assert_eq!(shown.len(), 2);
        assert!(
            shown
                .iter()
                .all(|(_, words)| words.chars().count() <= 1_000)
        );
        let resource = ResourcePresence {
            resource: "phone".into(),
            show: Show::Away,
            status: "on a <b>train</b>".into(),
            priority: 0,
            client: None,
        };
        let many = Presence {
            show: Show::Away,
            status: String::new(),
            resources: vec![resource; 1000],
        };
        let shown = devices(&many);
        assert_eq!(shown.len(), 20);
        assert_eq!(shown[0].1, "Away · “\u{2068}on a <b>train</b>\u{2069}”");
    }
}
