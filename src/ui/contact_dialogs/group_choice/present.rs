//! Which groups are shown while one types, and which one is meant.

/// Most groups that are shown at once; typing narrows them down.
pub(super) const MAX_SHOWN: usize = 50;

/// Longest name of a group, in characters.
pub(super) const MAX_NAME: usize = 100;

/// The groups that a typed text could mean, those that begin with it first.
pub(super) fn matching<'a>(groups: &'a [String], typed: &str) -> Vec<&'a String> {
    let typed = typed.trim().to_lowercase();
    let begins = |group: &String| group.to_lowercase().starts_with(&typed);
    let contains = |group: &String| group.to_lowercase().contains(&typed);
    let first = groups.iter().filter(|group| begins(group));
    let then = groups
        .iter()
        .filter(|group| !begins(group) && contains(group));
    first.chain(then).take(MAX_SHOWN).collect()
}

/// The group that Enter adds: a known one of this name in any letter case, or a new one.
pub(super) fn meant(groups: &[String], typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let known = groups
        .iter()
        .find(|group| group.to_lowercase() == typed.to_lowercase());
    let new = || {
        typed
            .chars()
            .filter(|c| !c.is_control())
            .take(MAX_NAME)
            .collect()
    };
    Some(known.cloned().unwrap_or_else(new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Vec<String> {
        ["Family", "Friends", "Old friends", "Work"]
            .map(String::from)
            .into()
    }

    #[test]
    fn typing_narrows_down() {
        assert_eq!(matching(&groups(), " fri"), ["Friends", "Old friends"]);
        assert_eq!(matching(&groups(), "").len(), 4);
        assert!(matching(&groups(), "x").is_empty());
        let many: Vec<_> = (0..10_000).map(|n| format!("group {n}")).collect();
        assert_eq!(matching(&many, "g").len(), MAX_SHOWN);
    }

    #[test]
    fn enter_means_a_known_group_or_a_new_one() {
        assert_eq!(meant(&groups(), "work ").as_deref(), Some("Work"));
        assert_eq!(meant(&groups(), "Wor").as_deref(), Some("Wor"));
        assert_eq!(meant(&groups(), " \n"), None);
        let long = meant(&[], &"ü\n".repeat(1_000)).unwrap();
        assert_eq!(long.chars().count(), MAX_NAME);
    }
}
