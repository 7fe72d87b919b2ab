//! How hard a passphrase is to guess, as a hint: a rough measure that never praises the short and the repeated.

use crate::i18n::gettext;

/// Shortest passphrase that is taken, in characters: below it argon2id cannot help.
pub const SHORTEST: usize = 8;

/// Below this many bits a passphrase falls to one machine within days, argon2id included.
const WEAK_BITS: f64 = 50.0;

/// Above this many bits nobody tries.
const GOOD_BITS: f64 = 75.0;

/// More characters than this are not looked at: they make nothing harder.
const LONGEST: usize = 128;

/// How hard a passphrase is to guess.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Strength {
    /// Shorter than [`SHORTEST`].
    TooShort,
    /// Easy to guess.
    Weak,
    /// Takes a while to guess.
    Fair,
    /// Hard to guess.
    Good,
}

impl Strength {
    /// A rough estimate: the kinds of characters that occur, and how many are not foreseeable from the one before.
    pub fn of(passphrase: &str) -> Self {
        let count = passphrase.chars().count();
        if count < SHORTEST {
            return Self::TooShort;
        }
        let bits = f64::from(u32::try_from(unforeseeable(passphrase)).unwrap_or(u32::MAX))
            * alphabet(passphrase).log2();
        if bits < WEAK_BITS {
            Self::Weak
        } else if bits < GOOD_BITS {
            Self::Fair
        } else {
            Self::Good
        }
    }

    /// What to tell the person.
    pub fn hint(self) -> String {
        match self {
            Self::TooShort => {
                gettext("Too short: at least 8 characters, better four or more words.")
            }
            Self::Weak => gettext("Easy to guess. Several unrelated words are better."),
            Self::Fair => gettext("Could be longer."),
            Self::Good => gettext("Hard to guess."),
        }
    }
}

/// Characters that neither repeat, continue nor follow the pattern of those before them.
fn unforeseeable(text: &str) -> usize {
    let chars: Vec<u32> = text
        .to_lowercase()
        .chars()
        .take(LONGEST)
        .map(u32::from)
        .collect();
    let step = |place: usize| i64::from(chars[place]) - i64::from(chars[place - 1]);
    (0..chars.len())
        .filter(|&place| {
            let repeats = place >= 1 && step(place) == 0;
            let continues = place >= 2 && step(place) == step(place - 1);
            let again = (2..=place / 2)
                .any(|n| chars[place + 1 - n..=place] == chars[place + 1 - 2 * n..=place - n]);
            !(repeats || continues || again)
        })
        .count()
}

/// How many characters there are of the kinds that occur.
fn alphabet(text: &str) -> f64 {
    let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
    let mut size = 0;
    for (present, count) in [
        (has(char::is_ascii_lowercase), 26),
        (has(char::is_ascii_uppercase), 26),
        (has(char::is_ascii_digit), 10),
        (has(|c| c.is_ascii() && !c.is_ascii_alphanumeric()), 33),
        (has(|c| !c.is_ascii()), 100),
    ] {
        if present {
            size += count;
        }
    }
    // Letters of words are far from random: English has about 1.5 bits for each, typed phrases some more.
    let letters_only = size <= 59 && text.contains(' ');
    if letters_only {
        6.0
    } else {
        f64::from(size.max(2))
    }
}

#[cfg(test)]
mod tests {
    use super::Strength;

    #[test]
    fn short_repeated_and_counted_are_not_praised() {
        for (passphrase, strength) in [
            ("", Strength::TooShort),
            ("xK9$qz!", Strength::TooShort),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", Strength::Weak),
            ("12345678901234567890", Strength::Weak),
            ("abcabcabcabcabcabcabcabc", Strength::Weak),
            ("password", Strength::Weak),
            ("kT7$wq2!", Strength::Fair),
            ("kT7$wq2!bZ9&", Strength::Good),
            ("horse battery staple", Strength::Weak),
            ("orbit velvet canyon thirteen", Strength::Fair),
            ("orbit velvet canyon thirteen walrus lamp", Strength::Good),
        ] {
            assert_eq!(Strength::of(passphrase), strength, "{passphrase}");
        }
    }

    #[test]
    fn any_text_has_a_strength() {
        for text in ["ü".repeat(10_000), "👩‍💻".repeat(9), "\0".repeat(9)] {
            let _ = Strength::of(&text);
        }
    }
}
