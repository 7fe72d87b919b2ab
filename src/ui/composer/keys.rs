//! What the keys of the composer mean.

use gtk::gdk;

/// Whether a key sends, in this state of the modifiers.
pub(super) fn sends(key: gdk::Key, state: gdk::ModifierType, enter_sends: bool) -> bool {
    let is_enter = matches!(
        key,
        gdk::Key::Return | gdk::Key::KP_Enter | gdk::Key::ISO_Enter
    );
    let others = gdk::ModifierType::SHIFT_MASK | gdk::ModifierType::ALT_MASK;
    let has_control = state.contains(gdk::ModifierType::CONTROL_MASK);
    is_enter && !state.intersects(others) && (enter_sends || has_control)
}

/// Whether a key, in an empty composer, edits the last own message.
pub(super) fn edits_last(key: gdk::Key, state: gdk::ModifierType) -> bool {
    let modifiers = gdk::ModifierType::SHIFT_MASK
        | gdk::ModifierType::ALT_MASK
        | gdk::ModifierType::CONTROL_MASK;
    matches!(key, gdk::Key::Up | gdk::Key::KP_Up) && !state.intersects(modifiers)
}

#[cfg(test)]
mod tests {
    use gtk::gdk::{Key, ModifierType};

    use super::sends;

    #[test]
    fn enter_sends_or_breaks_as_the_person_chose() {
        let none = ModifierType::empty();
        let (shift, control) = (ModifierType::SHIFT_MASK, ModifierType::CONTROL_MASK);
        for (key, state, enter_sends, expected) in [
            (Key::Return, none, true, true),
            (Key::KP_Enter, none, true, true),
            (Key::Return, shift, true, false),
            (Key::Return, control, true, true),
            (Key::Return, none, false, false),
            (Key::Return, control, false, true),
            (Key::Return, control | shift, false, false),
            (Key::a, control, true, false),
            // Caps lock changes nothing.
            (Key::Return, ModifierType::LOCK_MASK, true, true),
        ] {
            assert_eq!(
                sends(key, state, enter_sends),
                expected,
                "{key} {state:?} {enter_sends}"
            );
        }
    }
}
