//! What the dialog does when something happens.

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    AddContact, CommandOutput, Input, group_choice,
    present::{Prefill, Typed, read},
};
use crate::{
    command::{Command, ContactCommand},
    i18n::gettext,
    model::{AccountId, BareJid, Failure, FailureKind},
    ui::{
        failure_text::{Explanation, describe},
        untrusted_text::one_line,
    },
    worker::Handle,
};

/// Longest address of an account in the list, in characters.
const MAX_ADDRESS: usize = 100;

impl AddContact {
    pub(super) fn can_submit(&self) -> bool {
        !self.is_waiting && !self.accounts.is_empty()
    }

    pub(super) fn load(&self, sender: &ComponentSender<Self>) {
        let reader = self.handle.reader();
        sender.oneshot_command(async move {
            let accounts = reader.accounts().unwrap_or_default();
            CommandOutput::Accounts(accounts.into_iter().map(|a| (a.id, a.jid)).collect())
        });
    }

    pub(super) fn accounts_known(
        &mut self,
        accounts: Vec<(AccountId, BareJid)>,
        sender: &ComponentSender<Self>,
    ) {
        let names: Vec<_> = accounts
            .iter()
            .map(|(_, jid)| one_line(jid.as_str(), MAX_ADDRESS))
            .collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        self.account_row
            .set_model(Some(&gtk::StringList::new(&names)));
        let wanted = self.wanted_account;
        self.account = accounts
            .iter()
            .position(|(id, _)| Some(*id) == wanted)
            .unwrap_or(0);
        self.accounts = accounts;
        self.account_row
            .set_selected(u32::try_from(self.account).unwrap_or(0));
        if self.accounts.is_empty() {
            self.problem = Some(Explanation::incomplete(gettext(
                "Contacts are kept by your account. Add one first.",
            )));
        }
        self.load_groups(sender);
    }

    pub(super) fn account_chosen(&mut self, place: u32, sender: &ComponentSender<Self>) {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        if place < self.accounts.len() && place != self.account {
            self.account = place;
            self.load_groups(sender);
        }
    }

    fn load_groups(&self, sender: &ComponentSender<Self>) {
        if let Some((account, _)) = self.accounts.get(self.account).cloned() {
            let reader = self.handle.reader();
            sender.oneshot_command(async move {
                CommandOutput::Groups(reader.groups(account).unwrap_or_default())
            });
        }
    }

    pub(super) fn fill(&mut self, prefill: Prefill) {
        if !prefill.address.is_empty() {
            self.address_row.set_text(&prefill.address);
            self.address = prefill.address;
        }
        if !prefill.name.is_empty() {
            self.name_row.set_text(&prefill.name);
            self.name = prefill.name;
        }
        if !prefill.group.is_empty() {
            self.groups = vec![prefill.group];
            self.group_choice
                .emit(group_choice::Input::Choose(self.groups.clone()));
        }
    }

    pub(super) fn address_edited(&mut self, text: String, sender: &ComponentSender<Self>) {
        if let Typed::Link(prefill) = read(&text)
            && text.contains(['?', ';'])
        {
            // A whole link was pasted: the field gets the address, other fields get the rest.
            sender.input(Input::Fill(prefill));
        }
        self.address = text;
        if self.address_error.is_some() {
            self.address_error = self.wrong();
        }
    }

    pub(super) fn address_left(&mut self) {
        if !self.address.trim().is_empty() {
            self.address_error = self.wrong();
        }
    }

    fn wrong(&self) -> Option<String> {
        match read(&self.address) {
            Typed::Wrong(why) => Some(why),
            Typed::Address(_) | Typed::Link(_) => None,
        }
    }

    fn jid(&self) -> Result<BareJid, String> {
        let typed = match read(&self.address) {
            Typed::Link(prefill) => read(&prefill.address),
            typed => typed,
        };
        match typed {
            Typed::Address(jid) => Ok(jid),
            Typed::Wrong(why) => Err(why),
            Typed::Link(_) => Err(gettext("Enter an address, such as name@example.org.")),
        }
    }

    pub(super) fn submit(&mut self, sender: &ComponentSender<Self>) {
        if !self.can_submit() {
            return;
        }
        self.address_error = None;
        self.problem = None;
        let (jid, (account, own)) = match (self.jid(), self.accounts.get(self.account)) {
            (Ok(jid), Some(account)) => (jid, account.clone()),
            (Err(why), _) => {
                self.address_error = Some(why);
                return;
            }
            (_, None) => return,
        };
        if jid == own {
            self.address_error = Some(gettext("This is your own address."));
            return;
        }
        self.is_waiting = true;
        let handle = self.handle.clone();
        let add = ContactCommand::Add {
            account,
            jid: jid.clone(),
            name: self.name.trim().to_owned(),
            groups: self.groups.clone(),
            message: self.message.trim().to_owned(),
        };
        sender.oneshot_command(async move { add_contact(&handle, account, &jid, add).await });
    }

    pub(super) fn already_there(&mut self) {
        self.is_waiting = false;
        self.address_error = Some(gettext("This address is already one of your contacts."));
    }

    pub(super) fn failed(&mut self, failure: &Failure) {
        self.is_waiting = false;
        self.problem = Some(describe(failure));
    }
}

async fn add_contact(
    handle: &Handle,
    account: AccountId,
    jid: &BareJid,
    add: ContactCommand,
) -> CommandOutput {
    match handle.reader().contact(account, jid) {
        Ok(Some(_)) => CommandOutput::AlreadyThere,
        Ok(None) => CommandOutput::Ended(handle.request(Command::Contact(add)).await),
        Err(_) => CommandOutput::Ended(Err(FailureKind::Storage.into())),
    }
}
