//! What follows from what happens to the main window.

use adw::prelude::*;
use gtk::gdk;
use relm4::prelude::*;

use super::{
    Action, App, CommandOutput, Input, Ready, Resolved, WindowState,
    regions::{self, Region},
    start::WINDOW_STATE,
    uri,
};
use crate::{
    command::{ChatCommand, Command},
    event::Event,
    i18n::gettext,
    model::{AccountId, BareJid, ConversationId, Failure, MessageId, Settings},
    ui::{
        News, about, account, contact_dialogs, conversation, dialog, failure_text::describe,
        farewell::retire, first_run, first_run::FirstRun, jump, jump::Jump, open_chat::open_chat,
        settings, shortcuts, sidebar,
    },
};

type Sender = ComponentSender<App>;

/// Seconds that a sentence stays; long enough to read two lines.
const TOAST_SECONDS: u32 = 6;

impl App {
    /// Hands news to every part that shows something of it.
    pub(super) fn route(&self, events: Vec<Event>, sender: &Sender) {
        let news: News = events.into();
        let is_about_us = news
            .iter()
            .any(|event| matches!(event, Event::Accounts | Event::Settings | Event::Resync));
        if is_about_us {
            self.read_again(sender);
        }
        self.announce(&news, sender);
        self.sidebar.emit(sidebar::Input::News(news.clone()));
        self.conversation.emit(conversation::Input::News(news));
    }

    fn read_again(&self, sender: &Sender) {
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let read = reader
                .settings()
                .and_then(|settings| Ok((settings, !reader.accounts()?.is_empty())));
            if let Err(error) = &read {
                tracing::error!(%error, "the settings cannot be read");
            }
            CommandOutput::Read(read.ok().map(Box::new))
        });
    }

    pub(super) fn read(&mut self, read: Option<Box<(Settings, bool)>>, sender: &Sender) {
        let Some(read) = read else {
            return self.say(&gettext(
                "The settings cannot be read. Is the disk in order?",
            ));
        };
        let (chosen, has_accounts) = *read;
        settings::apply_color_scheme(chosen.color_scheme);
        self.online_only.set_state(&chosen.online_only.to_variant());
        self.run_in_background = chosen.run_in_background;
        self.show_first_run(!has_accounts, sender);
    }

    /// Shows the first run, or ends it.
    pub(super) fn show_first_run(&mut self, show: bool, sender: &Sender) {
        if !show {
            self.first_run_place.set_child(gtk::Widget::NONE);
            if let Some(first_run) = self.first_run.take() {
                retire(first_run);
            }
        } else if self.first_run.is_none() {
            let first_run = FirstRun::builder()
                .launch(self.handle.clone())
                .forward(sender.input_sender(), Input::FirstRun);
            self.first_run_place.set_child(Some(first_run.widget()));
            self.first_run = Some(first_run);
            self.show_none();
        }
    }

    pub(super) fn restore_chat(&mut self, chat: Option<ConversationId>) {
        if let (Some(chat), None) = (chat, &self.first_run) {
            self.chat = Some(chat);
            self.conversation.emit(conversation::Input::Open(chat));
            self.sidebar.emit(sidebar::Input::Select(Some(chat)));
        }
    }

    /// Shows a chat and puts the focus into it.
    pub(super) fn open(&mut self, chat: ConversationId) {
        if self.chat != Some(chat) {
            self.chat = Some(chat);
            self.conversation.emit(conversation::Input::Open(chat));
            self.sidebar.emit(sidebar::Input::Select(Some(chat)));
        }
        self.is_showing_chat = true;
        self.conversation.emit(conversation::Input::Focus);
    }

    /// Shows a chat at a message, which gets the focus.
    fn open_at(&mut self, chat: ConversationId, message: MessageId) {
        if self.chat.replace(chat) != Some(chat) {
            self.sidebar.emit(sidebar::Input::Select(Some(chat)));
        }
        self.is_showing_chat = true;
        self.conversation
            .emit(conversation::Input::OpenAt(chat, message));
    }

    fn show_none(&mut self) {
        self.chat = None;
        self.is_showing_chat = false;
        self.conversation.emit(conversation::Input::Close);
        self.sidebar.emit(sidebar::Input::Select(None));
    }

    fn open_with(&self, account: AccountId, peer: BareJid, details: bool, sender: &Sender) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let opened = open_chat(handle, account, peer).await;
            CommandOutput::ChatReady(opened.map(|chat| Ready { chat, details }))
        });
    }

    pub(super) fn chat_ready(&mut self, ready: Result<Ready, Failure>) {
        match ready {
            Ok(ready) => {
                self.open(ready.chat);
                if ready.details {
                    self.show_details(true);
                }
            }
            Err(failure) => self.say_failure(&failure),
        }
    }

    fn show_details(&mut self, show: bool) {
        self.is_showing_details = show;
        self.conversation
            .emit(conversation::Input::ShowDetails(show));
    }

    pub(super) fn sidebar_tells(
        &mut self,
        output: sidebar::Output,
        root: &adw::ApplicationWindow,
        sender: &Sender,
    ) {
        match output {
            sidebar::Output::Open(chat) => self.open(chat),
            sidebar::Output::OpenAt(chat, message) => self.open_at(chat, message),
            sidebar::Output::OpenWith(account, jid) => self.open_with(account, jid, false, sender),
            sidebar::Output::ShowDetails(chat) => {
                self.open(chat);
                self.show_details(true);
            }
            sidebar::Output::ShowDetailsOf(account, jid) => {
                self.open_with(account, jid, true, sender);
            }
            sidebar::Output::Closed(chat) if self.chat == Some(chat) => self.show_none(),
            sidebar::Output::Closed(_) | sidebar::Output::Unread(_) => {}
            sidebar::Output::StartChat => self.act(Action::NewChat, root, sender),
            sidebar::Output::AddContact => self.act(Action::AddContact, root, sender),
            sidebar::Output::Fix(account) => {
                account::fix_problem(root.upcast_ref(), &self.handle, account);
            }
            sidebar::Output::Problem {
                account,
                text,
                button,
            } => self.say_problem(account, &text, &button, sender),
            sidebar::Output::Failed(failure) => self.say_failure(&failure),
        }
    }

    pub(super) fn conversation_tells(
        &mut self,
        output: conversation::Output,
        root: &adw::ApplicationWindow,
        sender: &Sender,
    ) {
        match output {
            conversation::Output::Back => {
                self.is_showing_chat = false;
                self.sidebar
                    .emit(sidebar::Input::Focus(sidebar::Place::List));
            }
            conversation::Output::DraftKept => self.end(root),
            conversation::Output::Open(chat) => self.open(chat),
            conversation::Output::Gone => self.show_none(),
            conversation::Output::DetailsShown(shown) => self.is_showing_details = shown,
            conversation::Output::OpenUri(link) => self.resolve(link, sender),
        }
    }

    pub(super) fn first_run_tells(&self, output: first_run::Output, sender: &Sender) {
        match output {
            first_run::Output::Done => self.read_again(sender),
            first_run::Output::Failed(failure) => self.say_failure(&failure),
        }
    }

    pub(super) fn jump_tells(&mut self, output: jump::Output, sender: &Sender) {
        match output {
            jump::Output::Open(chat) => self.open(chat),
            jump::Output::OpenWith(account, jid) => self.open_with(account, jid, false, sender),
        }
    }

    pub(super) fn act(&mut self, action: Action, root: &adw::ApplicationWindow, sender: &Sender) {
        let window: &gtk::Window = root.upcast_ref();
        if let (Some(first_run), true) = (&self.first_run, needs_account(action)) {
            if action == Action::Back {
                first_run.emit(first_run::Input::Show(first_run::Page::Welcome));
            }
            return;
        }
        match action {
            Action::NewChat | Action::Jump => self.open_jump(window, sender),
            Action::AddContact => contact_dialogs::add_contact(window, &self.handle, None, None),
            Action::Settings => settings::open(window, &self.handle),
            Action::Accounts => account::open_accounts(window, &self.handle),
            Action::Shortcuts => shortcuts::open(window),
            Action::About => about::open(window),
            Action::NextRegion => self.step_region(root, true),
            Action::PreviousRegion => self.step_region(root, false),
            Action::Search => {
                self.sidebar
                    .emit(sidebar::Input::Show(sidebar::Page::Chats));
                self.focus_sidebar(sidebar::Place::Search);
            }
            Action::SearchHere => self.search_here(),
            Action::NextChat => self.sidebar.emit(sidebar::Input::Step(1)),
            Action::PreviousChat => self.sidebar.emit(sidebar::Input::Step(-1)),
            Action::Chat(place) => self.sidebar.emit(sidebar::Input::OpenAt(place)),
            Action::ShowChats => self.show_list(sidebar::Page::Chats),
            Action::ShowContacts => self.show_list(sidebar::Page::Contacts),
            Action::Details => self.show_details(!self.is_showing_details),
            Action::CloseChat => self.close_chat(sender),
            Action::OnlineOnly => self.toggle_online_only(sender),
            Action::Back => self.back(),
        }
    }

    fn open_jump(&self, window: &gtk::Window, sender: &Sender) {
        let input = sender.input_sender().clone();
        let jump = Jump::builder()
            .launch((self.handle.clone(), jump::Purpose::Go))
            .connect_receiver(move |_, output| {
                let _ = input.send(Input::Jump(output));
            });
        dialog::open(jump, Some(window));
    }

    fn focus_sidebar(&mut self, place: sidebar::Place) {
        self.is_showing_chat = false;
        self.sidebar.emit(sidebar::Input::Focus(place));
    }

    /// Searches in the chat that is shown; where none is, everywhere.
    fn search_here(&mut self) {
        if self.chat.is_some() && (self.is_showing_chat || !self.is_folded) {
            self.is_showing_chat = true;
            self.conversation.emit(conversation::Input::Search);
        } else {
            self.focus_sidebar(sidebar::Place::Search);
        }
    }

    fn show_list(&mut self, page: sidebar::Page) {
        self.sidebar.emit(sidebar::Input::Show(page));
        self.focus_sidebar(sidebar::Place::List);
    }

    fn step_region(&mut self, root: &adw::ApplicationWindow, forward: bool) {
        let current = regions::current(GtkWindowExt::focus(root));
        match regions::next(current, forward, self.chat.is_some()) {
            Region::Sidebar(place) => self.focus_sidebar(place),
            Region::Conversation => {
                self.is_showing_chat = true;
                self.conversation.emit(conversation::Input::Focus);
            }
        }
    }

    fn close_chat(&mut self, sender: &Sender) {
        let Some(chat) = self.chat else { return };
        self.show_none();
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let closed = handle
                .request(Command::Chat(ChatCommand::Close(chat)))
                .await;
            CommandOutput::Asked(closed)
        });
    }

    fn toggle_online_only(&self, sender: &Sender) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let reader = handle.reader();
            let read = relm4::spawn_blocking(move || reader.settings()).await;
            CommandOutput::Asked(match read {
                Ok(Ok(settings)) => {
                    let settings = Settings {
                        online_only: !settings.online_only,
                        ..settings
                    };
                    handle.request(Command::ApplySettings(settings)).await
                }
                Ok(Err(error)) => Err(error.failure_kind().into()),
                Err(_) => Ok(()),
            })
        });
    }

    fn back(&mut self) {
        if self.is_folded && self.is_showing_chat {
            self.is_showing_chat = false;
            self.sidebar
                .emit(sidebar::Input::Focus(sidebar::Place::List));
        } else {
            self.sidebar.emit(sidebar::Input::Back);
        }
    }

    pub(super) fn fold(&mut self, folded: bool) {
        self.is_folded = folded;
        self.sidebar.emit(sidebar::Input::Folded(folded));
        self.conversation.emit(conversation::Input::Folded(folded));
    }

    pub(super) fn resolve(&self, link: String, sender: &Sender) {
        let reader = self.handle.reader();
        sender.spawn_oneshot_command(move || {
            let resolved = uri::resolve(&reader, link);
            if let Err(error) = &resolved {
                tracing::error!(%error, "a link cannot be looked up");
            }
            CommandOutput::UriResolved(resolved.ok())
        });
    }

    pub(super) fn show_resolved(
        &mut self,
        resolved: Option<Resolved>,
        root: &adw::ApplicationWindow,
    ) {
        match resolved {
            Some(Resolved::Chat { chat, body }) => {
                self.open(chat);
                if !body.is_empty() {
                    self.conversation.emit(conversation::Input::Propose(body));
                }
            }
            Some(Resolved::Dialog { account, link }) => {
                let window: &gtk::Window = root.upcast_ref();
                let chat = contact_dialogs::open_link(window, &self.handle, account, &link);
                // Whoever is not known yet is first of all a contact to add.
                if let Some(chat) = chat {
                    let address = Some(chat.peer.as_str());
                    contact_dialogs::add_contact(window, &self.handle, Some(account), address);
                }
            }
            Some(Resolved::NoAccount) => {
                self.say(&gettext("Log in first, then open the link again."))
            }
            None => self.say(&gettext("The stored chats cannot be read.")),
        }
    }

    /// Tells the worker whether anybody sees the window, and the chat whether it is in front.
    pub(super) fn tell_activity(&mut self, root: &adw::ApplicationWindow) {
        let is_minimized = toplevel(root)
            .is_some_and(|toplevel| toplevel.state().contains(gdk::ToplevelState::MINIMIZED));
        let is_seen = root.is_mapped() && !is_minimized;
        self.is_in_front = is_seen && root.is_active();
        if self.is_seen != Some(is_seen) {
            self.is_seen = Some(is_seen);
            self.handle.send(Command::WindowActive(is_seen));
        }
        self.conversation.emit(conversation::Input::WindowActive(
            is_seen && root.is_active(),
        ));
    }

    /// Hides the window or ends the program, as the settings have it.
    pub(super) fn close(&mut self, root: &adw::ApplicationWindow) {
        if self.run_in_background && self.first_run.is_none() {
            self.remember(root);
            root.set_visible(false);
        } else {
            self.quit(root);
        }
    }

    /// Ends the program as soon as all that was typed is with the worker.
    pub(super) fn quit(&mut self, root: &adw::ApplicationWindow) {
        self.remember(root);
        self.conversation.emit(conversation::Input::KeepDraft);
    }

    fn end(&self, root: &adw::ApplicationWindow) {
        if let Some(app) = root.application() {
            app.quit();
        }
    }

    /// Keeps how the window looks.
    fn remember(&mut self, root: &adw::ApplicationWindow) {
        let (width, height) = root.default_size();
        self.state = WindowState {
            width,
            height,
            is_maximized: root.is_maximized(),
            chat: self.chat.map(|chat| chat.0),
        };
        self.handle.send(Command::Remember {
            name: WINDOW_STATE,
            value: self.state.to_value(),
        });
    }

    pub(super) fn say_failure(&self, failure: &Failure) {
        self.say(&describe(failure).title);
    }

    /// Tells something that needs no answer.
    pub(super) fn say(&self, sentence: &str) {
        self.toasts.add_toast(toast(sentence));
    }

    /// In one column the banner of the sidebar may be out of sight.
    fn say_problem(&self, account: AccountId, text: &str, button: &str, sender: &Sender) {
        if !(self.is_folded && self.is_showing_chat) {
            return;
        }
        let toast = toast(text);
        toast.set_button_label(Some(button));
        let input = sender.input_sender().clone();
        toast.connect_button_clicked(move |_| {
            let _ = input.send(Input::Sidebar(sidebar::Output::Fix(account)));
        });
        self.toasts.add_toast(toast);
    }
}

/// A sentence that goes away by itself; never markup, since it may have words of others in it.
fn toast(sentence: &str) -> adw::Toast {
    let label = gtk::Label::builder()
        .label(sentence)
        .wrap(true)
        .lines(3)
        .ellipsize(gtk::pango::EllipsizeMode::End)
        .build();
    let toast = adw::Toast::new("");
    toast.set_custom_title(Some(&label));
    toast.set_timeout(TOAST_SECONDS);
    toast
}

/// What makes no sense before there is an account.
fn needs_account(action: Action) -> bool {
    !matches!(
        action,
        Action::Shortcuts | Action::About | Action::Settings | Action::Accounts
    )
}

/// The window as the desktop sees it.
pub(super) fn toplevel(root: &adw::ApplicationWindow) -> Option<gdk::Toplevel> {
    root.surface().and_downcast()
}
