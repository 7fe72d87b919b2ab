//! Sentences and icons about messages.

use crate::{
    i18n::{gettext, gettext_f},
    model::{Delivery, Direction, ImportedFrom, Message, Presence, Route, Security},
    timeline::text::{MessageText, clean},
    ui::{conversation::row::People, presence},
};

use super::face::{self, Face};

/// Icon and words for how a message of ours fares.
pub(crate) fn delivery(delivery: &Delivery) -> (&'static str, String) {
    match delivery {
        Delivery::Waiting => ("message-waiting-symbolic", gettext("waiting to be sent")),
        Delivery::Sent => ("message-sent-symbolic", gettext("sent")),
        Delivery::Delivered => ("message-delivered-symbolic", gettext("delivered")),
        Delivery::Read => ("message-read-symbolic", gettext("read")),
        Delivery::Failed(_) => ("message-failed-symbolic", gettext("not sent")),
    }
}

/// How a message fares, as a sentence for its details.
pub(crate) fn delivery_in_full(delivery: &Delivery) -> String {
    match delivery {
        Delivery::Waiting => gettext("Waiting on this device; it is sent as soon as possible"),
        Delivery::Sent => gettext("The server has it"),
        Delivery::Delivered => gettext("Arrived at a device of the contact"),
        Delivery::Read => gettext("Seen by the contact"),
        Delivery::Failed(_) => gettext("Not sent"),
    }
}

/// The way a message came, as a sentence.
pub(crate) fn route(route: Route) -> String {
    match route {
        Route::Local => gettext("Written on this device"),
        Route::Live => gettext("Arrived at once, while this device was connected"),
        Route::Offline => gettext("Kept by the server while no device was connected"),
        Route::Carbon => gettext("Copied from another of your devices"),
        Route::Archive => gettext("Fetched from your archive on the server"),
        Route::Imported => gettext("Imported from another program"),
    }
}

/// Where an imported message came from, as a sentence.
pub(crate) fn imported(from: ImportedFrom) -> String {
    match from {
        ImportedFrom::Tessera => {
            gettext("Imported from a file that Tessera has written: nothing in it could be checked")
        }
        ImportedFrom::Gajim | ImportedFrom::Dino | ImportedFrom::Pidgin => gettext_f(
            "Imported from {program}: nobody vouches for it",
            &[("program", program(from))],
        ),
    }
}

/// What a program is called.
pub(crate) fn program(from: ImportedFrom) -> &'static str {
    match from {
        ImportedFrom::Tessera => "Tessera",
        ImportedFrom::Gajim => "Gajim",
        ImportedFrom::Dino => "Dino",
        ImportedFrom::Pidgin => "Pidgin",
    }
}

/// What protected a message, as a sentence; of one that was imported nobody knows.
pub(crate) fn protection(message: &Message) -> String {
    match (message.imported, message.security) {
        (Some(_), Security::Clear) => {
            gettext("Not known: how it was protected on its way was not checked here")
        }
        (_, security) => self::security(security),
    }
}

/// What protected a message, as a sentence.
fn security(security: Security) -> String {
    match security {
        Security::Clear => {
            gettext("Not encrypted end to end: the servers of both sides could read and change it")
        }
        Security::Sealed => gettext("Encrypted end to end"),
        Security::Unreadable => face::unreadable(),
    }
}

/// A message in one sentence for those who do not see it: who, when, what, and how it fares.
pub(crate) fn spoken(
    message: &Message,
    face: &Face,
    text: &MessageText,
    people: &People,
    time: &str,
) -> String {
    let is_own = message.direction == Direction::Outgoing;
    let what = match face {
        Face::Text if text.action => {
            let actor = if is_own { &people.own } else { &people.peer };
            format!("{} {}", clean::line(actor, clean::MAX_NAME), text.plain())
        }
        Face::Text => text.plain(),
        Face::Sentence(words) | Face::Hidden(words) => words.clone(),
    };
    let mut spoken = if is_own {
        // Translators: an own message as it is read aloud, such as "You, 14:03, yes!"
        gettext_f("You, {time}, {what}", &[("time", time), ("what", &what)])
    } else {
        let who = clean::line(&people.peer, clean::MAX_NAME);
        let values = [("who", who.as_str()), ("time", time), ("what", &what)];
        // Translators: a message as it is read aloud, such as "Bob, 14:02, did you get the file?"
        gettext_f("{who}, {time}, {what}", &values)
    };
    let mut add = |words: &str| {
        spoken.push_str(", ");
        spoken.push_str(words);
    };
    if message.corrected.is_some() {
        add(&gettext("edited"));
    }
    if message.imported.is_some() {
        add(&gettext("imported"));
    }
    if is_own {
        add(&delivery(&message.delivery).1);
    }
    let reactions = face::reactions(&message.reactions);
    if !reactions.is_empty() {
        add(&reactions);
    }
    spoken
}

/// What is known of a contact's presence, in one line under the name.
pub(crate) fn presence_line(presence: &Presence) -> String {
    let name = presence::name(presence.show);
    let status = clean::line(&presence.status, 120);
    if status.is_empty() {
        name
    } else {
        // Translators: presence and the contact's own words, such as "Away · “on a train”"
        gettext_f(
            "{presence} · “{status}”",
            &[("presence", &name), ("status", &clean::isolated(&status))],
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{super::face, delivery, spoken};
    use crate::{
        model::{Delivery, Direction, Message, SendFailure},
        timeline::text::MessageText,
        ui::conversation::{row::People, sample},
    };

    #[test]
    fn messages_are_read_aloud_with_everything_that_colours_say() {
        let people = People {
            peer: "Bob\u{202e}".into(),
            own: "Alice".into(),
            ..People::default()
        };
        let spoken = |message: &Message| {
            let text = MessageText::read(&message.body);
            spoken(message, &face::of(message, false), &text, &people, "14:02")
        };
        let mut message = sample::message(1, "did you get the *file*?");
        assert_eq!(spoken(&message), "Bob, 14:02, did you get the *file*?");
        message.direction = Direction::Outgoing;
        message.delivery = Delivery::Delivered;
        message.corrected = Some(sample::NOW);
        assert_eq!(
            spoken(&message),
            "You, 14:02, did you get the *file*?, edited, delivered"
        );
        message.body = "/me waves".into();
        message.corrected = None;
        assert_eq!(spoken(&message), "You, 14:02, Alice waves, delivered");
        message.spoiler = Some("film".into());
        assert_eq!(spoken(&message), "You, 14:02, Hidden text: film, delivered");
    }

    #[test]
    fn every_state_has_its_own_shape_and_words() {
        let states = [
            Delivery::Waiting,
            Delivery::Sent,
            Delivery::Delivered,
            Delivery::Read,
            Delivery::Failed(SendFailure::Cancelled),
        ];
        let mut seen = std::collections::HashSet::new();
        for state in states {
            let (icon, words) = delivery(&state);
            assert!(seen.insert(icon.to_owned()) && seen.insert(words));
        }
    }
}
