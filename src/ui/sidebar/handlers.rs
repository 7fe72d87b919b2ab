//! What follows from what happens to the sidebar.

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;

use super::{
    Input, Output, Page, Place, Sidebar, account_menu, chats, contacts,
    messages::Inside,
    strangers::{self, Input as StrangersInput},
};
use crate::{
    model::ConversationId,
    ui::{News, accessible},
};

type Sender = ComponentSender<Sidebar>;

impl Sidebar {
    pub(super) fn hear(&self, news: &News) {
        self.account_menu
            .emit(account_menu::Input::News(news.clone()));
        self.chats.emit(chats::Input::News(news.clone()));
        self.contacts.emit(contacts::Input::News(news.clone()));
        self.strangers.emit(StrangersInput::News(news.clone()));
    }

    pub(super) fn select(&self, chat: Option<ConversationId>) {
        self.chats.emit(chats::Input::Current(chat));
        self.contacts.emit(contacts::Input::Current(chat));
    }

    pub(super) fn focus(&mut self, place: Place) {
        match place {
            Place::Accounts => {
                self.account_menu.widget().grab_focus();
            }
            Place::Search => {
                if self.page == Page::Strangers {
                    self.show_page(Page::Chats);
                }
                self.search.grab_focus();
            }
            Place::List => match self.page {
                Page::Strangers => self.strangers.emit(StrangersInput::Focus),
                Page::Chats | Page::Contacts => self.focus_list(),
            },
        }
    }

    fn focus_list(&self) {
        if self.shows_contacts() {
            self.contacts.emit(contacts::Input::Focus);
        } else {
            self.chats.emit(chats::Input::Focus);
        }
    }

    fn shows_contacts(&self) -> bool {
        self.lists.visible_child_name().as_deref() == Some("contacts")
    }

    pub(super) fn show_page(&mut self, page: Page) {
        self.page = page;
        match page {
            Page::Chats => self.lists.set_visible_child_name("chats"),
            Page::Contacts => self.lists.set_visible_child_name("contacts"),
            Page::Strangers => self.strangers.emit(StrangersInput::Focus),
        }
    }

    /// One step back: out of the inbox of strangers, else out of the search.
    pub(super) fn back(&mut self) {
        if self.page == Page::Strangers {
            self.show_page(Page::Chats);
            self.focus_list();
        } else if !self.search.text().is_empty() {
            self.search.set_text("");
        } else {
            self.chats.emit(chats::Input::ShowAway(false));
        }
    }

    /// The arrow that leads from the search field into the list.
    pub(super) fn follow_keys(&self, sender: &Sender) {
        let keys = gtk::EventControllerKey::new();
        let input = sender.input_sender().clone();
        keys.connect_key_pressed(move |_, key, _, _| {
            if matches!(key, gdk::Key::Down | gdk::Key::KP_Down) {
                let _ = input.send(Input::Focus(Place::List));
                return glib::Propagation::Stop;
            }
            glib::Propagation::Proceed
        });
        self.search.add_controller(keys);
    }

    pub(super) fn inside(&mut self, inside: Inside, sender: &Sender) {
        match inside {
            Inside::AccountMenu(output) => self.account_menu_tells(output, sender),
            Inside::Chats(output) => self.chats_tell(output, sender),
            Inside::Contacts(output) => self.contacts_tell(output, sender),
            Inside::Strangers(output) => self.strangers_tell(output, sender),
            Inside::Typed(typed) => self.search(typed),
            Inside::Entered if self.shows_contacts() => {
                self.contacts.emit(contacts::Input::OpenFirst);
            }
            Inside::Entered => self.chats.emit(chats::Input::OpenFirst),
            Inside::BannerPressed => {
                if let Some(problem) = &self.problem {
                    let _ = sender.output(Output::Fix(problem.account));
                }
            }
        }
    }

    fn search(&self, typed: String) {
        self.chats.emit(chats::Input::Search(typed.clone()));
        self.contacts.emit(contacts::Input::Search(typed));
    }

    fn account_menu_tells(&mut self, output: account_menu::Output, sender: &Sender) {
        match output {
            account_menu::Output::Problem(problem) => {
                if let Some(problem) = problem.clone() {
                    let _ = sender.output(Output::Problem {
                        account: problem.account,
                        text: problem.text,
                        button: problem.button,
                    });
                }
                self.problem = problem;
            }
            account_menu::Output::Fix(account) => {
                let _ = sender.output(Output::Fix(account));
            }
        }
    }

    fn chats_tell(&mut self, output: chats::Output, sender: &Sender) {
        let output = match output {
            chats::Output::Open(chat) => {
                self.search.set_text("");
                Output::Open(chat)
            }
            chats::Output::OpenWith(account, jid) => {
                self.search.set_text("");
                Output::OpenWith(account, jid)
            }
            // What was searched for stays, for the next one that was found.
            chats::Output::OpenAt(chat, message) => Output::OpenAt(chat, message),
            chats::Output::Say(words) => {
                accessible::set_label(&self.speaker, &words);
                return self.speaker.set_label(&words);
            }
            chats::Output::ShowDetails(chat) => Output::ShowDetails(chat),
            chats::Output::Closed(chat) => Output::Closed(chat),
            chats::Output::StartChat => Output::StartChat,
            chats::Output::Failed(failure) => Output::Failed(failure),
            chats::Output::Unread(unread) => {
                self.lists
                    .page(self.chats.widget())
                    .set_badge_number(unread);
                Output::Unread(unread)
            }
        };
        let _ = sender.output(output);
    }

    fn contacts_tell(&mut self, output: contacts::Output, sender: &Sender) {
        let output = match output {
            contacts::Output::OpenWith(account, jid) => {
                self.search.set_text("");
                Output::OpenWith(account, jid)
            }
            contacts::Output::ShowDetails(account, jid) => Output::ShowDetailsOf(account, jid),
            contacts::Output::AddContact => Output::AddContact,
            contacts::Output::Failed(failure) => Output::Failed(failure),
        };
        let _ = sender.output(output);
    }

    fn strangers_tell(&mut self, output: strangers::Output, sender: &Sender) {
        match output {
            strangers::Output::Waiting(waiting) => self.waiting = waiting,
            strangers::Output::Back => self.back(),
            strangers::Output::Open(chat) => {
                self.show_page(Page::Chats);
                let _ = sender.output(Output::Open(chat));
            }
            strangers::Output::Failed(failure) => {
                let _ = sender.output(Output::Failed(failure));
            }
        }
    }
}
