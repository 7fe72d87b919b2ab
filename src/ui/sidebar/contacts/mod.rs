//! The list of contacts: the rosters of all accounts by group, with presence.

mod handlers;
mod load;
mod messages;
mod rows;

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use messages::{CommandOutput, Input, Loaded, Output};
pub(crate) use rows::{Around, Roster};

use super::{refresh::Refresh, rows::RowsView};
use crate::{
    i18n::gettext,
    ui::{contact_dialogs, dialog::window_of},
    worker::Handle,
};

/// The list of contacts.
pub(crate) struct Contacts {
    handle: Handle,
    view: RowsView,
    refresh: Refresh,
    query: load::Query,
    content: Content,
    open_first: bool,
}

/// What there is to see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Content {
    /// Rows.
    Rows,
    /// No contact at all.
    NoContacts,
    /// Contacts, but nobody is there.
    NobodyOnline,
    /// Nothing that was searched for.
    NothingFound,
    /// The store could not be read.
    Unreadable,
}

impl Content {
    /// The name of its page.
    fn page(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::NoContacts => "no-contacts",
            Self::NobodyOnline => "nobody-online",
            Self::NothingFound => "nothing-found",
            Self::Unreadable => "unreadable",
        }
    }
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for Contacts {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Stack {
            set_widget_name: "contacts",
            set_vexpand: true,

            #[local_ref]
            add_named[Some("rows")] = rows -> gtk::ScrolledWindow {},

            add_named[Some("no-contacts")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("contacts-symbolic"),
                set_title: &gettext("No contacts yet"),
                set_description: Some(&gettext(
                    "Add somebody with an address or a link. They are asked whether you may see when they are there.",
                )),

                gtk::Button {
                    set_widget_name: "add-contact",
                    set_label: &gettext("Add a Contact"),
                    set_halign: gtk::Align::Center,
                    add_css_class: "pill",
                    add_css_class: "suggested-action",
                    connect_clicked[sender] => move |_| {
                        let _ = sender.output(Output::AddContact);
                    },
                },
            },

            add_named[Some("nobody-online")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("presence-offline-symbolic"),
                set_title: &gettext("Nobody is online"),
                set_description: Some(&gettext(
                    "Only contacts who are online are shown; the main menu changes that.",
                )),
            },

            add_named[Some("nothing-found")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("edit-find-symbolic"),
                set_title: &gettext("Nobody found"),
                set_description: Some(&gettext(
                    "Type a whole address, such as name@example.org, to start a chat with somebody new.",
                )),
            },

            add_named[Some("unreadable")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("dialog-error-symbolic"),
                set_title: &gettext("The contacts cannot be read"),
                set_description: Some(&gettext(
                    "The disk may be full or damaged. Nothing has been changed; start Tessera again when that is mended.",
                )),
            },

            // Last, so that the pages are there.
            #[watch]
            set_visible_child_name: model.content.page(),
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let input = sender.input_sender().clone();
        let view = RowsView::new(&gettext("Contacts"), handle.reader(), move |event| {
            let _ = input.send(Input::Row(event));
        });
        let mut model = Self {
            handle,
            view,
            refresh: Refresh::default(),
            query: load::Query::default(),
            content: Content::Rows,
            open_first: false,
        };
        let rows = model.view.widget();
        let widgets = view_output!();
        model.reload(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::News(news) => self.hear(&news, &sender),
            Input::Search(typed) => self.search(typed, &sender),
            Input::Current(current) => self.set_current(current, &sender),
            Input::Row(event) => self.row_event(event, root, &sender),
            Input::OpenFirst => self.open_first(&sender),
            Input::Ask(command) => self.ask(command, &sender),
            Input::Block(account, jid) => {
                if let Some(window) = window_of(root) {
                    contact_dialogs::block_contact(&window, &self.handle, account, &jid);
                }
            }
            Input::Focus => self.focus(),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Asked(Ok(())) => {}
            CommandOutput::Asked(Err(failure)) => {
                let _ = sender.output(Output::Failed(failure));
            }
            CommandOutput::Loaded(loaded) => self.loaded(loaded, &sender),
        }
    }
}
