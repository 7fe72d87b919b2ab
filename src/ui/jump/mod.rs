//! The dialog that jumps to any chat or contact, or begins a chat with an address.

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;

use super::{
    accessible, dialog,
    sidebar::{Row, RowEvent, RowsView, find_people},
};
use crate::{
    i18n::gettext,
    model::{AccountId, BareJid, ConversationId},
    worker::Handle,
};

/// The dialog.
pub struct Jump {
    handle: Handle,
    view: RowsView,
    typed: String,
    is_empty: bool,
    /// Enter was pressed before what was typed had been looked up.
    enter: bool,
    reading: u32,
}

/// What a chat is chosen for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// To show it.
    Go,
    /// To send copies of messages there.
    Forward,
}

impl Purpose {
    fn title(self) -> String {
        match self {
            Self::Go => gettext("Go to a Chat"),
            Self::Forward => gettext("Forward to"),
        }
    }

    fn placeholder(self) -> String {
        match self {
            Self::Go => gettext("A name, or a whole address"),
            // Translators: in the field where the chat is searched that messages are forwarded to
            Self::Forward => gettext("Forward to a name or address"),
        }
    }
}

/// What happens to the dialog.
#[derive(Debug)]
pub enum Input {
    /// This was typed.
    Typed(String),
    /// Enter was pressed in the field.
    Entered,
    /// The arrow that leads into the list was pressed.
    IntoList,
    /// Escape was pressed in the field.
    Left,
    #[doc(hidden)]
    Row(Chosen),
}

/// Something happened to a row.
#[derive(Debug)]
pub struct Chosen(RowEvent);

/// What the dialog tells the window.
#[derive(Debug)]
pub enum Output {
    /// Show this chat.
    Open(ConversationId),
    /// Show the chat with somebody, making it if there is none.
    OpenWith(AccountId, BareJid),
}

/// What was found, and what was typed for it.
#[derive(Debug)]
pub struct Looked(String, Option<Vec<Row>>);

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Jump {
    type Init = (Handle, Purpose);
    type Input = Input;
    type Output = Output;
    type CommandOutput = Looked;

    view! {
        adw::Window {
            set_widget_name: "jump",
            set_title: Some(&purpose.title()),
            set_modal: true,
            set_default_size: (420, 480),
            set_size_request: (320, 300),

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    #[wrap(Some)]
                    #[name = "entry"]
                    set_title_widget = &gtk::SearchEntry {
                        set_widget_name: "jump-entry",
                        set_hexpand: true,
                        set_placeholder_text: Some(&purpose.placeholder()),
                        connect_search_changed[sender] => move |entry| {
                            sender.input(Input::Typed(entry.text().into()));
                        },
                        // The entry tells of what was typed a moment later, and Enter means what is there now.
                        connect_activate[sender] => move |entry| {
                            sender.input(Input::Typed(entry.text().into()));
                            sender.input(Input::Entered);
                        },
                        connect_stop_search => Input::Left,
                    },
                },

                gtk::Stack {
                    #[local_ref]
                    add_named[Some("rows")] = rows -> gtk::ScrolledWindow {},

                    add_named[Some("empty")] = &adw::StatusPage {
                        add_css_class: "compact",
                        set_icon_name: Some("edit-find-symbolic"),
                        set_title: &gettext("Nobody found"),
                        set_description: Some(&gettext(
                            "Type a whole address, such as name@example.org, to start a chat with somebody new.",
                        )),
                    },

                    #[watch]
                    set_visible_child_name: if model.is_empty { "empty" } else { "rows" },
                },
            },
        }
    }

    fn init(
        (handle, purpose): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let input = sender.input_sender().clone();
        let view = RowsView::new(
            &gettext("Chats and contacts"),
            handle.reader(),
            move |event| {
                let _ = input.send(Input::Row(Chosen(event)));
            },
        );
        let mut model = Self {
            handle,
            view,
            typed: String::new(),
            is_empty: false,
            enter: false,
            reading: 0,
        };
        let rows = model.view.widget();
        let widgets = view_output!();
        accessible::set_label(&widgets.entry, &gettext("Search chats and contacts"));
        widgets.entry.add_controller(arrow(&sender));
        dialog::close_on_escape(&root);
        widgets.entry.grab_focus();
        model.look(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Typed(typed) if typed == self.typed => {}
            Input::Typed(typed) => {
                self.typed = typed;
                self.look(&sender);
            }
            Input::Entered if self.reading > 0 => self.enter = true,
            Input::Entered => self.choose_first(&sender, root),
            Input::IntoList => {
                self.view.list_view().grab_focus();
            }
            Input::Left => root.close(),
            Input::Row(Chosen(RowEvent::Activated(row))) => choose(&row, &sender, root),
            Input::Row(_) => {}
        }
    }

    fn update_cmd(
        &mut self,
        Looked(typed, found): Looked,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        self.reading -= 1;
        if typed != self.typed {
            return;
        }
        let rows = found.unwrap_or_default();
        self.is_empty = rows.is_empty();
        self.view.show(&rows);
        if std::mem::take(&mut self.enter) {
            self.choose_first(&sender, root);
        }
    }
}

impl Jump {
    fn look(&mut self, sender: &ComponentSender<Self>) {
        self.reading += 1;
        let (handle, typed) = (self.handle.clone(), self.typed.clone());
        sender.spawn_oneshot_command(move || {
            let found = find_people(&handle, &typed);
            if let Err(error) = &found {
                tracing::error!(%error, "the chats cannot be read");
            }
            Looked(typed, found.ok())
        });
    }

    fn choose_first(&self, sender: &ComponentSender<Self>, root: &adw::Window) {
        if let Some(row) = self.view.row(0) {
            choose(&row, sender, root);
        }
    }
}

fn choose(row: &Row, sender: &ComponentSender<Jump>, root: &adw::Window) {
    let output = match row {
        Row::Chat(row) => Output::Open(row.id),
        Row::Contact(row) => Output::OpenWith(row.account, row.jid.clone()),
        Row::Offer(row) => Output::OpenWith(row.account, row.jid.clone()),
        Row::Group(_) | Row::Hit(_) | Row::Note(_) => return,
    };
    let _ = sender.output(output);
    root.close();
}

/// The arrow that leads from the field into the list.
fn arrow(sender: &ComponentSender<Jump>) -> gtk::EventControllerKey {
    let keys = gtk::EventControllerKey::new();
    let input = sender.input_sender().clone();
    keys.connect_key_pressed(move |_, key, _, _| {
        if matches!(key, gdk::Key::Down | gdk::Key::KP_Down) {
            let _ = input.send(Input::IntoList);
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    });
    keys
}
