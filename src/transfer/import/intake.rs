//! Takes what a source has, message by message: counts it, or stores it a few at a time.

use std::collections::{HashMap, HashSet};

use super::{
    chat::{ChatState, Here, window},
    key::Keys,
    limits::{MAX_ID, MAX_PARTS, is_time, reason_against},
    report::{ChatReport, Report, Skipped},
};
use crate::{
    model::{AccountId, BareJid, ImportedFrom, Security, Timestamp},
    store::{
        Reader, Store, StoreError, StoredChat, StoredMessage, StoredNickname, StoredReaction,
        StoredRetraction,
    },
    transfer::{Progress, TransferError, Watch},
};

/// Messages brought in at once: no other writer waits longer than for a page of the archive.
const BATCH: usize = 200;
/// How often the progress is told.
const STEPS: u64 = 200;

/// What is to be done with what comes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// Count only.
    Look,
    /// Store.
    Import,
}

/// The receiving end of an import.
pub(super) struct Intake<'a> {
    store: &'a Store,
    reader: Reader,
    from: ImportedFrom,
    mode: Mode,
    now: Timestamp,
    watch: &'a Watch,
    progress: Progress,
    accounts: HashMap<BareJid, Here>,
    chats: HashMap<(AccountId, BareJid), usize>,
    /// Beside the chats of the report.
    states: Vec<ChatState>,
    /// The chat that what comes belongs to; none: it is not wanted.
    current: Option<usize>,
    /// The account whose messages are not wanted.
    missing: Option<BareJid>,
    batch: Batch,
    report: Report,
}

/// What gathers until it is worth a transaction.
#[derive(Default)]
struct Batch {
    messages: Vec<StoredMessage>,
    reactions: Vec<StoredReaction>,
    retractions: Vec<StoredRetraction>,
    nicknames: Vec<(AccountId, StoredNickname)>,
}

impl Batch {
    fn is_full(&self) -> bool {
        let parts = [
            self.messages.len(),
            self.reactions.len(),
            self.retractions.len(),
            self.nicknames.len(),
        ];
        parts.iter().sum::<usize>() >= BATCH
    }

    fn is_empty_for_chat(&self) -> bool {
        self.messages.is_empty() && self.reactions.is_empty() && self.retractions.is_empty()
    }
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        store: &'a Store,
        from: ImportedFrom,
        mode: Mode,
        now: Timestamp,
        watch: &'a Watch,
    ) -> Result<Self, TransferError> {
        let reader = store.reader();
        let mut accounts = HashMap::new();
        for account in reader.accounts()? {
            let forgotten_before = reader
                .forget_after(account.id)?
                .map(|days| now.plus_millis(-i64::from(days) * 86_400_000));
            let here = Here {
                id: account.id,
                forgotten_before,
            };
            accounts.insert(account.jid, here);
        }
        Ok(Self {
            store,
            reader,
            from,
            mode,
            now,
            watch,
            progress: Progress::default(),
            accounts,
            chats: HashMap::new(),
            states: Vec::new(),
            current: None,
            missing: None,
            batch: Batch::default(),
            report: Report::default(),
        })
    }

    /// Whether somebody wants the work to end.
    pub(super) fn watch(&self) -> &Watch {
        self.watch
    }

    /// Says how much there is, in any unit.
    pub(super) fn expect(&mut self, total: u64) {
        self.progress.total = total;
    }

    /// Says how much of that was read.
    pub(super) fn advance(&mut self, by: u64) -> Result<(), TransferError> {
        let step = (self.progress.total / STEPS).max(1);
        let told = self.progress.done / step;
        self.progress.done += by;
        if self.progress.done / step != told {
            self.watch.tell(self.progress);
        }
        self.watch.go_on()
    }

    /// Something is not brought in.
    pub(super) fn skip(&mut self, why: Skipped, count: u64) {
        if count > 0 {
            *self.report.skipped.entry(why).or_default() += count;
        }
    }

    /// What follows belongs to the chat with this peer.
    pub(super) fn begin_chat(
        &mut self,
        account: &BareJid,
        peer: &BareJid,
        described: Option<StoredChat>,
    ) -> Result<(), TransferError> {
        self.end_chat()?;
        let Some(here) = self.accounts.get(account).copied() else {
            self.missing = Some(account.clone());
            self.report
                .missing_accounts
                .entry(account.clone())
                .or_default();
            return Ok(());
        };
        if let Some(place) = self.chats.get(&(here.id, peer.clone())) {
            self.current = Some(*place);
            return Ok(());
        }
        let conversation = self.reader.conversation_with(here.id, peer)?;
        let seen = match conversation {
            Some(id) => self
                .reader
                .conversation(id)?
                .is_none_or(|chat| chat.unread == 0),
            None => described.is_none(),
        };
        self.current = Some(self.states.len());
        self.chats
            .insert((here.id, peer.clone()), self.states.len());
        self.states.push(ChatState {
            account: here,
            conversation,
            described,
            seen,
            taken: HashSet::new(),
            keys: Keys::default(),
        });
        self.report.chats.push(ChatReport {
            account: account.clone(),
            peer: peer.clone(),
            conversation,
            is_new: conversation.is_none(),
            new: 0,
            known: 0,
        });
        Ok(())
    }

    /// What follows belongs to no chat.
    pub(super) fn end_chat(&mut self) -> Result<(), TransferError> {
        self.flush()?;
        self.current = None;
        self.missing = None;
        Ok(())
    }

    /// One message of the present chat.
    pub(super) fn message(&mut self, mut message: StoredMessage) -> Result<(), TransferError> {
        if let Some(missing) = &self.missing {
            if let Some(count) = self.report.missing_accounts.get_mut(missing) {
                *count += 1;
            }
            self.skip(Skipped::NoAccount, 1);
            return Ok(());
        }
        let Some(state) = self.current.and_then(|place| self.states.get_mut(place)) else {
            return Ok(());
        };
        if let Some(why) = reason_against(&message, self.now, state.account) {
            self.skip(why, 1);
            return Ok(());
        }
        if self.from != ImportedFrom::Tessera {
            message.imported = Some(self.from);
            message.import_key = Some(state.keys.next(self.from, &message.message));
        }
        // Nobody here has seen that it was encrypted.
        if message.message.security != Security::Unreadable {
            message.message.security = Security::Clear;
        }
        message.corrections.truncate(MAX_PARTS);
        if !is_time(message.message.stored_at, self.now) {
            message.message.stored_at = self.now;
        }
        self.batch.messages.push(message);
        self.flush_when_full()
    }

    /// What somebody reacted with in the present chat.
    pub(super) fn reaction(&mut self, mut reaction: StoredReaction) -> Result<(), TransferError> {
        reaction.emojis.truncate(MAX_PARTS);
        let too_long = reaction.target.len() > MAX_ID
            || reaction.emojis.iter().any(|emoji| emoji.len() > MAX_ID);
        if self.current.is_none() || too_long || !is_time(reaction.at, self.now) {
            return Ok(());
        }
        self.batch.reactions.push(reaction);
        self.flush_when_full()
    }

    /// A retraction in the present chat whose message is not there.
    pub(super) fn retraction(&mut self, waiting: StoredRetraction) -> Result<(), TransferError> {
        if self.current.is_none() || waiting.target.len() > MAX_ID || !is_time(waiting.at, self.now)
        {
            return Ok(());
        }
        self.batch.retractions.push(waiting);
        self.flush_when_full()
    }

    /// A name that somebody gave itself.
    pub(super) fn nickname(
        &mut self,
        account: &BareJid,
        person: StoredNickname,
    ) -> Result<(), TransferError> {
        let Some(here) = self.accounts.get(account) else {
            return Ok(());
        };
        if person.nickname.len() > MAX_ID {
            return Ok(());
        }
        self.batch.nicknames.push((here.id, person));
        self.flush_when_full()
    }

    /// Everything has come.
    pub(super) fn finish(mut self) -> Result<Report, TransferError> {
        self.end_chat()?;
        let progress = Progress {
            done: self.progress.total,
            ..self.progress
        };
        self.watch.tell(progress);
        // Of our own exports chats are made that have no messages, too.
        let is_of_use = |chat: &ChatReport, state: &ChatState| {
            chat.new + chat.known > 0 || (chat.is_new && state.described.is_some())
        };
        let mut states = self.states.iter();
        self.report
            .chats
            .retain(|chat| states.next().is_some_and(|state| is_of_use(chat, state)));
        Ok(self.report)
    }

    fn flush_when_full(&mut self) -> Result<(), TransferError> {
        if self.batch.is_full() {
            self.flush()
        } else {
            Ok(())
        }
    }

    /// Counts or stores what has gathered.
    fn flush(&mut self) -> Result<(), TransferError> {
        let batch = std::mem::take(&mut self.batch);
        if self.mode == Mode::Import && !batch.nicknames.is_empty() {
            self.store.write(|txn| {
                batch
                    .nicknames
                    .iter()
                    .try_for_each(|(account, person)| txn.restore_nickname(*account, person))
            })?;
        }
        let Some(place) = self.current else {
            return Ok(());
        };
        match self.mode {
            Mode::Look => self.count(place, &batch.messages),
            Mode::Import => self.put(place, &batch),
        }
    }

    fn count(&mut self, place: usize, messages: &[StoredMessage]) -> Result<(), TransferError> {
        let (Some(state), Some(report)) =
            (self.states.get_mut(place), self.report.chats.get_mut(place))
        else {
            return Ok(());
        };
        let mut known = 0;
        if let Some(conversation) = state.conversation {
            let wanted: Vec<&StoredMessage> = messages.iter().collect();
            let window = window(self.from);
            let twins = self
                .reader
                .find_twins(conversation, &wanted, window, &mut state.taken)?;
            known = twins.iter().flatten().count() as u64;
        }
        report.known += known;
        report.new += messages.len() as u64 - known;
        Ok(())
    }

    fn put(&mut self, place: usize, batch: &Batch) -> Result<(), TransferError> {
        let (Some(state), Some(report)) =
            (self.states.get_mut(place), self.report.chats.get_mut(place))
        else {
            return Ok(());
        };
        let is_to_be_made = state.conversation.is_none() && state.described.is_some();
        if batch.is_empty_for_chat() && !is_to_be_made {
            return Ok(());
        }
        self.watch.go_on()?;
        let (from, is_new) = (self.from, report.is_new);
        let (known, new) = self.store.write(|txn| {
            let conversation = state.place(txn, &report.peer)?;
            let done = state.put(txn, conversation, &batch.messages, window(from), is_new)?;
            for reaction in &batch.reactions {
                txn.restore_reaction(conversation, reaction)?;
            }
            for waiting in &batch.retractions {
                txn.restore_retraction(conversation, waiting)?;
            }
            if done.1 > 0 {
                txn.settle_restored(conversation, state.seen)?;
            }
            if is_new && state.described.is_none() {
                txn.list_restored(conversation)?;
            }
            Ok::<_, StoreError>(done)
        })?;
        report.conversation = state.conversation;
        report.known += known;
        report.new += new;
        Ok(())
    }
}
