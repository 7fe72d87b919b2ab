//! Sends copies of messages to another chat, which is chosen with a search.

use gtk::glib;
use relm4::prelude::*;

use super::{CommandOutput, Conversation, Input, Output, answering::has_text};
use crate::{
    command::{ChatCommand, Command},
    i18n::{gettext, gettext_f},
    model::{ConversationId, Failure, FailureKind, MessageId},
    timeline::text::clean,
    ui::{
        dialog,
        jump::{self, Jump, Purpose},
        open_chat::open_chat,
    },
    worker::Handle,
};

/// Where messages were sent to.
#[derive(Debug)]
pub struct Forwarded {
    /// The chat.
    pub(super) to: ConversationId,
    /// Its name.
    pub(super) name: String,
}

impl Conversation {
    /// Asks where to.
    pub(super) fn choose_target(&self, messages: Vec<MessageId>, root: &gtk::Box) {
        let sender = self.context.sender.clone();
        let jump = Jump::builder()
            .launch((self.handle.clone(), Purpose::Forward))
            .connect_receiver(move |_, target| {
                sender.emit(Input::ForwardTo(messages.clone(), target));
            });
        dialog::open(jump, dialog::window_of(root).as_ref());
    }

    pub(super) fn forward(
        &mut self,
        messages: Vec<MessageId>,
        target: jump::Output,
        sender: &ComponentSender<Self>,
    ) {
        self.end_selection();
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            CommandOutput::Forwarded(forward(handle, messages, target).await)
        });
    }

    /// Says where messages went, and leads there.
    pub(super) fn forwarded(&self, forwarded: &Forwarded, sender: &ComponentSender<Self>) {
        let name = clean::isolated(&forwarded.name);
        let words = gettext_f("Forwarded to {name}", &[("name", &name)]);
        let toast = adw::Toast::new(&glib::markup_escape_text(&words));
        let is_here = self
            .chat
            .as_ref()
            .is_some_and(|chat| chat.id == forwarded.to);
        if !is_here {
            let to = forwarded.to;
            let output = sender.output_sender().clone();
            toast.set_button_label(Some(&gettext("Show")));
            toast.connect_button_clicked(move |_| {
                // The window may be closing.
                let _ = output.send(Output::Open(to));
            });
        }
        self.toasts.add_toast(toast);
    }
}

/// Sends each message in the order of the chat; what follows one that fails is not sent.
async fn forward(
    handle: Handle,
    messages: Vec<MessageId>,
    target: jump::Output,
) -> Result<Forwarded, Failure> {
    let to = match target {
        jump::Output::Open(chat) => chat,
        jump::Output::OpenWith(account, peer) => open_chat(handle.clone(), account, peer).await?,
    };
    let reader = handle.reader();
    let read = relm4::spawn_blocking(move || {
        let mut found = reader.messages(&messages)?;
        found.retain(has_text);
        let name = reader.conversation(to)?.map(|chat| chat.name);
        Ok::<_, crate::store::StoreError>((found, name))
    });
    let (found, name) = match read.await {
        Ok(read) => read.map_err(super::loading::failure)?,
        Err(_) => return Err(FailureKind::Storage.into()),
    };
    if found.is_empty() {
        return Err(FailureKind::BadInput.into());
    }
    for message in found {
        let message = message.id;
        let command = Command::Chat(ChatCommand::Forward { message, to });
        handle.request(command).await?;
    }
    let name = name.unwrap_or_default();
    Ok(Forwarded { to, name })
}
