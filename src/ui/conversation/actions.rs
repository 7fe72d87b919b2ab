//! What can be done with a message, and what happens when a link is activated.

use relm4::prelude::*;

use super::{
    CommandOutput, Confirmed, Conversation, Input, Output,
    answering::{can_answer, can_change, has_text},
    list_view, message_details, questions,
};
use crate::{
    command::{ChatCommand, Command, ContactCommand},
    i18n::gettext,
    model::{Delivery, Direction, Message, MessageId},
    timeline::text::links::{self, Opening},
    ui::{
        dialog,
        sidebar::context_menu::{self, Entry},
    },
};

/// Whether something can be done with a message, its name, and what it reports.
type Offer = (bool, String, fn(MessageId) -> Input);

impl Conversation {
    /// Opens the menu of a message, under its bubble.
    pub(super) fn open_actions(&self, id: MessageId, sender: &ComponentSender<Self>) {
        let Some(message) = self.message(id) else {
            return;
        };
        let Some(row) = list_view::live_rows(&self.view).find(|row| row.message() == Some(id))
        else {
            return;
        };
        let entry = |label: String, input: fn(MessageId) -> Input| {
            let sender = sender.input_sender().clone();
            Entry::new(label, move || sender.emit(input(id)))
        };
        let (can_retry, can_cancel) = possible(message);
        let may_change = self.can_write() && can_change(message);
        let is_there = message.delivery != Delivery::Waiting;
        let offer = |entries: Vec<Offer>| {
            let offered = entries.into_iter().filter(|(applies, ..)| *applies);
            offered
                .map(|(_, label, input)| entry(label, input))
                .collect::<Vec<_>>()
        };
        let may_answer = self.can_write() && can_answer(message) && is_there;
        let answers = offer(vec![
            (may_answer, gettext("Answer"), Input::ReplyPressed),
            (may_answer, gettext("React…"), Input::ReactionsWanted),
            (may_change, gettext("Edit"), Input::EditPressed),
        ]);
        let copies = offer(vec![
            (has_text(message), gettext("Copy"), |id| {
                Input::CopyPressed(Some(id))
            }),
            (
                has_text(message),
                gettext("Forward…"),
                Input::ForwardPressed,
            ),
            (true, gettext("Select"), Input::SelectPressed),
        ]);
        let sending = offer(vec![
            (can_retry, gettext("Retry"), Input::RetryPressed),
            (can_cancel, gettext("Do Not Send"), Input::CancelPressed),
        ]);
        let removals = offer(vec![
            (may_change, gettext("Take Back…"), Input::RetractPressed),
            (
                is_there,
                gettext("Delete Here…"),
                Input::DeleteMessagePressed,
            ),
        ]);
        let was_edited = message.corrected.is_some() && message.retracted.is_none();
        let more = offer(vec![
            (was_edited, gettext("Earlier Texts"), Input::VersionsPressed),
            (true, gettext("Details"), Input::DetailsPressed),
        ]);
        let sections = vec![answers, copies, sending, removals, more];
        let (x, y) = row.menu_place();
        context_menu::open(&row, x as i32, y as i32, sections);
    }

    pub(super) fn open_message_details(&self, id: MessageId, root: &gtk::Box) {
        if let Some(message) = self.message(id) {
            let name = self.context.people.borrow().peer.clone();
            message_details::open(dialog::window_of(root).as_ref(), message, &name);
        }
    }

    pub(super) fn open_whole_text(&self, id: MessageId, root: &gtk::Box) {
        if let Some(message) = self.message(id) {
            message_details::open_text(dialog::window_of(root).as_ref(), &message.body);
        }
    }

    /// Opens a link, asks first, or does nothing, as the target deserves.
    pub(super) fn activate_link(
        &self,
        target: &str,
        sender: &ComponentSender<Self>,
        root: &gtk::Box,
    ) {
        match links::judge(target) {
            Opening::Never => {}
            Opening::Direct => self.open_link(target, sender, root),
            Opening::Ask(doubt) => {
                let confirmed = Confirmed::OpenLink(target.to_owned());
                let question = questions::open_link(target, &doubt);
                question.ask(root, sender.input_sender(), confirmed);
            }
        }
    }

    fn open_link(&self, target: &str, sender: &ComponentSender<Self>, root: &gtk::Box) {
        let is_person = target
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("xmpp:"));
        if is_person {
            // The window may be closing.
            let _ = sender.output(Output::OpenUri(target.to_owned()));
        } else {
            gtk::show_uri(
                dialog::window_of(root).as_ref(),
                target,
                gtk::gdk::CURRENT_TIME,
            );
        }
    }

    pub(super) fn ask_block(&self, sender: &ComponentSender<Self>, root: &gtk::Box) {
        let people = self.context.people.borrow().clone();
        questions::block(&people.address).ask(root, sender.input_sender(), Confirmed::Block);
    }

    pub(super) fn ask_delete(&self, sender: &ComponentSender<Self>, root: &gtk::Box) {
        let people = self.context.people.borrow().clone();
        questions::delete(&people.address).ask(root, sender.input_sender(), Confirmed::Delete);
    }

    pub(super) fn confirmed(
        &mut self,
        confirmed: Confirmed,
        sender: &ComponentSender<Self>,
        root: &gtk::Box,
    ) {
        match confirmed {
            Confirmed::Block => {
                self.ask_contact(sender, |account, jid| ContactCommand::Block {
                    account,
                    jid,
                });
            }
            Confirmed::Delete => self.delete(sender),
            Confirmed::OpenLink(target) => self.open_link(&target, sender, root),
            Confirmed::Retract(id) => self.ask_chat(ChatCommand::Retract(id), sender),
            Confirmed::DeleteMessage(id) => self.ask_chat(ChatCommand::DeleteMessage(id), sender),
        }
    }

    fn delete(&self, sender: &ComponentSender<Self>) {
        let Some(chat) = &self.chat else {
            return;
        };
        let (id, number) = (chat.id, chat.number);
        let handle = self.handle.clone();
        sender.command(move |out, shutdown| {
            let ask = async move {
                let command = Command::Chat(ChatCommand::Delete(id));
                let _ = out.send(match handle.request(command).await {
                    Ok(()) => CommandOutput::Deleted(number),
                    Err(failure) => CommandOutput::Failed(failure),
                });
            };
            shutdown.register(ask).drop_on_shutdown()
        });
    }

    pub(super) fn deleted(&mut self, number: u64, sender: &ComponentSender<Self>) {
        if self.chat_of(number).is_some() {
            self.gone(sender);
        }
    }
}

/// Whether a message can be sent again, and whether it can be given up.
fn possible(message: &Message) -> (bool, bool) {
    if message.direction == Direction::Incoming {
        return (false, false);
    }
    match message.delivery {
        Delivery::Failed(_) => (true, false),
        Delivery::Waiting => (false, true),
        Delivery::Sent | Delivery::Delivered | Delivery::Read => (false, false),
    }
}
