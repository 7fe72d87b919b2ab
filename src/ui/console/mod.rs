//! The console of an account: what goes over its stream, for people who run servers. Nothing is kept after it is closed.

mod following;
pub(crate) mod gallery;
mod lines;
mod messages;
mod row;
mod xml;

use std::{sync::Arc, time::Duration};

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use messages::{CommandOutput, Input};

use self::{
    following::Following,
    lines::{Filter, KINDS, Kind, Lines, WAYS, What},
    row::LineObject,
};
use crate::{
    i18n::{gettext, gettext_f, ngettext_f},
    model::{AccountId, Failure},
    ui::{accessible, dialog, failure_text, list::List, untrusted_text::isolated},
    worker::{
        Handle,
        console::{ConsoleReader, News, NotAStanza, typed_stanza},
    },
};

/// How long stanzas are collected before they are shown: three frames.
const BURST: Duration = Duration::from_millis(50);
/// Most stanzas that are shown at once.
const MOST_AT_ONCE: usize = 200;
/// Longest words of the parser that are shown, in characters.
const MAX_WORDS: usize = 200;

/// The console of an account.
pub(crate) struct Console {
    handle: Handle,
    account: AccountId,
    address: String,
    lines: Lines,
    filter: Filter,
    /// Number of the first line that came while it was paused.
    paused_at: Option<u64>,
    list: List<LineObject>,
    following: Following,
    typed: gtk::TextBuffer,
    /// Why what is typed cannot be sent.
    wrong: Option<NotAStanza>,
    is_sending: bool,
    failure: Option<Failure>,
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for Console {
    type Init = (Handle, AccountId, String);
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_title: Some(&gettext_f("Console of {address}", &[("address", &model.address)])),
            set_default_size: (720, 640),
            set_size_request: (340, 400),

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    #[name = "pause"]
                    pack_start = &gtk::ToggleButton {
                        set_widget_name: "pause",
                        set_icon_name: "media-playback-pause-symbolic",
                        connect_toggled[sender] => move |button| {
                            sender.input(Input::Pause(button.is_active()));
                        },
                    },

                    #[name = "clear"]
                    pack_end = &gtk::Button {
                        set_widget_name: "clear",
                        set_icon_name: "edit-clear-all-symbolic",
                        connect_clicked => Input::Clear,
                    },

                    #[name = "copy"]
                    pack_end = &gtk::Button {
                        set_widget_name: "copy",
                        set_icon_name: "edit-copy-symbolic",
                        connect_clicked => Input::Copy,
                    },
                },

                gtk::FlowBox {
                    add_css_class: "console-filter",
                    set_selection_mode: gtk::SelectionMode::None,
                    set_max_children_per_line: 3,
                    set_min_children_per_line: 1,
                    set_column_spacing: 6,
                    set_row_spacing: 6,

                    #[name = "text"]
                    gtk::SearchEntry {
                        set_widget_name: "filter",
                        set_hexpand: true,
                        set_placeholder_text: Some(&gettext("Only with this text")),
                        connect_search_changed[sender] => move |entry| {
                            sender.input(Input::Text(entry.text().into()));
                        },
                    },

                    #[name = "kind"]
                    gtk::DropDown::from_strings(&strings(&kinds())) {
                        set_widget_name: "kind",
                        connect_selected_notify[sender] => move |list| {
                            sender.input(Input::Kind(list.selected()));
                        },
                    },

                    #[name = "way"]
                    gtk::DropDown::from_strings(&strings(&ways())) {
                        set_widget_name: "way",
                        connect_selected_notify[sender] => move |list| {
                            sender.input(Input::Way(list.selected()));
                        },
                    },
                },

                gtk::Overlay {
                    set_vexpand: true,

                    #[local_ref]
                    scroller -> gtk::ScrolledWindow {
                        set_hscrollbar_policy: gtk::PolicyType::Never,
                    },

                    add_overlay = &gtk::Label {
                        set_widget_name: "nothing",
                        set_css_classes: &["dim-label"],
                        set_wrap: true,
                        set_justify: gtk::Justification::Center,
                        set_can_target: false,
                        set_halign: gtk::Align::Center,
                        set_valign: gtk::Align::Center,
                        set_margin_all: 18,
                        #[watch]
                        set_label: &model.words_for_nothing(),
                        #[watch]
                        set_visible: model.list.is_empty(),
                    },
                },

                gtk::Label::builder().accessible_role(gtk::AccessibleRole::Status).build() {
                    set_widget_name: "waiting",
                    set_css_classes: &["console-note", "caption", "dim-label"],
                    #[watch]
                    set_label: &model.words_for_pause(),
                    #[watch]
                    set_visible: model.paused_at.is_some(),
                },

                gtk::Separator {},

                gtk::Box {
                    add_css_class: "console-send",
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 6,

                    gtk::Label {
                        set_label: &gettext(
                            "What you send here goes to the server as it is, as if this program had sent it. It can delete \
                             things for good: send only what you understand.",
                        ),
                        set_css_classes: &["caption", "warning"],
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_width_chars: 20,
                    },

                    gtk::Box {
                        set_spacing: 6,

                        gtk::ScrolledWindow {
                            set_hexpand: true,
                            set_hscrollbar_policy: gtk::PolicyType::Never,
                            set_min_content_height: 60,
                            set_max_content_height: 160,
                            set_propagate_natural_height: true,
                            add_css_class: "console-typed",

                            #[name = "stanza"]
                            gtk::TextView {
                                set_widget_name: "stanza",
                                set_buffer: Some(typed),
                                set_monospace: true,
                                set_wrap_mode: gtk::WrapMode::WordChar,
                                set_accepts_tab: false,
                                #[watch]
                                set_editable: !model.is_sending,
                            },
                        },

                        gtk::Button {
                            set_widget_name: "send",
                            set_label: &gettext("Send"),
                            set_valign: gtk::Align::End,
                            #[watch]
                            set_sensitive: model.can_send(),
                            connect_clicked => Input::Send,
                        },
                    },

                    #[name = "wrong"]
                    gtk::Label::builder().accessible_role(gtk::AccessibleRole::Status).build() {
                        set_widget_name: "wrong",
                        set_css_classes: &["caption", "error"],
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_width_chars: 20,
                        #[watch]
                        set_label: &model.words_for_wrong(),
                        #[watch]
                        set_visible: !model.words_for_wrong().is_empty(),
                    },
                },
            },
        }
    }

    fn init(
        (handle, account, address): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let list = List::new();
        let view = row::view(list.model());
        let typed = gtk::TextBuffer::new(None);
        let input = sender.input_sender().clone();
        typed.connect_changed(move |_| input.emit(Input::Typed));
        let mut model = Self {
            account,
            address: isolated(&address, MAX_WORDS),
            lines: Lines::default(),
            filter: Filter::default(),
            paused_at: None,
            list,
            following: Following::new(&view),
            typed: typed.clone(),
            wrong: None,
            is_sending: false,
            failure: None,
            handle,
        };
        let mut reader = model.handle.console(account);
        model.take(reader.take_kept().into_iter().map(News::Entry).collect());
        listen(reader, &sender);
        let scroller = model.following.widget();
        let typed = &typed;
        let widgets = view_output!();
        dialog::close_on_escape(&root);
        accessible::name_button(&widgets.pause, &gettext("Pause"));
        accessible::name_button(&widgets.copy, &gettext("Copy what is shown"));
        accessible::name_button(&widgets.clear, &gettext("Clear"));
        accessible::set_label(&widgets.text, &gettext("Only with this text"));
        accessible::name_button(&widgets.kind, &gettext("Which stanzas"));
        accessible::name_button(&widgets.way, &gettext("Which way"));
        accessible::set_label(&widgets.stanza, &gettext("Stanza to send"));
        // The box of a filter is no stop of its own.
        for child in [
            widgets.text.parent(),
            widgets.kind.parent(),
            widgets.way.parent(),
        ]
        .into_iter()
        .flatten()
        {
            child.set_focusable(false);
        }
        widgets.text.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Kind(place) => self.set_kind(place),
            Input::Way(place) => self.set_way(place),
            Input::Text(text) => self.set_text(&text),
            Input::Pause(pause) => self.pause(pause),
            Input::Copy => self.copy(root),
            Input::Clear => self.clear(),
            Input::Typed => self.check(),
            Input::Send => self.send(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        _sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::News(news) => self.take(news),
            CommandOutput::Sent(outcome) => self.sent(outcome),
        }
    }
}

impl Console {
    fn take(&mut self, news: Vec<News>) {
        for news in news {
            self.lines.push(match news {
                News::Entry(entry) => What::Entry(Arc::new(entry)),
                News::Missed(count) => What::Missed(count),
            });
        }
        if self.paused_at.is_none() {
            self.show();
        }
    }

    fn show(&self) {
        self.list.show(&self.lines.shown(&self.filter));
        self.following.list_changed();
    }

    fn set_kind(&mut self, place: u32) {
        self.filter.kind = KINDS.get(place as usize).copied().unwrap_or_default();
        self.show();
    }

    fn set_way(&mut self, place: u32) {
        self.filter.way = WAYS.get(place as usize).copied().flatten();
        self.show();
    }

    fn set_text(&mut self, text: &str) {
        self.filter.text = text.trim().to_lowercase();
        self.show();
    }

    fn pause(&mut self, pause: bool) {
        self.paused_at = pause.then(|| self.lines.next());
        if !pause {
            self.show();
        }
    }

    fn copy(&self, root: &adw::Window) {
        let rows = (0..self.list.len()).filter_map(|at| self.list.row(at));
        let text: String = rows.map(|line| row::text(&line)).collect();
        root.clipboard().set_text(&text);
    }

    fn clear(&mut self) {
        self.lines.clear();
        self.show();
    }

    /// What is typed, without blanks around it.
    fn stanza(&self) -> String {
        let (start, end) = self.typed.bounds();
        self.typed.text(&start, &end, true).trim().to_owned()
    }

    fn check(&mut self) {
        let stanza = self.stanza();
        self.failure = None;
        self.wrong = if stanza.is_empty() {
            None
        } else {
            typed_stanza(&stanza).err()
        };
    }

    fn can_send(&self) -> bool {
        !self.is_sending && self.wrong.is_none() && !self.stanza().is_empty()
    }

    fn send(&mut self, sender: &ComponentSender<Self>) {
        if !self.can_send() {
            return;
        }
        self.is_sending = true;
        let (handle, account, stanza) = (self.handle.clone(), self.account, self.stanza());
        sender.oneshot_command(async move {
            CommandOutput::Sent(handle.send_typed(account, &stanza).await)
        });
    }

    fn sent(&mut self, outcome: Result<(), Failure>) {
        self.is_sending = false;
        match outcome {
            Ok(()) => self.typed.set_text(""),
            Err(failure) => self.failure = Some(failure),
        }
    }

    fn words_for_nothing(&self) -> String {
        if self.lines.len() == 0 {
            gettext(
                "What this account sends and receives from now on is shown here, without passwords and tokens.",
            )
        } else {
            gettext("Nothing of what came is such a stanza.")
        }
    }

    fn words_for_pause(&self) -> String {
        let since = self.paused_at.unwrap_or_default();
        let waiting = self.lines.next().saturating_sub(since);
        ngettext_f(
            "Paused; {n} stanza waits",
            "Paused; {n} stanzas wait",
            u32::try_from(waiting).unwrap_or(u32::MAX),
            &[],
        )
    }

    fn words_for_wrong(&self) -> String {
        match (&self.failure, &self.wrong) {
            (Some(failure), _) => {
                let words = failure_text::describe(failure);
                format!("{} {}", words.title, words.meaning)
            }
            (None, Some(NotAStanza::Malformed(words))) => gettext_f(
                "This is no well-formed XML: {words}",
                &[("words", &isolated(words, MAX_WORDS))],
            ),
            (None, Some(NotAStanza::OtherElement)) => {
                gettext("Only exactly one message, presence or iq can be sent.")
            }
            (None, Some(NotAStanza::TooLong)) => gettext("This is too long for one stanza."),
            (None, None) => String::new(),
        }
    }
}

/// Opens the console of an account beside the other windows.
pub(crate) fn open(
    beside: Option<&gtk::Window>,
    handle: &Handle,
    account: AccountId,
    address: &str,
) {
    let console = Console::builder().launch((handle.clone(), account, address.to_owned()));
    let window = dialog::open(console.detach(), None);
    // A dialog keeps the windows of its group from being used, and this one is used beside them.
    gtk::WindowGroup::new().add_window(&window);
    if let Some(app) = beside.and_then(gtk::Window::application) {
        window.set_application(Some(&app));
    }
}

/// Hands on what is read, many stanzas at a time, until the window is closed.
fn listen(mut reader: ConsoleReader, sender: &ComponentSender<Console>) {
    sender.command(move |out, shutdown| {
        let work = async move {
            loop {
                let mut news = vec![reader.next().await];
                let collect = async {
                    while news.len() < MOST_AT_ONCE {
                        news.push(reader.next().await);
                    }
                };
                // The time is over in most cases: that is no failure.
                let _ = tokio::time::timeout(BURST, collect).await;
                if out.send(CommandOutput::News(news)).is_err() {
                    return;
                }
            }
        };
        shutdown.register(work).drop_on_shutdown()
    });
}

fn kinds() -> Vec<String> {
    let name = |kind: &Kind| match kind {
        Kind::All => gettext("All stanzas"),
        Kind::Messages => gettext("Messages"),
        Kind::Presence => gettext("Presence"),
        Kind::Queries => gettext("Queries (iq)"),
        Kind::Stream => gettext("Login and stream"),
    };
    KINDS.iter().map(name).collect()
}

fn ways() -> Vec<String> {
    vec![gettext("Both ways"), gettext("Received"), gettext("Sent")]
}

fn strings(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}
