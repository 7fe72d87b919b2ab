//! What follows from what happens to the inbox of strangers.

use relm4::prelude::*;

use super::{
    Answer, CommandOutput, Output, Strangers,
    answers::{commands, parts},
    row::{self, Waiting},
};
use crate::{
    event::Event,
    i18n::ngettext_f,
    model::{ConversationId, Failure, FailureKind, Request},
    store::StoreError,
    timeline::changes,
    ui::News,
    worker::Handle,
};

/// Most strangers shown at once: whoever floods the inbox gets no more of the window than this.
const MAX_SHOWN: usize = 50;

type Sender = ComponentSender<Strangers>;

impl Strangers {
    pub(super) fn hear(&mut self, news: &News, sender: &Sender) {
        let concerns = news.iter().any(|event| {
            matches!(
                event,
                Event::Requests
                    | Event::Resync
                    | Event::Accounts
                    | Event::Conversations(_)
                    | Event::Blocked(_)
            )
        });
        if concerns {
            self.reload(sender);
        }
    }

    pub(super) fn reload(&mut self, sender: &Sender) {
        if self.refresh.want() {
            self.read(sender);
        }
    }

    fn read(&self, sender: &Sender) {
        let handle = self.handle.clone();
        sender.spawn_oneshot_command(move || match read(&handle) {
            Ok(waiting) => CommandOutput::Loaded(Some(waiting)),
            Err(error) => {
                tracing::error!(%error, "the requests of strangers cannot be read");
                CommandOutput::Loaded(None)
            }
        });
    }

    pub(super) fn loaded(
        &mut self,
        waiting: Option<Vec<(Request, Option<String>)>>,
        sender: &Sender,
    ) {
        if self.refresh.done() {
            self.read(sender);
        }
        let Some(waiting) = waiting else { return };
        self.waiting = waiting
            .into_iter()
            .map(|(request, account)| Waiting { request, account })
            .collect();
        let shown: Vec<Waiting> = self.waiting.iter().take(MAX_SHOWN).cloned().collect();
        self.show(shown, sender);
        let number = u32::try_from(self.waiting.len()).unwrap_or(u32::MAX);
        let _ = sender.output(Output::Waiting(number));
    }

    /// Changes the rows that differ and leaves the others, which may have the focus.
    fn show(&mut self, shown: Vec<Waiting>, sender: &Sender) {
        let changes = changes(&self.shown, &shown);
        for splice in changes.splices {
            let place = i32::try_from(splice.position).unwrap_or(i32::MAX);
            for _ in 0..splice.removed {
                if let Some(row) = self.list.row_at_index(place) {
                    self.list.remove(&row);
                }
            }
            for (place, waiting) in (place..).zip(&splice.added) {
                let row = row::row(waiting, sender.input_sender());
                self.list.insert(&row, place);
            }
        }
        for (place, waiting) in changes.updates {
            let place = i32::try_from(place).unwrap_or(i32::MAX);
            if let Some(row) = self.list.row_at_index(place) {
                self.list.remove(&row);
            }
            let row = row::row(&waiting, sender.input_sender());
            self.list.insert(&row, place);
        }
        self.shown = shown;
    }

    /// How many are not shown.
    pub(super) fn rest(&self) -> String {
        let rest = self.waiting.len().saturating_sub(self.shown.len());
        ngettext_f(
            "{n} more is waiting.",
            "{n} more are waiting.",
            u32::try_from(rest).unwrap_or(u32::MAX),
            &[],
        )
    }

    pub(super) fn answer(&self, request: Request, answer: Answer, sender: &Sender) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let outcome = carry_out(&handle, &request, answer).await;
            let open = match (answer, &outcome) {
                (Answer::Accept, Ok(())) => parts(request.kind).1,
                (Answer::Accept | Answer::Refuse | Answer::Block, _) => None,
            };
            CommandOutput::Answered { outcome, open }
        });
    }

    pub(super) fn refuse_all(&self, sender: &Sender) {
        let handle = self.handle.clone();
        let all: Vec<Request> = self.waiting.iter().map(|w| w.request.clone()).collect();
        sender.oneshot_command(async move {
            let mut outcome = Ok(());
            for request in all {
                outcome = carry_out(&handle, &request, Answer::Refuse).await;
                if outcome.is_err() {
                    break;
                }
            }
            CommandOutput::Answered {
                outcome,
                open: None,
            }
        });
    }

    pub(super) fn answered(
        &mut self,
        outcome: Result<(), Failure>,
        open: Option<ConversationId>,
        sender: &Sender,
    ) {
        if let Some(chat) = open {
            let _ = sender.output(Output::Open(chat));
        }
        if let Err(failure) = outcome {
            let _ = sender.output(Output::Failed(failure));
            // The buttons of that row can be pressed again.
            self.list_again(sender);
        }
        self.reload(sender);
    }

    fn list_again(&mut self, sender: &Sender) {
        let shown = std::mem::take(&mut self.shown);
        while let Some(row) = self.list.row_at_index(0) {
            self.list.remove(&row);
        }
        self.show(shown, sender);
    }
}

/// Asks the worker for everything that an answer means; the first failure ends it.
async fn carry_out(handle: &Handle, request: &Request, answer: Answer) -> Result<(), Failure> {
    let newest = match parts(request.kind).1 {
        Some(chat) => {
            let reader = handle.reader();
            relm4::spawn_blocking(move || reader.newest_messages(chat, 1))
                .await
                .map_err(|_| Failure::from(FailureKind::Cancelled))?
                .map_err(|error| Failure::from(error.failure_kind()))?
                .last()
                .map(|message| message.id)
        }
        None => None,
    };
    for command in commands(request, answer, newest) {
        handle.request(command).await?;
    }
    Ok(())
}

/// Who waits; the account is named where there are several.
fn read(handle: &Handle) -> Result<Vec<(Request, Option<String>)>, StoreError> {
    let reader = handle.reader();
    let accounts = reader.accounts()?;
    let name = |request: &Request| {
        accounts
            .iter()
            .find(|account| accounts.len() > 1 && account.id == request.account)
            .map(|account| account.jid.to_string())
    };
    Ok(reader
        .requests()?
        .into_iter()
        .map(|request| {
            let account = name(&request);
            (request, account)
        })
        .collect())
}
