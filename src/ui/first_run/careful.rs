//! How careful the program is, as three choices instead of many switches.
//! Knows nothing of widgets.

use crate::{
    i18n::gettext,
    model::{NotificationText, Settings},
};

/// How much others, and those who look at the screen, may learn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Care {
    /// As most programs do it.
    Usual,
    /// Nobody learns when a message was seen; notifications do not show what was said.
    Careful,
    /// Nobody learns anything that is not needed to deliver a message.
    VeryCareful,
}

impl Care {
    /// All, from the least careful on.
    pub const ALL: [Self; 3] = [Self::Usual, Self::Careful, Self::VeryCareful];

    /// What it is called.
    pub fn title(self) -> String {
        match self {
            Self::Usual => gettext("As usual"),
            Self::Careful => gettext("Careful"),
            Self::VeryCareful => gettext("Very careful"),
        }
    }

    /// What it means.
    pub fn meaning(self) -> String {
        match self {
            Self::Usual => gettext(
                "Contacts see when you type and when you have read their messages. Notifications show the text.",
            ),
            Self::Careful => gettext(
                "Contacts see that a message arrived, but not when you read or type. Notifications show only the name.",
            ),
            Self::VeryCareful => gettext(
                "Contacts do not even see that a message arrived. Notifications show neither name nor text.",
            ),
        }
    }

    /// The settings with this much care; all others stay as they are.
    pub fn apply(self, settings: Settings) -> Settings {
        let (receipts, reading_and_typing, notification_text) = match self {
            Self::Usual => (true, true, NotificationText::Full),
            Self::Careful => (true, false, NotificationText::Sender),
            Self::VeryCareful => (false, false, NotificationText::Nothing),
        };
        Settings {
            send_receipts: receipts,
            send_read_markers: reading_and_typing,
            send_typing: reading_and_typing,
            notification_text,
            ..settings
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_care_tells_less() {
        let told = |care: Care| {
            let settings = care.apply(Settings::default());
            [
                settings.send_receipts,
                settings.send_read_markers,
                settings.send_typing,
                settings.notification_text == NotificationText::Full,
            ]
            .iter()
            .filter(|told| **told)
            .count()
        };
        assert!(told(Care::Usual) > told(Care::Careful));
        assert!(told(Care::Careful) > told(Care::VeryCareful));
        assert_eq!(told(Care::VeryCareful), 0);
    }

    #[test]
    fn the_usual_is_the_default_and_the_rest_stays() {
        assert_eq!(Care::Usual.apply(Settings::default()), Settings::default());
        let mine = Settings {
            enter_sends: false,
            ..Settings::default()
        };
        assert!(!Care::VeryCareful.apply(mine).enter_sends);
    }
}
