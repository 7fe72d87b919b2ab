//! One chat: header, timeline, composer and details pane.

mod messages;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{Input, Output};

use crate::worker::Handle;

/// The part of the window right of the sidebar.
pub struct Conversation {
    /// The way to the worker.
    _handle: Handle,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Conversation {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_hexpand: true,

            adw::HeaderBar {
                set_show_start_title_buttons: false,
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        _sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self { _handle: handle };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }
}
