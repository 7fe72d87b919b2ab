//! What a person searches for: what is typed into the search field, read into a [`Query`], and where a text has it.
//! Knows nothing of SQL. Nothing that can be typed is an error: what is not understood is left out and named.

mod dates;
mod excerpt;
mod links;
mod typed;
mod words;

pub use excerpt::Excerpt;
pub use links::has_link;
pub use words::{fold_name, index_words, rules};

use super::{ids::ConversationId, time::Timestamp};
use words::{Kind, cut, words};

/// What is searched for; every part must be true of a message, but any one of several names will do.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Query {
    /// Words and phrases that must all be in the text.
    pub texts: Vec<Text>,
    /// Who wrote it (`from:`).
    pub from: Vec<Sender>,
    /// Names or addresses of chats it is in (`in:`).
    pub within: Vec<String>,
    /// The chat it is in, when only one is searched.
    pub conversation: Option<ConversationId>,
    /// It was sent at this time or later (`after:`).
    pub after: Option<Timestamp>,
    /// It was sent before this time (`before:`).
    pub before: Option<Timestamp>,
    /// There is a link in it (`has:link`).
    pub has_link: bool,
    /// What looks like one of these and is none, as it was typed.
    pub ignored: Vec<String>,
}

/// Who wrote a message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sender {
    /// The person who searches (`from:me`).
    Me,
    /// Somebody whose name or address has words that begin so.
    Named(String),
}

/// Words that stand beside each other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Text {
    parts: Vec<Part>,
    /// Whether the last word may go on: it is still being typed, or not in quotation marks.
    open: bool,
}

/// One word, or a run of characters of a script without blanks.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Letters(String),
    Run(Vec<char>),
}

/// A word of the index that a message must have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IndexWord {
    /// The word, as [`index_words`] gives it: letters and digits only.
    pub word: String,
    /// Whether any word that begins so will do.
    pub prefix: bool,
}

impl Query {
    /// Whether nothing is searched for.
    pub fn is_empty(&self) -> bool {
        let Self {
            texts,
            from,
            within,
            conversation: _,
            after,
            before,
            has_link,
            ignored: _,
        } = self;
        texts.is_empty()
            && from.is_empty()
            && within.is_empty()
            && after.is_none()
            && before.is_none()
            && !has_link
    }
}

impl Text {
    /// The words in a piece of text; nothing when it has none.
    fn of(typed: &str, open: bool) -> Option<Self> {
        let mut parts: Vec<Part> = Vec::new();
        for word in words(typed).into_iter().take(MOST_WORDS) {
            match (word.kind, parts.last_mut()) {
                (Kind::Single(c), Some(Part::Run(run))) if word.joined => run.push(c),
                (Kind::Single(c), _) => parts.push(Part::Run(vec![c])),
                (Kind::Letters(letters), _) => parts.push(Part::Letters(letters)),
            }
        }
        (!parts.is_empty()).then_some(Self { parts, open })
    }

    /// What the index must have for a message to be looked at; whether the words stand beside each other is to be
    /// seen in its text.
    pub fn index_words(&self) -> Vec<IndexWord> {
        let mut index = Vec::new();
        let last = self.parts.len() - 1;
        for (place, part) in self.parts.iter().enumerate() {
            match part {
                Part::Letters(letters) => {
                    let word = cut(letters);
                    // A word that was cut stands for all that begin so.
                    let whole = word.len() == letters.len();
                    let prefix = self.open && place == last && whole;
                    index.push(IndexWord { word, prefix });
                }
                Part::Run(run) => match run.as_slice() {
                    [only] => index.push(IndexWord {
                        word: only.to_string(),
                        prefix: true,
                    }),
                    run => index.extend(run.windows(2).map(|pair| IndexWord {
                        word: pair.iter().collect(),
                        prefix: false,
                    })),
                },
            }
        }
        index
    }
}

/// Longest phrase, in words: nobody types more.
const MOST_WORDS: usize = 64;
