//! The main window: puts the parts together and routes what happens between them.

mod actions;
mod announce;
pub(crate) mod gallery;
mod handlers;
mod messages;
mod news;
mod regions;
mod start;
mod uri;

use adw::prelude::*;
use gtk::{gdk, gio, glib};
use relm4::prelude::*;

pub use actions::Action;
pub use messages::{CommandOutput, Input, Ready, Resolved};
pub use start::{Start, WindowState};

use super::{conversation::Conversation, first_run::FirstRun, settings, sidebar::Sidebar};
use crate::{config, model::ConversationId, worker::Handle};

/// The main window.
pub struct App {
    handle: Handle,
    sidebar: Controller<Sidebar>,
    conversation: Controller<Conversation>,
    /// What is seen instead as long as there is no account.
    first_run: Option<Controller<FirstRun>>,
    first_run_place: adw::Bin,
    toasts: adw::ToastOverlay,
    online_only: gio::SimpleAction,
    state: WindowState,
    run_in_background: bool,
    chat: Option<ConversationId>,
    /// Which column is seen where there is only one.
    is_showing_chat: bool,
    is_folded: bool,
    is_showing_details: bool,
    /// Whether the window is the one that has the keyboard.
    is_in_front: bool,
    /// What the worker was told last about whether anybody sees the window.
    is_seen: Option<bool>,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for App {
    type Init = Start;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::ApplicationWindow {
            set_title: Some(config::APP_NAME),
            set_icon_name: Some(config::APP_ID),
            set_default_size: (model.state.width, model.state.height),
            set_size_request: (360, 400),
            set_maximized: model.state.is_maximized,

            connect_close_request[input = sender.input_sender().clone()] => move |_| {
                let _ = input.send(Input::CloseRequested);
                glib::Propagation::Stop
            },
            // These are told while the window goes, too, when nobody listens any more.
            connect_is_active_notify[input = sender.input_sender().clone()] => move |_| {
                let _ = input.send(Input::Activity);
            },
            connect_map[input = sender.input_sender().clone()] => move |_| {
                let _ = input.send(Input::Activity);
            },
            connect_unmap[input = sender.input_sender().clone()] => move |_| {
                let _ = input.send(Input::Activity);
            },

            #[local_ref]
            toasts -> adw::ToastOverlay {
                #[wrap(Some)]
                set_child = &gtk::Stack {
                    set_transition_type: gtk::StackTransitionType::Crossfade,

                    #[local_ref]
                    add_named[Some("first-run")] = first_run_place -> adw::Bin {},

                    #[name = "leaflet"]
                    add_named[Some("chats")] = &adw::Leaflet {
                        set_can_navigate_back: true,
                        // Two columns need 620 pixels: 300 here, a line, and 319 there.
                        set_fold_threshold_policy: adw::FoldThresholdPolicy::Minimum,
                        connect_folded_notify[input = sender.input_sender().clone()] => move |leaflet| {
                            let _ = input.send(Input::Folded(leaflet.is_folded()));
                        },

                        #[local_ref]
                        append = sidebar -> gtk::Box {
                            set_width_request: 300,
                            set_hexpand: false,
                        },

                        append = &gtk::Separator {
                            set_orientation: gtk::Orientation::Vertical,
                        } -> {
                            set_navigatable: false,
                        },

                        #[local_ref]
                        append = conversation -> gtk::Box {
                            set_hexpand: true,
                            set_width_request: 319,
                        },

                        #[watch]
                        set_visible_child: if model.is_showing_chat { conversation } else { sidebar },
                    },

                    // Last, so that the pages are there.
                    #[watch]
                    set_visible_child_name: if model.first_run.is_some() { "first-run" } else { "chats" },
                },
            },
        }
    }

    fn init(
        start: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let handle = start.handle;
        let events = handle.events();
        sender.command(|out, shutdown| {
            shutdown
                .register(news::forward(events, out))
                .drop_on_shutdown()
        });
        let act = sender.input_sender().clone();
        let online_only = actions::add(&root, start.online_only, move |action| {
            let _ = act.send(Input::Act(action));
        });
        let mut model = Self {
            sidebar: Sidebar::builder()
                .launch(handle.clone())
                .forward(sender.input_sender(), Input::Sidebar),
            conversation: Conversation::builder()
                .launch(handle.clone())
                .forward(sender.input_sender(), Input::Conversation),
            handle,
            first_run: None,
            first_run_place: adw::Bin::new(),
            toasts: adw::ToastOverlay::new(),
            online_only,
            state: start.state,
            run_in_background: start.run_in_background,
            chat: None,
            is_showing_chat: false,
            is_folded: false,
            is_showing_details: false,
            is_in_front: false,
            is_seen: None,
        };
        model.sidebar.widget().set_widget_name("sidebar");
        model.conversation.widget().set_widget_name("conversation");
        let sidebar = model.sidebar.widget();
        let conversation = model.conversation.widget();
        let toasts = &model.toasts;
        let first_run_place = &model.first_run_place;
        let widgets = view_output!();
        follow_escape(&root, &sender);
        follow_minimizing(&root, &sender);
        settings::apply_color_scheme(start.color_scheme);
        model.show_first_run(!start.has_accounts, &sender);
        model.restore_chat(start.state.chat.map(ConversationId));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Sidebar(output) => self.sidebar_tells(output, root, &sender),
            Input::Conversation(output) => self.conversation_tells(output, root, &sender),
            Input::FirstRun(output) => self.first_run_tells(output, &sender),
            Input::Jump(output) => self.jump_tells(output, &sender),
            Input::Act(action) => self.act(action, root, &sender),
            Input::OpenChat(chat) => {
                self.open(chat);
                root.present();
            }
            Input::OpenUri(link) => self.resolve(link, &sender),
            Input::Folded(folded) => self.fold(folded),
            Input::Activity => self.tell_activity(root),
            Input::CloseRequested => self.close(root),
            Input::Quit => self.quit(root),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::News(events) => self.route(events, &sender),
            CommandOutput::Read(read) => self.read(read, &sender),
            CommandOutput::Announce(notes) => announce::show(root, &notes),
            CommandOutput::Seen(chats) => announce::withdraw(root, &chats),
            CommandOutput::Asked(Ok(())) => {}
            CommandOutput::Asked(Err(failure)) => self.say_failure(&failure),
            CommandOutput::ChatReady(ready) => self.chat_ready(ready),
            CommandOutput::UriResolved(resolved) => self.show_resolved(resolved, root),
        }
    }
}

/// Escape goes one step back, where nothing nearer to the focus takes it.
fn follow_escape(root: &adw::ApplicationWindow, sender: &ComponentSender<App>) {
    let keys = gtk::EventControllerKey::new();
    let input = sender.input_sender().clone();
    keys.connect_key_pressed(move |_, key, _, _| {
        if key == gdk::Key::Escape {
            let _ = input.send(Input::Act(Action::Back));
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    });
    root.add_controller(keys);
}

/// A window that was minimized is not seen, although it is still mapped.
fn follow_minimizing(root: &adw::ApplicationWindow, sender: &ComponentSender<App>) {
    let input = sender.input_sender().clone();
    root.connect_realize(move |root| {
        let Some(toplevel) = handlers::toplevel(root) else {
            return;
        };
        let input = input.clone();
        toplevel.connect_state_notify(move |_| {
            let _ = input.send(Input::Activity);
        });
    });
}
