//! The left side of the window: account button, chats, contacts and the inbox of strangers.

mod account_menu;
pub(crate) mod brief_time;
mod chats;
mod contacts;
pub(crate) mod context_menu;
mod find;
pub(crate) mod gallery;
mod handlers;
mod menus;
mod messages;
mod refresh;
mod rows;
#[cfg(test)]
mod sample;
mod strangers;

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use chats::find_people;
pub use messages::{Input, Output, Page, Part, Place};
pub(crate) use rows::{Row, RowEvent, RowsView};

use self::{
    account_menu::{AccountMenu, Problem},
    chats::Chats,
    contacts::Contacts,
    messages::Inside,
    strangers::Strangers,
};
use crate::{
    i18n::{gettext, ngettext_f},
    ui::{accessible, search},
    worker::Handle,
};

/// The left side of the window.
pub struct Sidebar {
    account_menu: Controller<AccountMenu>,
    chats: Controller<Chats>,
    contacts: Controller<Contacts>,
    strangers: Controller<Strangers>,
    search: gtk::SearchEntry,
    search_help: gtk::MenuButton,
    /// Says what was found to those who do not see it.
    speaker: gtk::Label,
    lists: adw::ViewStack,
    page: Page,
    is_folded: bool,
    waiting: u32,
    problem: Option<Problem>,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Sidebar {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_widget_name: "sidebar",
            add_css_class: "sidebar",

            adw::HeaderBar {
                set_show_start_title_buttons: true,
                #[watch]
                set_show_end_title_buttons: model.is_folded,

                #[wrap(Some)]
                set_title_widget = &gtk::Box {},

                pack_start: model.account_menu.widget(),

                #[name = "main_menu"]
                pack_end = &gtk::MenuButton {
                    set_widget_name: "main-menu",
                    set_icon_name: "open-menu-symbolic",
                    set_primary: true,
                    set_menu_model: Some(&menus::main()),
                },

                #[name = "new_menu"]
                pack_end = &gtk::MenuButton {
                    set_widget_name: "new-menu",
                    set_icon_name: "list-add-symbolic",
                    set_menu_model: Some(&menus::new()),
                },
            },

            gtk::Revealer {
                #[watch]
                set_reveal_child: model.problem.is_some(),

                gtk::Box {
                    add_css_class: "problem-banner",
                    set_spacing: 9,

                    gtk::Image {
                        set_icon_name: Some("dialog-warning-symbolic"),
                    },

                    gtk::Label {
                        set_hexpand: true,
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_width_chars: 12,
                        set_max_width_chars: 30,
                        #[watch]
                        set_label: model.problem.as_ref().map_or("", |problem| &problem.text),
                    },

                    gtk::Button {
                        set_widget_name: "fix-problem",
                        set_valign: gtk::Align::Center,
                        #[watch]
                        set_label: model.problem.as_ref().map_or("", |problem| &problem.button),
                        connect_clicked => Input::from(Inside::BannerPressed),
                    },
                },
            },

            gtk::Stack {
                set_transition_type: gtk::StackTransitionType::SlideLeftRight,
                set_vexpand: true,

                #[name = "main_page"]
                add_named[Some("lists")] = &gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,

                    adw::ViewSwitcher {
                        add_css_class: "sidebar-switcher",
                        set_policy: adw::ViewSwitcherPolicy::Wide,
                        set_stack: Some(lists),
                    },

                    gtk::Overlay {
                        add_overlay: speaker,

                        gtk::Box {
                            add_css_class: "sidebar-search",
                            set_spacing: 3,

                            #[local_ref]
                            search -> gtk::SearchEntry {
                                set_widget_name: "search",
                                set_hexpand: true,
                                set_placeholder_text: Some(&gettext("Search, or type an address")),
                                connect_search_changed[sender] => move |entry| {
                                    sender.input(Inside::Typed(entry.text().into()).into());
                                },
                                // It tells of what was typed a moment later, and Enter means what is there now.
                                connect_activate[sender] => move |entry| {
                                    sender.input(Inside::Typed(entry.text().into()).into());
                                    sender.input(Inside::Entered.into());
                                },
                                connect_stop_search => Input::Back,
                            },

                            #[local_ref]
                            search_help -> gtk::MenuButton {},
                        },
                    },

                    #[name = "inbox"]
                    gtk::Button {
                        set_widget_name: "strangers-row",
                        add_css_class: "flat",
                        add_css_class: "strangers-row",
                        #[watch]
                        set_visible: model.waiting > 0,
                        connect_clicked => Input::Show(Page::Strangers),

                        gtk::Box {
                            set_spacing: 9,

                            gtk::Image {
                                set_icon_name: Some("stranger-inbox-symbolic"),
                            },

                            gtk::Label {
                                set_hexpand: true,
                                set_xalign: 0.0,
                                set_ellipsize: gtk::pango::EllipsizeMode::End,
                                #[watch]
                                set_label: &model.inbox_text(),
                            },

                            gtk::Image {
                                set_icon_name: Some("go-next-symbolic"),
                                add_css_class: "dim-label",
                            },
                        },
                    },

                    #[local_ref]
                    lists -> adw::ViewStack {
                        set_vexpand: true,
                    },
                },

                add_named[Some("strangers")] = model.strangers.widget() -> &gtk::Box {},

                // Last, so that the pages are there.
                #[watch]
                set_visible_child_name: if model.page == Page::Strangers { "strangers" } else { "lists" },
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let input = sender.input_sender();
        let search = gtk::SearchEntry::new();
        let model = Self {
            account_menu: AccountMenu::builder()
                .launch(handle.clone())
                .forward(input, |output| Inside::AccountMenu(output).into()),
            chats: Chats::builder()
                .launch(handle.clone())
                .forward(input, |output| Inside::Chats(output).into()),
            contacts: Contacts::builder()
                .launch(handle.clone())
                .forward(input, |output| Inside::Contacts(output).into()),
            strangers: Strangers::builder()
                .launch(handle)
                .forward(input, |output| Inside::Strangers(output).into()),
            search_help: search::help::button(&search),
            search,
            speaker: accessible::speaker(),
            lists: adw::ViewStack::new(),
            page: Page::Chats,
            is_folded: false,
            waiting: 0,
            problem: None,
        };
        model.add_pages();
        let search = &model.search;
        let search_help = &model.search_help;
        let speaker = &model.speaker;
        let lists = &model.lists;
        let widgets = view_output!();
        accessible::name_button(&widgets.main_menu, &gettext("Main menu"));
        accessible::name_button(&widgets.new_menu, &gettext("New chat or contact"));
        accessible::set_label(search, &gettext("Search chats, contacts and messages"));
        model.follow_keys(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::News(news) => self.hear(&news),
            Input::Select(chat) => self.select(chat),
            Input::Folded(folded) => self.is_folded = folded,
            Input::Focus(place) => self.focus(place),
            Input::Show(page) => self.show_page(page),
            Input::OpenAt(place) => self.chats.emit(chats::Input::OpenAt(place)),
            Input::Step(step) => self.chats.emit(chats::Input::Step(step)),
            Input::Back => self.back(),
            Input::Part(Part(inside)) => self.inside(inside, &sender),
        }
    }

    fn post_view() {
        accessible::set_label(inbox, &model.inbox_text());
    }
}

impl Sidebar {
    /// The two lists, one of which is shown.
    fn add_pages(&self) {
        let (chats, contacts) = (self.chats.widget(), self.contacts.widget());
        for (widget, name, title, icon) in [
            (chats, "chats", gettext("Chats"), "chats-symbolic"),
            (
                contacts,
                "contacts",
                gettext("Contacts"),
                "contacts-symbolic",
            ),
        ] {
            let page = self.lists.add_titled(widget, Some(name), &title);
            page.set_icon_name(Some(icon));
        }
    }

    /// What the row of the inbox says.
    fn inbox_text(&self) -> String {
        ngettext_f(
            "{n} request from a stranger",
            "{n} requests from strangers",
            self.waiting,
            &[],
        )
    }
}
