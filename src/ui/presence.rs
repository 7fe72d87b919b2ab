//! Presence as words, icons and colours, the same everywhere in the window.

use gtk::prelude::*;

use crate::{i18n::gettext, model::Show, ui::accessible};

/// Every availability that a person can choose, in the order of menus.
pub const CHOICES: [Show; 6] = [
    Show::Online,
    Show::Chat,
    Show::Away,
    Show::ExtendedAway,
    Show::DoNotDisturb,
    Show::Offline,
];

/// What an availability is called.
pub fn name(show: Show) -> String {
    match show {
        Show::Chat => gettext("Free to chat"),
        Show::Online => gettext("Online"),
        Show::Away => gettext("Away"),
        Show::ExtendedAway => gettext("Away for longer"),
        Show::DoNotDisturb => gettext("Do not disturb"),
        Show::Offline => gettext("Offline"),
    }
}

/// Its icon; shapes differ, so that colour is not needed to tell them apart.
pub fn icon(show: Show) -> &'static str {
    match show {
        Show::Chat | Show::Online => "presence-online-symbolic",
        Show::Away | Show::ExtendedAway => "presence-away-symbolic",
        Show::DoNotDisturb => "presence-busy-symbolic",
        Show::Offline => "presence-offline-symbolic",
    }
}

/// The style class that gives the icon its colour.
pub fn style_class(show: Show) -> &'static str {
    match show {
        Show::Chat | Show::Online => "presence-online",
        Show::Away | Show::ExtendedAway => "presence-away",
        Show::DoNotDisturb => "presence-busy",
        Show::Offline => "presence-offline",
    }
}

/// Makes an image show an availability.
pub fn show_in(image: &gtk::Image, show: Show) {
    image.set_icon_name(Some(icon(show)));
    image.set_css_classes(&["presence", style_class(show)]);
    accessible::set_label(image, &name(show));
}

#[cfg(test)]
mod tests {
    use super::{CHOICES, icon, name, style_class};

    #[test]
    fn words_and_shapes_tell_what_colours_tell() {
        for a in CHOICES {
            for b in CHOICES {
                assert_eq!(a == b, name(a) == name(b), "{a:?} {b:?}");
                assert_eq!(
                    style_class(a) == style_class(b),
                    icon(a) == icon(b),
                    "{a:?} {b:?}"
                );
            }
        }
    }
}
