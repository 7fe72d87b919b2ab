//! Where a message is written: a text that grows to eight lines, emoji, and what will happen to it in words.
//! Knows nothing of the worker: it reports to the chat around it.

mod aim;
mod aim_bar;
mod drafts;
mod keys;
mod lock;
mod messages;
mod protection;

use std::{cell::Cell, rc::Rc, time::Duration};

use gtk::{gdk, glib, pango, prelude::*};
use relm4::prelude::*;

pub use aim::Aim;
pub use messages::{Access, Input, Output, Target};
pub use protection::Protection;

use self::{aim_bar::AimBar, drafts::Drafts, lock::Lock};
use super::accessible;
use crate::{i18n::gettext, model::Encryption};

/// Lines of text shown before it scrolls.
const MAX_LINES: i32 = 8;
/// Room for the button that hides the text, at the end of the field, in pixels.
const SPOILER_ROOM: i32 = 40;
/// After this time without a key the peer is told that typing has stopped (XEP-0085, section 5.1 has no number; others
/// use the same).
const PAUSE: Duration = Duration::from_secs(8);
/// After this time without a key the draft is kept: soon enough for a crash, rarely enough for the disk.
const KEEP: Duration = Duration::from_secs(1);

/// Where a message is written.
pub struct Composer {
    drafts: Drafts,
    text: gtk::TextBuffer,
    view: gtk::TextView,
    /// Counts edits: a timer whose edit is not the last is too late.
    edit: u64,
    enter_sends: Rc<Cell<bool>>,
    /// Whether Escape has something to cancel.
    has_aim: Rc<Cell<bool>>,
    bar: AimBar,
    lock: Lock,
    send_typing: bool,
    /// Whether the text is changed by the program, which is no typing.
    edited: glib::SignalHandlerId,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Composer {
    type Init = ();
    type Input = Input;
    type Output = Output;
    type CommandOutput = Input;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_css_classes: &["composer"],
            set_widget_name: "composer",
            #[watch]
            set_visible: model.drafts.target().is_some(),
            #[watch]
            set_sensitive: !model.is_closed(),

            #[local_ref]
            bar -> gtk::Box {},

            gtk::Box {
                set_spacing: 6,
                set_css_classes: &["toolbar"],

                #[name = "emoji"]
                append = &gtk::Button {
                    set_icon_name: "face-smile-symbolic",
                    set_valign: gtk::Align::End,
                    set_css_classes: &["flat"],
                    set_widget_name: "emoji",
                    connect_clicked => Input::EmojiPressed,
                },

                gtk::Overlay {
                    set_hexpand: true,
                    set_css_classes: &["composer-field", "clear-text"],

                    gtk::ScrolledWindow {
                        set_hscrollbar_policy: gtk::PolicyType::Never,
                        set_propagate_natural_height: true,
                        set_valign: gtk::Align::Center,
                        #[local_ref]
                        view -> gtk::TextView {},
                    },

                    add_overlay = &gtk::Label {
                        set_xalign: 0.0,
                        set_valign: gtk::Align::Center,
                        set_margin_start: 9,
                        #[watch]
                        set_margin_end: if model.has_spoiler_button() { SPOILER_ROOM } else { 9 },
                        set_can_target: false,
                        set_ellipsize: pango::EllipsizeMode::End,
                        set_css_classes: &["dim-label"],
                        set_widget_name: "placeholder",
                        #[watch]
                        set_label: &model.placeholder(),
                        #[watch]
                        set_visible: model.text.char_count() == 0,
                    },

                    #[name = "spoiler"]
                    add_overlay = &gtk::ToggleButton {
                        set_icon_name: "spoiler-symbolic",
                        set_halign: gtk::Align::End,
                        set_valign: gtk::Align::End,
                        set_css_classes: &["flat", "circular", "spoiler"],
                        set_widget_name: "spoiler",
                        #[watch]
                        set_visible: model.has_spoiler_button(),
                        #[watch]
                        set_active: matches!(model.drafts.aim(), Aim::Spoiler { .. }),
                        connect_clicked => Input::SpoilerPressed,
                    },
                },

                #[local_ref]
                lock -> gtk::MenuButton {},

                #[name = "send"]
                append = &gtk::Button {
                    set_icon_name: "message-send-symbolic",
                    set_valign: gtk::Align::End,
                    set_css_classes: &["suggested-action", "circular"],
                    set_widget_name: "send",
                    #[watch]
                    set_sensitive: model.has_text(),
                    connect_clicked => Input::SendPressed,
                },
            },
        }
    }

    fn init(
        (): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let text = gtk::TextBuffer::new(None);
        let view = text_view(&text);
        let edited = {
            let sender = sender.clone();
            text.connect_changed(move |_| sender.input(Input::Edited))
        };
        let model = Self {
            drafts: Drafts::default(),
            text,
            view: view.clone(),
            edit: 0,
            enter_sends: Rc::new(Cell::new(true)),
            has_aim: Rc::default(),
            bar: AimBar::new(sender.input_sender()),
            lock: Lock::new(sender.input_sender()),
            send_typing: true,
            edited,
        };
        model.add_keys(&sender);
        let view = &view;
        let bar = model.bar.widget();
        let lock = model.lock.widget();
        let widgets = view_output!();
        accessible::name_button(
            &widgets.spoiler,
            &gettext("Hide the text until it is asked for"),
        );
        accessible::name_button(&widgets.emoji, &gettext("Insert an emoji"));
        accessible::name_button(&widgets.send, &gettext("Send"));
        ComponentParts { model, widgets }
    }

    fn update_with_view(
        &mut self,
        widgets: &mut Self::Widgets,
        input: Input,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match input {
            Input::Show(target) => self.switch(Some(target), &sender),
            Input::Renamed(target) => self.rename(target),
            Input::Hide => self.switch(None, &sender),
            Input::SettingsChanged {
                enter_sends,
                send_typing,
            } => self.apply_settings(enter_sends, send_typing, &sender),
            Input::Focus => {
                self.view.grab_focus();
            }
            Input::KeepDraft => {
                self.keep_draft(&sender);
                tell([Output::DraftKept], &sender);
            }
            Input::Propose(text) => self.propose(&text),
            Input::GiveBack(conversation, body, aim) => self.give_back(conversation, &body, aim),
            Input::Begin(aim) => self.begin(aim, &sender),
            Input::AimCancelled => self.begin(Aim::Message, &sender),
            Input::SpoilerPressed => self.toggle_spoiler(&sender),
            Input::HintTyped(hint) => self.drafts.set_hint(hint),
            Input::EditLastPressed => tell([Output::EditLast], &sender),
            Input::Edited => self.edited(&sender),
            Input::SendPressed => self.send(&sender),
            Input::EncryptionChosen(encryption) => self.choose_encryption(encryption, &sender),
            Input::LockOpened => tell([Output::LockOpened], &sender),
            Input::EmojiPressed => self.choose_emoji(&widgets.emoji),
            Input::Paused(edit) => self.paused(edit, &sender),
            Input::DraftDue(edit) => self.draft_due(edit, &sender),
        }
        self.update_view(widgets, sender);
    }

    fn update_cmd(&mut self, due: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        sender.input(due);
    }

    fn shutdown(&mut self, _widgets: &mut Self::Widgets, output: relm4::Sender<Output>) {
        let text = self.whole_text();
        for told in self.drafts.switch(&text, None).1 {
            // The chat may have gone before.
            let _ = output.send(told);
        }
    }
}

impl Composer {
    fn switch(&mut self, to: Option<Target>, sender: &ComponentSender<Self>) {
        let (draft, told) = self.drafts.switch(&self.whole_text(), to);
        self.edit += 1;
        self.set_text(&draft);
        tell(told, sender);
        self.show_aim();
        self.show_lock();
    }

    /// Says what the text will become.
    fn show_aim(&self) {
        let aim = self.drafts.aim();
        self.has_aim.set(!aim.is_plain());
        self.bar.show(aim);
        accessible::set_label(&self.view, &self.placeholder());
    }

    fn begin(&mut self, aim: Aim, sender: &ComponentSender<Self>) {
        if self.drafts.target().is_none() {
            return;
        }
        let now = self.whole_text();
        let (text, told) = self.drafts.begin(aim, &now);
        tell(told, sender);
        if text != now {
            self.edit += 1;
            self.set_text(&text);
        }
        self.show_aim();
        self.view.grab_focus();
    }

    fn toggle_spoiler(&mut self, sender: &ComponentSender<Self>) {
        let aim = match self.drafts.aim() {
            Aim::Spoiler { .. } => Aim::Message,
            Aim::Message | Aim::Reply { .. } | Aim::Edit { .. } => Aim::Spoiler {
                hint: String::new(),
            },
        };
        self.begin(aim, sender);
    }

    /// Whether the text can be hidden. An empty field says instead how a message goes; answers and new texts of messages
    /// stand where their message is seen.
    fn has_spoiler_button(&self) -> bool {
        match self.drafts.aim() {
            Aim::Spoiler { .. } => true,
            Aim::Message => self.text.char_count() > 0,
            Aim::Reply { .. } | Aim::Edit { .. } => false,
        }
    }

    fn rename(&mut self, target: Target) {
        self.drafts.rename(target);
        self.show_lock();
        accessible::set_label(&self.view, &self.placeholder());
    }

    fn apply_settings(
        &mut self,
        enter_sends: bool,
        send_typing: bool,
        sender: &ComponentSender<Self>,
    ) {
        self.enter_sends.set(enter_sends);
        self.send_typing = send_typing;
        if !send_typing {
            tell(self.drafts.rest(&self.whole_text()), sender);
        }
    }

    fn propose(&mut self, text: &str) {
        if !self.has_text() {
            self.set_text(text);
        }
        self.view.grab_focus();
    }

    fn give_back(&mut self, conversation: crate::model::ConversationId, body: &str, aim: Aim) {
        let now = self.whole_text();
        if let Some(text) = self.drafts.give_back(conversation, body, aim, &now) {
            self.set_text(&text);
            self.show_aim();
        }
    }

    fn edited(&mut self, sender: &ComponentSender<Self>) {
        self.edit += 1;
        let edit = self.edit;
        let told = self.drafts.edited(&self.whole_text(), self.send_typing);
        tell(told, sender);
        sender.command(move |out, shutdown| {
            let wait = async move {
                tokio::time::sleep(KEEP).await;
                let _ = out.send(Input::DraftDue(edit));
                tokio::time::sleep(PAUSE - KEEP).await;
                let _ = out.send(Input::Paused(edit));
            };
            shutdown.register(wait).drop_on_shutdown()
        });
    }

    fn paused(&mut self, edit: u64, sender: &ComponentSender<Self>) {
        if edit == self.edit {
            tell(self.drafts.rest(&self.whole_text()), sender);
        }
    }

    fn draft_due(&mut self, edit: u64, sender: &ComponentSender<Self>) {
        if edit == self.edit {
            self.keep_draft(sender);
        }
    }

    fn keep_draft(&mut self, sender: &ComponentSender<Self>) {
        let text = self.whole_text();
        tell(self.drafts.keep(&text), sender);
    }

    fn send(&mut self, sender: &ComponentSender<Self>) {
        let (left, told) = self.drafts.send(&self.whole_text());
        if let Some(left) = left {
            self.edit += 1;
            self.set_text(&left);
            self.show_aim();
        }
        tell(told, sender);
        self.view.grab_focus();
    }

    /// The chooser is made when it is asked for: it costs a tenth of a second, and most people type theirs.
    fn choose_emoji(&self, over: &gtk::Button) {
        let chooser = gtk::EmojiChooser::new();
        let text = self.text.clone();
        chooser.connect_emoji_picked(move |_, emoji| {
            text.begin_user_action();
            text.delete_selection(true, true);
            text.insert_at_cursor(emoji);
            text.end_user_action();
        });
        chooser.set_parent(over);
        let view = self.view.clone();
        chooser.connect_closed(move |chooser| {
            view.grab_focus();
            let chooser = chooser.clone();
            glib::idle_add_local_once(move || chooser.unparent());
        });
        chooser.popup();
    }

    fn add_keys(&self, sender: &ComponentSender<Self>) {
        let keys = gtk::EventControllerKey::new();
        keys.set_propagation_phase(gtk::PropagationPhase::Capture);
        let sender = sender.clone();
        let enter_sends = self.enter_sends.clone();
        let (has_aim, text) = (self.has_aim.clone(), self.text.clone());
        keys.connect_key_pressed(move |keys, key, _, state| {
            if key == gdk::Key::Escape && has_aim.get() {
                sender.input(Input::AimCancelled);
                return glib::Propagation::Stop;
            }
            if keys::edits_last(key, state) && text.char_count() == 0 && !has_aim.get() {
                sender.input(Input::EditLastPressed);
                return glib::Propagation::Stop;
            }
            if !keys::sends(key, state, enter_sends.get()) {
                return glib::Propagation::Proceed;
            }
            // An input method that is composing takes Enter for itself.
            let view = keys.widget().and_downcast::<gtk::TextView>();
            let is_taken = keys.current_event().zip(view).is_some_and(|(event, view)| {
                let event = event.downcast_ref::<gdk::KeyEvent>();
                event.is_some_and(|event| view.im_context_filter_keypress(event))
            });
            if !is_taken {
                sender.input(Input::SendPressed);
            }
            glib::Propagation::Stop
        });
        self.view.add_controller(keys);
    }

    /// Puts a text there without counting that as typing.
    fn set_text(&self, text: &str) {
        self.text.block_signal(&self.edited);
        self.text.set_text(text);
        self.text.unblock_signal(&self.edited);
        self.text.place_cursor(&self.text.end_iter());
    }

    fn whole_text(&self) -> String {
        let (start, end) = self.text.bounds();
        self.text.text(&start, &end, false).into()
    }

    fn has_text(&self) -> bool {
        !self.whole_text().trim().is_empty()
    }

    fn is_closed(&self) -> bool {
        self.drafts
            .target()
            .is_none_or(|target| target.access != Access::Open)
    }

    /// Says to whom and how the message will go.
    fn placeholder(&self) -> String {
        self.drafts.target().map_or_else(String::new, |target| {
            protection::placeholder(target, self.drafts.aim())
        })
    }

    /// Says what is the case, whatever was chosen: the answer to a choice is a new target.
    fn show_lock(&self) {
        if let Some(target) = self.drafts.target() {
            self.lock.show(target);
        }
    }

    fn choose_encryption(&self, encryption: Encryption, sender: &ComponentSender<Self>) {
        self.show_lock();
        if let Some(target) = self.drafts.target() {
            let conversation = target.conversation;
            tell([Output::Encrypt(conversation, encryption)], sender);
        }
    }
}

fn tell(told: impl IntoIterator<Item = Output>, sender: &ComponentSender<Composer>) {
    for output in told {
        // Only a composer whose chat has gone has nobody to tell.
        let _ = sender.output(output);
    }
}

fn text_view(text: &gtk::TextBuffer) -> gtk::TextView {
    let view = gtk::TextView::builder()
        .buffer(text)
        .wrap_mode(gtk::WrapMode::WordChar)
        .accepts_tab(false)
        .left_margin(9)
        .right_margin(SPOILER_ROOM)
        .top_margin(8)
        .bottom_margin(8)
        .hexpand(true)
        .input_hints(gtk::InputHints::EMOJI | gtk::InputHints::SPELLCHECK)
        .name("message-text")
        .build();
    view.connect_realize(|view| {
        let metrics = view.pango_context().metrics(None, None);
        let line = (metrics.ascent() + metrics.descent()) / pango::SCALE;
        if let Some(scroller) = view.parent().and_downcast::<gtk::ScrolledWindow>() {
            let around = view.top_margin() + view.bottom_margin();
            scroller.set_max_content_height(MAX_LINES * line + around);
            scroller.set_min_content_height(line + around);
        }
    });
    view
}
