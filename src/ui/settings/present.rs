//! What the settings are called, and what others learn by them.

use crate::{
    i18n::gettext,
    model::{ColorScheme, NotificationText},
};

/// What a notification can tell, in the order of the list.
pub(super) const NOTIFICATION_TEXTS: [NotificationText; 3] = [
    NotificationText::Full,
    NotificationText::Sender,
    NotificationText::Nothing,
];

/// The color schemes, in the order of the list.
pub(super) const COLOR_SCHEMES: [ColorScheme; 3] =
    [ColorScheme::System, ColorScheme::Light, ColorScheme::Dark];

/// The name of what a notification tells.
pub(super) fn notification_text(text: NotificationText) -> String {
    match text {
        NotificationText::Full => gettext("Who and what"),
        NotificationText::Sender => gettext("Only who"),
        NotificationText::Nothing => gettext("Only that there is something"),
    }
}

/// The name of a color scheme.
pub(super) fn color_scheme(scheme: ColorScheme) -> String {
    match scheme {
        ColorScheme::System => gettext("As the desktop"),
        ColorScheme::Light => gettext("Light"),
        ColorScheme::Dark => gettext("Dark"),
    }
}

/// The place of a value in its list, as lists of GTK count.
pub(super) fn place<T: PartialEq>(all: &[T], value: &T) -> u32 {
    all.iter()
        .position(|v| v == value)
        .and_then(|place| u32::try_from(place).ok())
        .unwrap_or_default()
}

/// The value at a place of its list.
pub(super) fn at<T: Copy>(all: &[T], place: u32) -> Option<T> {
    all.get(usize::try_from(place).ok()?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_place_and_name() {
        for text in NOTIFICATION_TEXTS {
            assert_eq!(
                at(&NOTIFICATION_TEXTS, place(&NOTIFICATION_TEXTS, &text)),
                Some(text)
            );
        }
        for scheme in COLOR_SCHEMES {
            assert_eq!(
                at(&COLOR_SCHEMES, place(&COLOR_SCHEMES, &scheme)),
                Some(scheme)
            );
        }
        assert_eq!(at(&COLOR_SCHEMES, u32::MAX), None);
        let names: std::collections::HashSet<_> = COLOR_SCHEMES.map(color_scheme).into();
        assert_eq!(names.len(), 3);
    }
}
