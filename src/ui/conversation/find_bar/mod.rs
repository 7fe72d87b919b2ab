//! Searches in one chat: a bar above the messages that goes from one to the next.

pub(crate) mod gallery;
mod messages;
mod place;

use gtk::{gdk, glib, prelude::*};
use relm4::prelude::*;

pub(crate) use messages::{Input, Output, Searched};

use self::place::Place;
use crate::{
    event::Event,
    i18n::{gettext, gettext_f},
    model::ConversationId,
    ui::{
        News, accessible,
        search::{Ask, Search, Taken, help},
    },
    worker::Handle,
};

/// A bar above the messages.
pub(crate) struct FindBar {
    handle: Handle,
    chat: Option<ConversationId>,
    is_open: bool,
    search: Search,
    place: Place,
    entry: gtk::SearchEntry,
    help: gtk::MenuButton,
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for FindBar {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = Searched;

    view! {
        gtk::Revealer {
            set_widget_name: "find-bar",
            #[watch]
            set_reveal_child: model.is_open,

            gtk::Box {
                add_css_class: "find-bar",
                set_spacing: 6,

                #[local_ref]
                entry -> gtk::SearchEntry {
                    set_widget_name: "find-text",
                    set_hexpand: true,
                    set_width_chars: 8,
                    set_placeholder_text: Some(&gettext("Search in this chat")),
                    connect_search_changed[sender] => move |entry| {
                        sender.input(Input::Typed(entry.text().into()));
                    },
                    connect_activate => Input::Older,
                    connect_next_match => Input::Older,
                    connect_previous_match => Input::Newer,
                    connect_stop_search => Input::Close,
                },

                #[local_ref]
                help -> gtk::MenuButton {},

                #[name = "count"]
                gtk::Label::builder().accessible_role(gtk::AccessibleRole::Status).build() {
                    set_widget_name: "find-count",
                    set_css_classes: &["dim-label", "numeric", "caption"],
                    set_wrap: true,
                    // In one line, unless there is no room for it.
                    set_natural_wrap_mode: gtk::NaturalWrapMode::None,
                    #[watch]
                    set_label: &model.count(),
                    #[watch]
                    set_visible: !model.count().is_empty(),
                },

                gtk::Box {
                    add_css_class: "linked",

                    #[name = "older"]
                    gtk::Button {
                        set_widget_name: "find-older",
                        set_icon_name: "go-up-symbolic",
                        #[watch]
                        set_sensitive: model.place.has_older(&model.search),
                        connect_clicked => Input::Older,
                    },

                    #[name = "newer"]
                    gtk::Button {
                        set_widget_name: "find-newer",
                        set_icon_name: "go-down-symbolic",
                        #[watch]
                        set_sensitive: model.place.has_newer(),
                        connect_clicked => Input::Newer,
                    },
                },

                #[name = "close"]
                gtk::Button {
                    set_widget_name: "find-close",
                    set_icon_name: "window-close-symbolic",
                    add_css_class: "flat",
                    connect_clicked => Input::Close,
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let entry = gtk::SearchEntry::new();
        let model = Self {
            handle,
            chat: None,
            is_open: false,
            search: Search::default(),
            place: Place::default(),
            help: help::button(&entry),
            entry,
        };
        let (entry, help) = (&model.entry, &model.help);
        let widgets = view_output!();
        accessible::set_label(entry, &gettext("Search in this chat"));
        accessible::name_button(&widgets.older, &gettext("Older message"));
        accessible::name_button(&widgets.newer, &gettext("Newer message"));
        accessible::name_button(&widgets.close, &gettext("End the search"));
        add_keys(entry, &sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Chat(chat) => self.set_chat(chat),
            Input::News(news) => self.hear(&news, &sender),
            Input::Open => self.open(),
            Input::Close => self.close(&sender),
            Input::Typed(typed) => self.typed(&typed, &sender),
            Input::Older => self.older(&sender),
            Input::Newer => self.newer(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        Searched(answer): Searched,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        let Taken::New(next) = self.search.take(answer) else {
            return;
        };
        let moved = self.place.found(&self.search);
        if moved {
            self.go(&sender);
        }
        self.read(next, &sender);
    }

    fn post_view() {
        accessible::set_label(count, &model.spoken());
    }
}

impl FindBar {
    fn set_chat(&mut self, chat: Option<ConversationId>) {
        if self.chat != chat {
            self.chat = chat;
            self.is_open = false;
            self.clear();
        }
    }

    fn open(&mut self) {
        if self.chat.is_some() {
            self.is_open = true;
            self.entry.grab_focus();
            self.entry.select_region(0, -1);
        }
    }

    fn close(&mut self, sender: &ComponentSender<Self>) {
        if std::mem::take(&mut self.is_open) {
            self.clear();
            let _ = sender.output(Output::Closed);
        }
    }

    fn clear(&mut self) {
        self.search.stop();
        self.place = Place::default();
        self.entry.set_text("");
    }

    fn typed(&mut self, typed: &str, sender: &ComponentSender<Self>) {
        if !self.is_open {
            return;
        }
        self.place = Place::begin();
        let ask = self.search.begin(typed, self.chat);
        if ask.is_none() {
            self.place = Place::default();
            let _ = sender.output(Output::Nothing);
        }
        self.read(ask, sender);
    }

    fn older(&mut self, sender: &ComponentSender<Self>) {
        if self.place.older(&self.search) {
            self.go(sender);
        } else {
            let ask = self.search.more();
            self.read(ask, sender);
        }
    }

    fn newer(&mut self, sender: &ComponentSender<Self>) {
        if self.place.newer(&self.search) {
            self.go(sender);
        }
    }

    /// Shows the message that the person is at now, and reads on before the last one is reached.
    fn go(&mut self, sender: &ComponentSender<Self>) {
        let _ = sender.output(match self.place.hit(&self.search) {
            Some(hit) => Output::GoTo(hit.message.id),
            None => Output::Nothing,
        });
        if self.place.is_near_end(&self.search) {
            let ask = self.search.more();
            self.read(ask, sender);
        }
    }

    fn read(&self, ask: Option<Ask>, sender: &ComponentSender<Self>) {
        if let Some(ask) = ask {
            let reader = self.handle.reader();
            sender.spawn_oneshot_command(move || Searched(ask.read(&reader)));
        }
    }

    fn hear(&mut self, news: &News, sender: &ComponentSender<Self>) {
        let concerns = news.iter().any(|event| match event {
            Event::Messages { changed, .. } => self.search.has_any(changed),
            event => *event == Event::Resync,
        });
        if concerns && self.is_open {
            let ask = self.search.again();
            self.read(ask, sender);
        }
    }

    /// Where the person is among what was found.
    fn count(&self) -> String {
        if self.search.query().is_empty() {
            // What cannot be searched for is said instead of searching for something else.
            return match self.search.query().ignored.is_empty() {
                true => String::new(),
                false => gettext("Not understood"),
            };
        }
        if self.search.has_failed() {
            return gettext("Cannot be read");
        }
        let total = self.search.hits().len().to_string();
        match self.place.number(&self.search) {
            None if self.search.has_more() => String::new(),
            None => gettext("Nothing found"),
            Some(n) if self.search.has_more() => gettext_f(
                // Translators: such as "3 of more than 20", in little room
                "{n} of {total}+",
                &[("n", &n.to_string()), ("total", &total)],
            ),
            Some(n) => gettext_f(
                "{n} of {total}",
                &[("n", &n.to_string()), ("total", &total)],
            ),
        }
    }

    /// The same with the message itself, for those who do not see it.
    fn spoken(&self) -> String {
        let hidden = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
        match self.place.hit(&self.search) {
            Some(hit) if hit.message.spoiler.is_none() => {
                let text = crate::ui::search::marked::Marked::of(&hit.excerpt, "").text;
                format!("{}, {}", self.count(), hidden(&text))
            }
            Some(_) | None => self.count(),
        }
    }
}

/// Arrows go from message to message, Shift+Enter to the newer one.
fn add_keys(entry: &gtk::SearchEntry, sender: &ComponentSender<FindBar>) {
    let keys = gtk::EventControllerKey::new();
    keys.set_propagation_phase(gtk::PropagationPhase::Capture);
    let sender = sender.input_sender().clone();
    keys.connect_key_pressed(move |_, key, _, state| {
        let shift = state.contains(gdk::ModifierType::SHIFT_MASK);
        let input = match key {
            gdk::Key::Up | gdk::Key::KP_Up => Input::Older,
            gdk::Key::Down | gdk::Key::KP_Down => Input::Newer,
            gdk::Key::Return | gdk::Key::KP_Enter | gdk::Key::ISO_Enter if shift => Input::Newer,
            _ => return glib::Propagation::Proceed,
        };
        sender.emit(input);
        glib::Propagation::Stop
    });
    entry.add_controller(keys);
}
