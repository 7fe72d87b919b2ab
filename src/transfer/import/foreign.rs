//! What other programs tell about a message, in our words.

use std::collections::HashMap;

use crate::{
    model::{BareJid, ConversationId, Delivery, Direction, MessageId, Route, Security, Timestamp},
    store::{NewMessage, StoredCorrection, StoredMessage},
};

/// The two ends of a chat.
pub(super) struct Ends {
    pub(super) own: BareJid,
    pub(super) peer: BareJid,
}

impl Ends {
    pub(super) fn author(&self, direction: Direction) -> &BareJid {
        match direction {
            Direction::Incoming => &self.peer,
            Direction::Outgoing => &self.own,
        }
    }
}

/// One message as another program tells it.
pub(super) struct Told {
    pub(super) direction: Direction,
    pub(super) body: String,
    pub(super) at: Timestamp,
    pub(super) delivery: Delivery,
    pub(super) resource: Option<String>,
    pub(super) origin_id: Option<String>,
    pub(super) stanza_id: Option<String>,
    pub(super) reply_to: Option<(String, Option<BareJid>)>,
    pub(super) retracted: Option<Timestamp>,
    pub(super) replaces: Option<String>,
    pub(super) corrections: Vec<StoredCorrection>,
}

impl Told {
    /// A text and nothing else.
    pub(super) fn new(direction: Direction, body: String, at: Timestamp) -> Self {
        Self {
            direction,
            body,
            at,
            delivery: Delivery::Sent,
            resource: None,
            origin_id: None,
            stanza_id: None,
            reply_to: None,
            retracted: None,
            replaces: None,
            corrections: Vec::new(),
        }
    }

    /// The row that it becomes. Nothing of one that was taken back is kept but that it was.
    pub(super) fn stored(mut self, ends: &Ends) -> StoredMessage {
        self.corrections.sort_by_key(|correction| correction.at);
        if self.retracted.is_some() {
            self.body.clear();
            self.corrections.clear();
        }
        let newest = self.corrections.last();
        StoredMessage {
            id: MessageId(0),
            edited: newest.map(|newest| (newest.body.clone(), newest.at)),
            message: NewMessage {
                conversation: ConversationId(0),
                direction: self.direction,
                author: ends.author(self.direction).clone(),
                resource: self.resource,
                body: self.body,
                at: self.at,
                // Now, which the intake knows.
                stored_at: Timestamp(0),
                route: Route::Imported,
                security: Security::Clear,
                delivery: self.delivery,
                origin_id: self.origin_id,
                stanza_id: self.stanza_id,
                markable: false,
                reply_to: self.reply_to,
                spoiler: None,
            },
            retracted: self.retracted,
            replaces: self.replaces,
            imported: None,
            import_key: None,
            corrections: self.corrections,
        }
    }
}

/// Corrections of one chat, by whose they are and what they correct.
#[derive(Default)]
pub(super) struct Corrections(HashMap<(bool, String), Vec<StoredCorrection>>);

impl Corrections {
    pub(super) fn add(&mut self, direction: Direction, target: String, by: StoredCorrection) {
        let of = (direction == Direction::Outgoing, target);
        self.0.entry(of).or_default().push(by);
    }

    /// Those of a message; they are not taken again.
    pub(super) fn of(&mut self, direction: Direction, id: Option<&str>) -> Vec<StoredCorrection> {
        let of = id.map(|id| (direction == Direction::Outgoing, id.to_owned()));
        of.and_then(|of| self.0.remove(&of)).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those whose messages are not there: they stand as messages of their own.
    pub(super) fn alone(self) -> Vec<Told> {
        let mut alone: Vec<Told> = self
            .0
            .into_iter()
            .flat_map(|((is_own, target), corrections)| {
                let direction = if is_own {
                    Direction::Outgoing
                } else {
                    Direction::Incoming
                };
                corrections.into_iter().map(move |correction| Told {
                    origin_id: correction.origin_id,
                    replaces: Some(target.clone()),
                    ..Told::new(direction, correction.body, correction.at)
                })
            })
            .collect();
        alone.sort_by(|a, b| (a.at, &a.body).cmp(&(b.at, &b.body)));
        alone
    }
}

/// The emoji of a list with this sign between them.
pub(super) fn emojis(list: &str, between: char) -> Vec<String> {
    let mut emojis: Vec<String> = Vec::new();
    for emoji in list.split(between).map(str::trim) {
        if !emoji.is_empty() && !emojis.iter().any(|known| known == emoji) {
            emojis.push(emoji.to_owned());
        }
    }
    emojis
}
