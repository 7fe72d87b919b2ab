//! The main window: puts the parts together and routes what happens between them.

mod messages;
mod news;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{CommandOutput, Input};

use super::{
    News,
    conversation::{self, Conversation},
    sidebar::{self, Sidebar},
};
use crate::{event::Event, worker::Handle};

/// The main window.
pub struct App {
    sidebar: Controller<Sidebar>,
    conversation: Controller<Conversation>,
    is_showing_chat: bool,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for App {
    type Init = Handle;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::ApplicationWindow {
            set_title: Some("Tessera"),
            set_default_size: (960, 640),
            set_size_request: (360, 400),

            #[name = "leaflet"]
            adw::Leaflet {
                set_can_navigate_back: true,
                connect_folded_notify[sender] => move |leaflet| {
                    sender.input(Input::Folded(leaflet.is_folded()));
                },

                #[local_ref]
                append = sidebar -> gtk::Box {},

                append = &gtk::Separator {
                    set_orientation: gtk::Orientation::Vertical,
                } -> {
                    set_navigatable: false,
                },

                #[local_ref]
                append = conversation -> gtk::Box {},

                #[watch]
                set_visible_child: if model.is_showing_chat { conversation } else { sidebar },
            },
        }
    }

    fn init(
        handle: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let events = handle.events();
        sender.command(|out, shutdown| {
            shutdown
                .register(news::forward(events, out))
                .drop_on_shutdown()
        });
        let model = Self {
            sidebar: Sidebar::builder()
                .launch(handle.clone())
                .forward(sender.input_sender(), Input::Sidebar),
            conversation: Conversation::builder()
                .launch(handle)
                .forward(sender.input_sender(), Input::Conversation),
            is_showing_chat: false,
        };
        let sidebar = model.sidebar.widget();
        let conversation = model.conversation.widget();
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, _sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Sidebar(sidebar::Output::Open(chat)) => {
                self.is_showing_chat = true;
                self.conversation.emit(conversation::Input::Open(chat));
            }
            Input::Sidebar(_) => {}
            Input::Conversation(conversation::Output::Back | conversation::Output::Gone) => {
                self.is_showing_chat = false;
            }
            Input::Conversation(conversation::Output::OpenUri(_)) => {}
            Input::Folded(folded) => {
                self.sidebar.emit(sidebar::Input::Folded(folded));
                self.conversation.emit(conversation::Input::Folded(folded));
            }
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        _sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::News(events) => self.route(events),
        }
    }
}

impl App {
    /// Hands news to every part that shows something of it.
    fn route(&self, events: Vec<Event>) {
        let news: News = events.into();
        self.sidebar.emit(sidebar::Input::News(news.clone()));
        self.conversation.emit(conversation::Input::News(news));
    }
}
