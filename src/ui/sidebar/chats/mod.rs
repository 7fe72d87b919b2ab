//! The list of chats: open conversations, pinned ones on top, then the newest.

mod away;
mod found;
mod handlers;
mod load;
mod messages;
mod rows;

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use load::{find_people, offers};
pub(crate) use messages::{CommandOutput, Input, Output};

use super::{
    refresh::Refresh,
    rows::{Row, RowsView},
};
use crate::{i18n::gettext, model::ConversationId, ui::search::Search, worker::Handle};

/// The list of chats.
pub(crate) struct Chats {
    handle: Handle,
    view: RowsView,
    refresh: Refresh,
    query: load::Query,
    /// The rows of chats and people.
    people: Vec<Row>,
    /// The messages below them.
    search: Search,
    content: Content,
    /// How many chats were put away.
    away: u32,
    /// What to do with the rows when they have been read.
    then: Option<Then>,
}

/// What there is to see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Content {
    /// Rows.
    Rows,
    /// No chat at all.
    NoChats,
    /// Nothing that was searched for.
    NothingFound,
    /// The store could not be read.
    Unreadable,
}

/// What waits for the next rows.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// Bring the current chat into sight.
    RevealCurrent(ConversationId),
    /// Open the first row.
    OpenFirst,
}

impl Content {
    /// The name of its page.
    fn page(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::NoChats => "no-chats",
            Self::NothingFound => "nothing-found",
            Self::Unreadable => "unreadable",
        }
    }
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for Chats {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Stack {
            set_widget_name: "chats",
            set_vexpand: true,

            add_named[Some("rows")] = &gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                gtk::Button {
                    set_widget_name: "leave-away",
                    set_css_classes: &["flat", "away-row"],
                    #[watch]
                    set_visible: model.query.away,
                    connect_clicked => Input::ShowAway(false),

                    gtk::Box {
                        set_spacing: 9,

                        gtk::Image {
                            set_icon_name: Some("go-previous-symbolic"),
                        },

                        gtk::Label {
                            set_label: &gettext("Chats put away"),
                        },
                    },
                },

                #[local_ref]
                rows -> gtk::ScrolledWindow {},

                gtk::Button {
                    set_widget_name: "show-away",
                    set_css_classes: &["flat", "away-row"],
                    #[watch]
                    set_visible: model.has_way_to_away(),
                    connect_clicked => Input::ShowAway(true),

                    gtk::Box {
                        set_spacing: 9,

                        gtk::Label {
                            set_hexpand: true,
                            set_xalign: 0.0,
                            #[watch]
                            set_label: &model.words_for_away(),
                        },

                        gtk::Image {
                            set_icon_name: Some("go-next-symbolic"),
                            add_css_class: "dim-label",
                        },
                    },
                },
            },

            add_named[Some("no-chats")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("chats-symbolic"),
                set_title: &gettext("No chats yet"),
                set_description: Some(&gettext(
                    "Choose somebody under Contacts, or start a chat with an address.",
                )),

                gtk::Button {
                    set_widget_name: "start-chat",
                    set_label: &gettext("Start a Chat"),
                    set_halign: gtk::Align::Center,
                    add_css_class: "pill",
                    add_css_class: "suggested-action",
                    connect_clicked[sender] => move |_| {
                        let _ = sender.output(Output::StartChat);
                    },
                },
            },

            add_named[Some("nothing-found")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("edit-find-symbolic"),
                set_title: &gettext("Nothing found"),
                set_description: Some(&gettext(
                    "Type a whole address, such as name@example.org, to start a chat with somebody new.",
                )),
            },

            add_named[Some("unreadable")] = &adw::StatusPage {
                add_css_class: "compact",
                set_icon_name: Some("dialog-error-symbolic"),
                set_title: &gettext("The chats cannot be read"),
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
        let view = RowsView::new(&gettext("Chats"), handle.reader(), move |event| {
            let _ = input.send(Input::Row(event));
        });
        let mut model = Self {
            handle,
            view,
            refresh: Refresh::default(),
            query: load::Query::default(),
            people: Vec::new(),
            search: Search::default(),
            content: Content::Rows,
            away: 0,
            then: None,
        };
        let rows = model.view.widget();
        let widgets = view_output!();
        model.follow_end(&sender);
        model.reload(&sender);
        model.wait_for_midnight(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::News(news) => self.hear(&news, &sender),
            Input::Search(typed) => self.search(typed, &sender),
            Input::Current(current) => self.set_current(current, &sender),
            Input::Row(event) => self.row_event(event, root, &sender),
            Input::OpenAt(place) => self.open_at(place, &sender),
            Input::Step(step) => self.step(step, &sender),
            Input::OpenFirst => self.open_first(&sender),
            Input::Ask(command) => self.ask(command, &sender),
            Input::ShowAway(away) => self.show_away(away, &sender),
            Input::PutAway(chat) => self.put_away(chat, &sender),
            Input::DeleteWanted(chat, name) => self.count_for_deletion(chat, name, &sender),
            Input::DeleteConfirmed(chat) => self.delete(chat, &sender),
            Input::Focus => self.focus(),
            Input::MoreWanted => self.want_more(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Asked(Ok(())) => {}
            CommandOutput::Asked(Err(failure)) => {
                let _ = sender.output(Output::Failed(failure));
            }
            CommandOutput::Loaded(listed) => self.loaded(listed, &sender),
            CommandOutput::Counted(chat, name, Ok(count)) => {
                Self::ask_deletion(chat, &name, count, root, &sender);
            }
            CommandOutput::Counted(.., Err(failure)) => {
                let _ = sender.output(Output::Failed(failure));
            }
            CommandOutput::Searched(answer) => self.searched(answer, &sender),
            CommandOutput::Midnight => {
                self.reload(&sender);
                self.wait_for_midnight(&sender);
            }
        }
    }
}

impl Chats {
    /// The chats among the rows, in their order.
    fn chat_ids(&self) -> Vec<ConversationId> {
        (0..self.view.len())
            .filter_map(|place| match self.view.row(place)? {
                Row::Chat(row) => Some(row.id),
                Row::Contact(_) | Row::Group(_) | Row::Offer(_) | Row::Hit(_) | Row::Note(_) => {
                    None
                }
            })
            .collect()
    }
}
