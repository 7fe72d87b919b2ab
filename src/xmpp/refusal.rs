//! Turns an error stanza into a typed failure.

use minidom::Element;
use xmpp_parsers::{ns, stanza_error::StanzaError};

use super::Reply;
use crate::model::{Failure, FailureKind};

/// The condition of an error as its name on the wire, such as `item-not-found` (RFC 6120, section 8.3.3).
pub fn condition(error: &StanzaError) -> String {
    Element::from(error.clone())
        .children()
        .find(|child| child.ns() == ns::XMPP_STANZAS && child.name() != "text")
        .map_or_else(
            || "undefined-condition".to_owned(),
            |child| child.name().to_string(),
        )
}

/// The failure that an error stanza means, with the other side's words.
pub fn failure(error: &StanzaError) -> Failure {
    let kind = match condition(error).as_str() {
        "feature-not-implemented" | "service-unavailable" => FailureKind::Unsupported,
        "remote-server-not-found" => FailureKind::NoSuchServer,
        "remote-server-timeout" => FailureKind::Timeout,
        name => FailureKind::Refused(name.to_owned()),
    };
    match error.texts.values().next() {
        Some(text) => Failure::with_text(kind, text),
        None => Failure::new(kind),
    }
}

impl Reply {
    /// The payload of a result, or the failure that this answer means.
    ///
    /// # Errors
    /// The failure to show.
    pub fn into_result(self) -> Result<Option<Element>, Failure> {
        match self {
            Self::Result(payload) => Ok(payload),
            Self::Error(error) => Err(failure(&error)),
            Self::Lost => Err(Failure::new(FailureKind::Timeout)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{condition, failure};
    use crate::model::FailureKind;
    use xmpp_parsers::stanza_error::{DefinedCondition, ErrorType, StanzaError};

    #[test]
    fn names_the_condition_and_keeps_the_words() {
        let error = StanzaError::new(
            ErrorType::Cancel,
            DefinedCondition::ItemNotFound,
            "en",
            "gone",
        );
        assert_eq!(condition(&error), "item-not-found");
        let failure = failure(&error);
        assert_eq!(failure.kind, FailureKind::Refused("item-not-found".into()));
        assert_eq!(failure.text.as_deref(), Some("gone"));
    }
}
