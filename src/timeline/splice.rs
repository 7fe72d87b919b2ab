//! Turns one list into another by the fewest removals and insertions.
//! Knows nothing of what the rows are, beyond a key that is unique in its list.

use std::{collections::HashMap, hash::Hash};

/// A row that can be recognised in a later version of its list.
pub trait Keyed {
    /// What stays the same while the row changes; unique within one list.
    type Key: Eq + Hash;

    /// The key of this row.
    fn key(&self) -> Self::Key;
}

/// At `position`, `removed` rows go and `added` take their place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Splice<T> {
    /// Where, in the list as the splices before this one left it.
    pub position: u32,
    /// How many rows go.
    pub removed: u32,
    /// The rows that come.
    pub added: Vec<T>,
}

/// All that turns one list into another: splices in order, then updates.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Changes<T> {
    /// Rows that go and come, in order.
    pub splices: Vec<Splice<T>>,
    /// Rows that stay and have new content: position in the finished list, content.
    pub updates: Vec<(u32, T)>,
}

impl<T> Default for Changes<T> {
    fn default() -> Self {
        Self {
            splices: Vec::new(),
            updates: Vec::new(),
        }
    }
}

impl<T> Changes<T> {
    /// Whether nothing changes at all.
    pub fn is_empty(&self) -> bool {
        self.splices.is_empty() && self.updates.is_empty()
    }
}

/// The fewest changes that make `new` out of `old`, in O(n log n). Rows that changed places are removed and inserted;
/// rows that kept their place and have new content are updated.
pub fn changes<T: Keyed + Clone + PartialEq>(old: &[T], new: &[T]) -> Changes<T> {
    let kept = kept_rows(old, new);
    let mut changes = Changes::default();
    let (mut from, mut to) = (0, 0);
    for (old_end, new_end) in kept.iter().copied().chain([(old.len(), new.len())]) {
        if old_end > from || new_end > to {
            changes.splices.push(Splice {
                position: index(to),
                removed: index(old_end - from),
                added: new[to..new_end].to_vec(),
            });
        }
        (from, to) = (old_end + 1, new_end + 1);
    }
    for (before, after) in kept {
        if old[before] != new[after] {
            changes.updates.push((index(after), new[after].clone()));
        }
    }
    changes
}

/// A position as GTK counts; lists of four thousand million rows do not fit into memory.
fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// The longest run of rows that are in both lists in the same order, as (old, new) positions. Keys are unique, so it is
/// the longest increasing run of the old positions taken in the new order.
fn kept_rows<T: Keyed>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let start = old
        .iter()
        .zip(new)
        .take_while(|(a, b)| a.key() == b.key())
        .count();
    let end = old[start..]
        .iter()
        .rev()
        .zip(new[start..].iter().rev())
        .take_while(|(a, b)| a.key() == b.key())
        .count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);

    let places: HashMap<T::Key, usize> = old[start..old_end]
        .iter()
        .enumerate()
        .map(|(place, row)| (row.key(), start + place))
        .collect();
    let common: Vec<(usize, usize)> = new[start..new_end]
        .iter()
        .enumerate()
        .filter_map(|(place, row)| Some((*places.get(&row.key())?, start + place)))
        .collect();

    let mut kept: Vec<(usize, usize)> = (0..start).map(|place| (place, place)).collect();
    kept.extend(longest_increasing(&common));
    kept.extend((0..end).map(|place| (old_end + place, new_end + place)));
    kept
}

/// The longest part of `pairs` whose first members increase (patience sorting).
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (place, pair) in pairs.iter().enumerate() {
        let length = tails.partition_point(|tail| pairs[*tail].0 < pair.0);
        before[place] = length.checked_sub(1).map(|last| tails[last]);
        if length == tails.len() {
            tails.push(place);
        } else {
            tails[length] = place;
        }
    }
    let mut run = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(place) = next {
        run.push(pairs[place]);
        next = before[place];
    }
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Changes, Keyed, Splice, changes};

    impl Keyed for (u32, char) {
        type Key = u32;
        fn key(&self) -> u32 {
            self.0
        }
    }

    fn list(keys: &[u32]) -> Vec<(u32, char)> {
        keys.iter().map(|key| (*key, 'a')).collect()
    }

    fn apply(old: &[(u32, char)], changes: Changes<(u32, char)>) -> Vec<(u32, char)> {
        let mut rows = old.to_vec();
        for splice in changes.splices {
            let at = splice.position as usize;
            rows.splice(at..at + splice.removed as usize, splice.added);
        }
        for (position, row) in changes.updates {
            rows[position as usize] = row;
        }
        rows
    }

    #[test]
    fn only_what_differs_is_touched() {
        for (old, new, expected) in [
            (&[][..], &[][..], vec![]),
            (&[1, 2, 3], &[1, 2, 3], vec![]),
            (&[1, 2], &[1, 2, 3], vec![(2, 0, vec![3])]),
            (&[2, 3], &[1, 2, 3], vec![(0, 0, vec![1])]),
            (&[1, 2, 3], &[1, 3], vec![(1, 1, vec![])]),
            (&[1, 2, 3], &[1, 4, 3], vec![(1, 1, vec![4])]),
            // The last chat of a list moves to the top: one row goes, one comes, the others stay.
            (
                &[1, 2, 3],
                &[3, 1, 2],
                vec![(0, 0, vec![3]), (3, 1, vec![])],
            ),
            (&[1, 2, 3], &[], vec![(0, 3, vec![])]),
            (&[], &[1, 2], vec![(0, 0, vec![1, 2])]),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(position, removed, added)| Splice {
                    position,
                    removed,
                    added: list(&added),
                })
                .collect();
            let changes = changes(&list(old), &list(new));
            assert_eq!(changes.splices, expected, "{old:?} → {new:?}");
            assert!(changes.updates.is_empty());
        }
    }

    #[test]
    fn new_content_is_an_update_in_place() {
        let changes = changes(&[(1, 'a'), (2, 'a')], &[(0, 'a'), (1, 'a'), (2, 'b')]);
        assert_eq!(changes.splices.len(), 1);
        assert_eq!(changes.updates, [(2, (2, 'b'))]);
    }

    proptest! {
        #[test]
        fn applied_they_give_the_new_list(
            old in proptest::collection::vec((0u32..40, prop::char::range('a', 'c')), 0..40),
            new in proptest::collection::vec((0u32..40, prop::char::range('a', 'c')), 0..40),
        ) {
            let unique = |rows: Vec<(u32, char)>| {
                let mut seen = std::collections::HashSet::new();
                rows.into_iter().filter(|row| seen.insert(row.0)).collect::<Vec<_>>()
            };
            let (old, new) = (unique(old), unique(new));
            prop_assert_eq!(apply(&old, changes(&old, &new)), new);
        }
    }
}
