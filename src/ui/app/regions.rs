//! The parts of the window that F6 goes round.
//! Knows nothing of widgets, except for finding out where the focus is.

use gtk::prelude::*;

use crate::ui::sidebar::Place;

/// A part of the window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Region {
    /// A place in the sidebar.
    Sidebar(Place),
    /// The chat.
    Conversation,
}

/// All of them, in reading order.
const ALL: [Region; 4] = [
    Region::Sidebar(Place::Accounts),
    Region::Sidebar(Place::Search),
    Region::Sidebar(Place::List),
    Region::Conversation,
];

/// The part after or before this one; the chat only when there is one.
pub(super) fn next(current: Option<Region>, forward: bool, has_chat: bool) -> Region {
    let regions = &ALL[..if has_chat { 4 } else { 3 }];
    let place = current.and_then(|current| regions.iter().position(|region| *region == current));
    let next = match (place, forward) {
        (Some(place), true) => place + 1,
        (Some(place), false) => place + regions.len() - 1,
        (None, true) => 0,
        (None, false) => regions.len() - 1,
    };
    regions[next % regions.len()]
}

/// The part that has the keyboard focus.
pub(super) fn current(focus: Option<gtk::Widget>) -> Option<Region> {
    let mut widget = focus;
    while let Some(here) = widget {
        match here.widget_name().as_str() {
            "account-menu" => return Some(Region::Sidebar(Place::Accounts)),
            "search" => return Some(Region::Sidebar(Place::Search)),
            "sidebar" => return Some(Region::Sidebar(Place::List)),
            "conversation" => return Some(Region::Conversation),
            _ => widget = here.parent(),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_round_is_the_same_in_both_directions() {
        for has_chat in [true, false] {
            let mut way = vec![];
            let mut region = next(None, true, has_chat);
            for _ in 0..8 {
                way.push(region);
                let after = next(Some(region), true, has_chat);
                assert_eq!(next(Some(after), false, has_chat), region);
                region = after;
            }
            assert_eq!(way.contains(&Region::Conversation), has_chat);
            assert!(way.contains(&Region::Sidebar(Place::Search)));
        }
    }

    #[test]
    fn from_a_chat_that_was_closed_the_way_begins_anew() {
        assert_eq!(
            next(Some(Region::Conversation), true, false),
            Region::Sidebar(Place::Accounts)
        );
    }
}
