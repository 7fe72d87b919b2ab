//! Made-up words and messages, the same each time.

use tessera::{
    model::{
        BareJid, ConversationId, ConversationKind, Delivery, Direction, NewAccount,
        PasswordStorage, Route, Security, Timestamp,
    },
    store::{NewMessage, Store, StoreError},
};

/// Years between the first message and the last.
const YEARS: i64 = 8;
const CHATS: usize = 200;
/// Messages per transaction while the data is made: a page of the archive.
pub(crate) const BATCH: u32 = 100;

/// A store with this many messages in 200 chats.
pub(crate) fn fill(store: &Store, count: u32) -> Result<(), StoreError> {
    let me = jid("me@example.org");
    let chats = store.write(|txn| {
        let account = NewAccount {
            jid: me.clone(),
            endpoint: None,
            proxy: None,
            password_storage: PasswordStorage::Ask,
            allow_plain: false,
            pin: None,
        };
        let account = txn
            .add_account(&account, "bench")?
            .ok_or(StoreError::Missing)?;
        (0..CHATS)
            .map(|number| {
                let peer = jid(&format!("peer{number}@example.org"));
                txn.conversation_with(account, &peer, ConversationKind::Person)
                    .map(|chat| (chat, peer))
            })
            .collect::<Result<Vec<_>, StoreError>>()
    })?;
    let words = Words::new();
    let mut random = Random(1);
    let span = YEARS * 365 * 86_400_000;
    let mut stored = 0;
    while stored < count {
        store.write(|txn| {
            for _ in 0..BATCH.min(count - stored) {
                let at = 1_450_000_000_000 + span / i64::from(count) * i64::from(stored);
                // Few chats have most of the messages.
                let (chat, peer) = &chats[random.below(CHATS).min(random.below(CHATS))];
                let author = if random.below(2) == 0 { &me } else { peer };
                let mut message = message(*chat, author, &words, &mut random, at);
                message.direction = if author == &me {
                    Direction::Outgoing
                } else {
                    Direction::Incoming
                };
                txn.insert_message(&message)?;
                stored += 1;
            }
            Ok::<(), StoreError>(())
        })?;
    }
    Ok(())
}

/// A message that the archive brought.
pub(crate) fn message(
    conversation: ConversationId,
    author: &BareJid,
    words: &Words,
    random: &mut Random,
    at: i64,
) -> NewMessage {
    let id = format!("{:016x}{:016x}", random.next(), random.next());
    NewMessage {
        conversation,
        direction: Direction::Incoming,
        author: author.clone(),
        resource: None,
        body: words.sentence(random),
        at: Timestamp(at),
        stored_at: Timestamp(at),
        route: Route::Archive,
        security: Security::Clear,
        delivery: Delivery::Sent,
        stanza_id: Some(format!("s{id}")),
        origin_id: Some(id),
        markable: false,
        reply_to: None,
        spoiler: None,
    }
}

/// An address.
pub(crate) fn jid(text: &str) -> BareJid {
    BareJid::new(text).expect("an address")
}

/// Made-up words, used as often as those of a language are: the n-th in 1/n of the cases.
pub(crate) struct Words {
    words: Vec<String>,
    /// Sum of 1/n up to each word.
    until: Vec<f64>,
}

impl Words {
    pub(crate) fn new() -> Self {
        let mut random = Random(99);
        let mut words = Vec::new();
        let mut until = Vec::new();
        let mut sum = 0.0;
        for number in 1..20_000u32 {
            let syllables = 1 + random.below(if number < 100 { 2 } else { 4 });
            let word = (0..syllables)
                .flat_map(|_| {
                    [
                        b"tshwbcmfdrlngpk"[random.below(15)],
                        b"eaoiu"[random.below(5)],
                    ]
                })
                .map(char::from)
                .collect();
            words.push(word);
            sum += 1.0 / f64::from(number);
            until.push(sum);
        }
        Self { words, until }
    }

    pub(crate) fn word(&self, number: usize) -> String {
        self.words[number].clone()
    }

    pub(crate) fn sentence(&self, random: &mut Random) -> String {
        if random.below(8) == 0 {
            let length = 3 + random.below(20);
            return (0..length)
                .map(|_| cjk(random.below(400) * random.below(400) / 80))
                .collect();
        }
        let length = 1 + random.below(4) * random.below(6);
        let mut sentence = String::new();
        for _ in 0..length {
            let sought = random.fraction() * self.until[self.until.len() - 1];
            let place = self.until.partition_point(|until| *until < sought);
            sentence.push_str(&self.words[place.min(self.words.len() - 1)]);
            sentence.push(' ');
        }
        if random.below(30) == 0 {
            sentence.push_str("https://example.org/page");
        }
        sentence
    }
}

/// A character that is used often where its number is small.
pub(crate) fn cjk(number: usize) -> char {
    let number = u32::try_from(number).unwrap_or_default();
    char::from_u32(0x4e00 + number * 7).unwrap_or('的')
}

/// The same numbers each time (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 11).unwrap_or_default() % end
    }

    fn fraction(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}
