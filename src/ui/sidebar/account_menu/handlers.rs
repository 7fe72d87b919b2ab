//! What follows from what happens to the account menu.

use std::time::Duration;

use gtk::prelude::*;
use relm4::prelude::*;

use super::{
    AccountMenu, CommandOutput, Output,
    present::{self, Remedy, Seen},
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    i18n::{gettext, ngettext_f},
    model::{AccountId, OwnPresence, Show, Timestamp},
    store::StoreError,
    ui::{News, untrusted_text::one_line},
    worker::Handle,
};

/// Countdowns are told in seconds.
const SECOND: Duration = Duration::from_secs(1);

/// Most characters of the own name.
const MAX_NAME: usize = 60;

/// Most characters of the status text that go out.
const MAX_STATUS: usize = 200;

type Sender = ComponentSender<AccountMenu>;

impl AccountMenu {
    pub(super) fn hear(&mut self, news: &News, sender: &Sender) {
        let concerns = news.iter().any(|event| {
            matches!(
                event,
                Event::Accounts
                    | Event::Connection(_)
                    | Event::Sync(_)
                    | Event::Profile { .. }
                    | Event::Resync
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
            Ok(accounts) => CommandOutput::Loaded(Some(accounts)),
            Err(error) => {
                tracing::error!(%error, "the accounts cannot be read");
                CommandOutput::Loaded(None)
            }
        });
    }

    pub(super) fn loaded(&mut self, accounts: Option<Vec<Seen>>, sender: &Sender) {
        if self.refresh.done() {
            self.read(sender);
        }
        let Some(accounts) = accounts else { return };
        self.accounts = accounts;
        self.show_rows();
        self.show_own_presence();
        self.show_picture();
        let problem = present::problem(&self.accounts);
        if self.problem != problem {
            self.problem.clone_from(&problem);
            let _ = sender.output(Output::Problem(problem));
        }
        self.count_down(sender);
    }

    pub(super) fn opened(&mut self, sender: &Sender) {
        self.show_rows();
        self.show_own_presence();
        self.count_down(sender);
    }

    fn show_rows(&mut self) {
        self.rows.show(&self.accounts, Timestamp::now());
    }

    /// Shows what was chosen last, without touching words that are being typed.
    fn show_own_presence(&self) {
        let presence = self.own_presence();
        for (show, button) in &self.choices {
            button.set_active(*show == presence.show);
        }
        if !self.popover.is_visible() {
            self.status.set_text(&presence.status);
        }
    }

    /// What the person chose; accounts may differ, then that of the first one.
    fn own_presence(&self) -> OwnPresence {
        self.accounts
            .first()
            .map(|seen| seen.account.presence.clone())
            .unwrap_or_default()
    }

    pub(super) fn choose(&self, show: Show) {
        let status = self.own_presence().status;
        self.set_presence(OwnPresence { show, status });
    }

    pub(super) fn say(&self, words: &str) {
        let presence = OwnPresence {
            show: self.own_presence().show,
            status: one_line(words, MAX_STATUS),
        };
        self.set_presence(presence);
        self.popover.popdown();
    }

    fn set_presence(&self, presence: OwnPresence) {
        self.handle
            .send(Command::Account(AccountCommand::SetPresence {
                account: None,
                presence,
            }));
    }

    pub(super) fn remedy(&self, account: AccountId, sender: &Sender) {
        let seen = self.accounts.iter().find(|seen| seen.account.id == account);
        match seen.and_then(Seen::remedy) {
            Some(Remedy::Retry | Remedy::Connect) => self
                .handle
                .send(Command::Account(AccountCommand::Connect(account))),
            Some(Remedy::Fix) => {
                self.popover.popdown();
                let _ = sender.output(Output::Fix(account));
            }
            None => {}
        }
    }

    /// Has the text change every second while somebody looks at it.
    fn count_down(&mut self, sender: &Sender) {
        let is_watched = self.popover.is_visible() && present::counts_down(&self.accounts);
        if is_watched && !self.is_ticking {
            self.is_ticking = true;
            sender.oneshot_command(async {
                tokio::time::sleep(SECOND).await;
                CommandOutput::Tick
            });
        }
    }

    pub(super) fn tick(&mut self, sender: &Sender) {
        self.is_ticking = false;
        self.show_rows();
        self.count_down(sender);
    }

    fn show_picture(&self) {
        let Some(first) = self.accounts.first() else {
            self.avatar.set_person("", "");
            self.avatar.set_show(None);
            return;
        };
        self.avatar
            .set_person(first.title(), first.account.jid.as_str());
        self.avatar
            .set_picture(&self.handle.reader(), first.avatar.as_deref());
        self.avatar
            .set_show(Some(present::best_shown(&self.accounts)));
    }

    /// What the button says: the name, or how many accounts there are.
    pub(super) fn short_title(&self) -> String {
        match self.accounts.as_slice() {
            [] => gettext("No account"),
            [one] if one.account.nickname.trim().is_empty() => {
                let local = one.account.jid.node().map(|node| node.as_str().to_owned());
                local.unwrap_or_else(|| one.account.jid.to_string())
            }
            [one] => one_line(one.title(), MAX_NAME),
            several => ngettext_f(
                "{n} account",
                "{n} accounts",
                u32::try_from(several.len()).unwrap_or(u32::MAX),
                &[],
            ),
        }
    }
}

/// All accounts with their connections.
fn read(handle: &Handle) -> Result<Vec<Seen>, StoreError> {
    let reader = handle.reader();
    reader
        .accounts()?
        .into_iter()
        .map(|account| {
            Ok(Seen {
                state: handle.live().connection(account.id),
                sync: handle.live().sync(account.id),
                avatar: reader.avatar_of(account.id, &account.jid)?,
                account,
            })
        })
        .collect()
}
