//! One chat: header, timeline, composer and details pane.

mod actions;
mod answering;
mod bars;
mod chat;
mod chat_menu;
pub(crate) mod find_bar;
mod finding;
mod forwarding;
pub(crate) mod gallery;
pub(crate) mod gallery_actions;
mod handlers;
mod header;
mod list_view;
mod loading;
mod message_details;
mod messages;
mod news;
mod present;
mod questions;
mod reacting;
mod reading;
mod row;
pub(crate) mod sample;
mod scrolling;
mod selecting;
mod selection_bar;
mod versions;

use std::rc::Rc;

use adw::prelude::*;
use relm4::prelude::*;

pub use loading::{Opened, Page, Summary};
pub(crate) use message_details::fact_row;
pub use messages::{CommandOutput, Confirmed, FindBarTold, Input, Output};
pub(crate) use present::face::MAX_LINE as MAX_QUOTE;

use self::{
    bars::Bars,
    chat::{Chat, Sought},
    find_bar::FindBar,
    header::Header,
    row::{RowContext, TimelineObject},
    scrolling::Scrolling,
    selection_bar::SelectionBar,
};
use super::{
    accessible,
    composer::Composer,
    details::{self, Details},
    list::List,
};
use crate::{
    i18n::{gettext, gettext_f},
    timeline::text::clean,
    worker::Handle,
};

/// Width of the details pane, in pixels.
const DETAILS_WIDTH: i32 = 300;

/// The part of the window right of the sidebar.
pub struct Conversation {
    handle: Handle,
    chat: Option<Chat>,
    /// Counts the chats that were opened.
    number: u64,
    is_window_active: bool,
    is_details_shown: bool,
    /// Reactions that were used last, the last one first.
    recent: Vec<String>,
    list: Rc<List<TimelineObject>>,
    context: Rc<RowContext>,
    view: gtk::ListView,
    scroller: gtk::ScrolledWindow,
    scrolling: Scrolling,
    header: Header,
    bars: Bars,
    selection_bar: SelectionBar,
    find_bar: Controller<FindBar>,
    /// Says new messages to those who do not see them.
    speaker: gtk::Label,
    toasts: adw::ToastOverlay,
    composer: Controller<Composer>,
    details: Controller<Details>,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Conversation {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_hexpand: true,
            set_width_request: 320,
            set_widget_name: "conversation",

            #[name = "flap"]
            adw::Flap {
                set_flap_position: gtk::PackType::End,
                set_fold_policy: adw::FlapFoldPolicy::Auto,
                set_vexpand: true,
                #[watch]
                set_reveal_flap: model.is_details_shown,
                connect_reveal_flap_notify[input = sender.input_sender().clone()] => move |flap| {
                    // Told while the window goes, too, when nobody listens any more.
                    let _ = input.send(Input::DetailsMoved(flap.clone()));
                },

                #[wrap(Some)]
                set_separator = &gtk::Separator {
                    set_orientation: gtk::Orientation::Vertical,
                },

                #[wrap(Some)]
                set_content = &gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_hexpand: true,

                    #[local_ref]
                    header_bar -> adw::HeaderBar {},

                    #[local_ref]
                    find_bar -> gtk::Revealer {},

                    #[local_ref]
                    bar_box -> gtk::Box {},

                    #[local_ref]
                    toasts -> adw::ToastOverlay {
                        set_vexpand: true,

                        #[name = "stack"]
                        gtk::Stack {
                            add_named[Some("none")] = &adw::StatusPage {
                                set_icon_name: Some("chats-symbolic"),
                                set_title: &gettext("No chat is open"),
                                set_description: Some(&gettext("Choose one on the left, or start a new one.")),
                            },

                            add_named[Some("empty")] = &adw::StatusPage {
                                set_title: &gettext("No messages yet"),
                                #[watch]
                                set_description: Some(&model.words_for_empty()),
                            },

                            #[name = "overlay"]
                            add_named[Some("chat")] = &gtk::Overlay {
                                #[local_ref]
                                scroller -> gtk::ScrolledWindow {
                                    set_hscrollbar_policy: gtk::PolicyType::Never,
                                    set_vexpand: true,
                                },

                                add_overlay: jump = &gtk::Button {
                                    set_halign: gtk::Align::End,
                                    set_valign: gtk::Align::End,
                                    set_widget_name: "jump",
                                    set_css_classes: &["osd", "jump"],
                                    #[watch]
                                    set_visible: !model.is_following(),
                                    connect_clicked => Input::JumpPressed,

                                    gtk::Box {
                                        set_spacing: 6,

                                        gtk::Label {
                                            set_widget_name: "jump-count",
                                            set_css_classes: &["numeric"],
                                            #[watch]
                                            set_label: &model.unread().to_string(),
                                            #[watch]
                                            set_visible: model.unread() > 0,
                                        },

                                        gtk::Image {
                                            set_icon_name: Some("go-bottom-symbolic"),
                                        },
                                    },
                                },
                            },

                            #[watch]
                            set_visible_child_name: model.page_name(),
                        },
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        #[watch]
                        set_visible: !model.is_selecting(),
                        #[local_ref]
                        composer -> gtk::Box {},
                    },

                    #[local_ref]
                    selection_bar -> gtk::ActionBar {},
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self::new(handle, &sender);
        let header_bar = model.header.widget();
        let bar_box = model.bars.widget();
        let find_bar = model.find_bar.widget();
        let toasts = &model.toasts;
        let composer = model.composer.widget();
        let selection_bar = model.selection_bar.widget();
        let details = model.details.widget();
        let scroller = &model.scroller;
        let widgets = view_output!();
        details.set_width_request(DETAILS_WIDTH);
        widgets.flap.set_flap(Some(details));
        widgets.overlay.add_overlay(&model.speaker);
        accessible::name_button(&widgets.jump, &gettext("To the newest message"));
        model.add_keys(&root, &sender);
        Self::wait_for_midnight(&sender);
        model.read_recent(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Open(id) => self.open(id, &sender),
            Input::OpenAt(id, message) => self.open_at(id, message, &sender),
            Input::GoTo { message, focus } => self.go_to(Sought { message, focus }, &sender),
            Input::Close => self.close(),
            Input::News(news) => self.take_news(&news, &sender),
            Input::Folded(folded) => self.header.set_folded(folded),
            Input::Focus => self.focus(),
            Input::KeepDraft => self.keep_draft(),
            Input::Search => self.search(),
            Input::Find(output) => self.hear_find_bar(&output, &sender),
            Input::ShowDetails(shown) => self.show_details(shown, &sender),
            Input::DetailsMoved(flap) => self.details_moved(&flap, &sender),
            Input::Propose(text) => self.propose(text),
            Input::WindowActive(active) => self.set_window_active(active),
            Input::Composer(output) => self.hear_composer(output, &sender),
            Input::BackPressed => self.go_back(&sender),
            Input::StickChanged => self.context.follows.set(self.is_following()),
            Input::EndSeen => self.see_end(),
            Input::NearOldest => self.fetch_older(&sender),
            Input::NearNewest => self.fetch_newer(&sender),
            Input::JumpPressed => self.jump_to_end(&sender),
            Input::QuotePressed(id) => self.show_quoted(id, &sender),
            Input::GoToMoment(at) => self.go_to_moment(at, &sender),
            Input::ListLeft { backward } => self.leave_list(backward),
            Input::ActionsPressed(id) => self.open_actions(id, &sender),
            Input::ReplyPressed(id) => self.begin_reply(id),
            Input::EditPressed(id) => self.begin_edit(id),
            Input::RetractPressed(id) => self.ask_retract(id, &sender, root),
            Input::DeleteMessagePressed(id) => self.ask_delete_message(id, &sender, root),
            Input::ReactionsWanted(id) => self.open_reactions(id),
            Input::ReactPressed { message, emoji, on } => self.react(message, emoji, on, &sender),
            Input::VersionsPressed(id) => self.read_versions(id, &sender),
            Input::DateWanted => self.open_calendar(),
            Input::PutAwayPressed => self.put_away(&sender),
            Input::DeleteChatPressed => self.count_for_deletion(&sender),
            Input::SelectionWanted => self.begin_selection(None),
            Input::SelectPressed(id) => self.begin_selection(Some(id)),
            Input::SelectToggled { message, extend } => self.toggle_selected(message, extend),
            Input::SelectionLeft => self.end_selection(),
            Input::CopySelected => self.copy_selected(&sender),
            Input::ForwardPressed(id) => self.choose_target(vec![id], root),
            Input::ForwardSelected => self.choose_target(self.selected(), root),
            Input::ForwardTo(messages, target) => self.forward(messages, target, &sender),
            Input::CopyPressed(id) => self.copy(id, root),
            Input::DetailsPressed(id) => self.open_message_details(id, root),
            Input::ShowAllPressed(id) => self.open_whole_text(id, root),
            Input::RevealPressed(id) => self.reveal(id),
            Input::RetryPressed(id) => self.retry(id),
            Input::CancelPressed(id) => self.cancel(id),
            Input::LinkActivated(target) => self.activate_link(&target, &sender, root),
            Input::ArchiveRetryPressed => self.retry_archive(&sender),
            Input::AcceptPressed => self.accept(),
            Input::BlockPressed => self.ask_block(&sender, root),
            Input::UnblockPressed => self.unblock(&sender),
            Input::DeletePressed => self.ask_delete(&sender, root),
            Input::Confirmed(confirmed) => self.confirmed(confirmed, &sender, root),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Opened(number, opened) => self.opened(number, *opened, &sender),
            CommandOutput::Reloaded(number, page) => self.reloaded(number, page, &sender),
            CommandOutput::Summary(number, summary) => self.summarised(number, *summary, &sender),
            CommandOutput::Older(number, request, page) => {
                self.take_older(number, request, page, &sender);
            }
            CommandOutput::Newer(number, request, page) => {
                self.take_newer(number, request, page, &sender);
            }
            CommandOutput::Changed(number, ids, found) => {
                self.take_changed(number, &ids, found, &sender);
            }
            CommandOutput::Archive(number, answer) => {
                self.archive_answered(number, answer, &sender)
            }
            CommandOutput::NotTaken(chat, body, aim, failure) => {
                self.give_back(chat, body, aim, &failure);
            }
            CommandOutput::RecentReactions(kept) => self.take_recent(&kept),
            CommandOutput::Versions(Ok(versions)) => self.show_versions(&versions, root),
            CommandOutput::Versions(Err(failure)) => self.show_failure(&failure),
            CommandOutput::Transcript(Ok((text, count))) => self.copied(&text, count, root),
            CommandOutput::Transcript(Err(failure)) => self.show_failure(&failure),
            CommandOutput::Forwarded(Ok(forwarded)) => self.forwarded(&forwarded, &sender),
            CommandOutput::Forwarded(Err(failure)) => self.show_failure(&failure),
            CommandOutput::Counted(number, Ok(count)) => {
                self.ask_delete_all(number, count, &sender, root);
            }
            CommandOutput::Counted(_, Err(failure)) => self.show_failure(&failure),
            CommandOutput::LastOwn(number, message) => self.edit_last(number, message.as_deref()),
            CommandOutput::Failed(failure) => self.show_failure(&failure),
            CommandOutput::Deleted(number) => self.deleted(number, &sender),
            CommandOutput::Midnight => self.day_changed(&sender),
        }
    }
}

impl Conversation {
    fn new(handle: Handle, sender: &ComponentSender<Self>) -> Self {
        let list = Rc::new(List::new());
        let context = Rc::new(RowContext {
            sender: sender.input_sender().clone(),
            reader: handle.reader(),
            people: std::cell::RefCell::default(),
            revealed: std::cell::RefCell::default(),
            selected: std::cell::RefCell::default(),
            may_write: std::cell::Cell::new(true),
            follows: std::cell::Cell::new(true),
            found: std::cell::Cell::default(),
        });
        let view = list_view::build(list.model(), &context);
        // The focus belongs to messages, not to what scrolls them.
        let scroller = gtk::ScrolledWindow::builder()
            .child(&view)
            .focusable(false)
            .build();
        let scrolling = Scrolling::new(&view, &scroller, &list, sender.input_sender());
        Self {
            chat: None,
            number: 0,
            is_window_active: true,
            is_details_shown: false,
            recent: Vec::new(),
            context,
            view,
            scroller,
            scrolling,
            list,
            header: Header::new(sender.input_sender()),
            bars: Bars::new(sender.input_sender()),
            selection_bar: SelectionBar::new(sender.input_sender()),
            find_bar: FindBar::builder()
                .launch(handle.clone())
                .forward(sender.input_sender(), |told| Input::Find(FindBarTold(told))),
            speaker: accessible::speaker(),
            toasts: adw::ToastOverlay::new(),
            composer: Composer::builder()
                .launch(())
                .forward(sender.input_sender(), Input::Composer),
            details: Details::builder()
                .launch(handle.clone())
                .forward(sender.input_sender(), |details::Output::Close| {
                    Input::ShowDetails(false)
                }),
            handle,
        }
    }

    /// Which page of the stack is shown.
    fn page_name(&self) -> &'static str {
        match &self.chat {
            None => "none",
            Some(chat) if chat.summary.is_some() && self.list.is_empty() => "empty",
            Some(_) => "chat",
        }
    }

    fn words_for_empty(&self) -> String {
        let Some(summary) = self.chat.as_ref().and_then(|chat| chat.summary.as_ref()) else {
            return String::new();
        };
        let name = clean::isolated(&summary.chat.name);
        gettext_f(
            "What you and {name} write is stored here, on this device.",
            &[("name", &name)],
        )
    }

    /// Whether the view follows the newest message, so that no way back is needed.
    fn is_following(&self) -> bool {
        self.scrolling.stick().is_bottom() || self.list.is_empty()
    }

    fn unread(&self) -> u32 {
        let summary = self.chat.as_ref().and_then(|chat| chat.summary.as_ref());
        summary.map_or(0, |summary| summary.chat.unread)
    }
}

/// Asks whether to delete a chat with somebody of this name and so many messages, and acts after yes.
pub(crate) fn ask_delete_chat(
    over: &impl IsA<gtk::Widget>,
    name: &str,
    count: u64,
    act: impl Fn() + 'static,
) {
    questions::delete_chat(name, count).then(over, act);
}

/// Asks whether to block an address, and acts after yes.
pub(crate) fn ask_block(over: &impl IsA<gtk::Widget>, address: &str, act: impl Fn() + 'static) {
    questions::block(address).then(over, act);
}
