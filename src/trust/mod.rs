//! Who may read what we encrypt: the one place that decides it.
//! Knows nothing of stanzas, keys' bytes or how anything is encrypted.

use crate::model::Standing;

/// Those for whom something may be encrypted; only [`choose`] makes one.
#[derive(Debug)]
pub struct Audience<T>(Vec<T>);

impl<T> Audience<T> {
    /// Those who may read.
    pub fn into_members(self) -> Vec<T> {
        self.0
    }

    /// Looks at them.
    pub fn members(&self) -> &[T] {
        &self.0
    }
}

/// What the policy says about candidates.
#[derive(Debug)]
pub struct Choice<T> {
    /// Those for whom is encrypted.
    pub audience: Audience<T>,
    /// Those who are left out until a person decides.
    pub waiting: Vec<T>,
    /// Those whom a person does not want.
    pub rejected: Vec<T>,
}

/// Blind trust before verification: keys that were accepted or verified may read. Which new keys are accepted was
/// decided when they were first seen ([`crate::store::Sighting`]).
pub fn choose<T>(candidates: impl IntoIterator<Item = (T, Standing)>) -> Choice<T> {
    let mut choice = Choice {
        audience: Audience(Vec::new()),
        waiting: Vec::new(),
        rejected: Vec::new(),
    };
    for (candidate, standing) in candidates {
        match standing {
            Standing::Accepted | Standing::Verified => choice.audience.0.push(candidate),
            Standing::Waiting => choice.waiting.push(candidate),
            Standing::Rejected => choice.rejected.push(candidate),
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f53_only_accepted_and_verified_keys_read() {
        let choice = choose([
            (1, Standing::Waiting),
            (2, Standing::Accepted),
            (3, Standing::Rejected),
            (4, Standing::Verified),
        ]);
        assert_eq!(choice.audience.into_members(), [2, 4]);
        assert_eq!((choice.waiting, choice.rejected), (vec![1], vec![3]));
    }
}
