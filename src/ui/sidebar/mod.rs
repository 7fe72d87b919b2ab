//! The left side of the window: account button, chats, contacts and the inbox of strangers.

mod brief_time;
mod chats;
mod contacts;
mod context_menu;
mod find;
mod messages;
mod refresh;
mod rows;
#[cfg(test)]
mod sample;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{Input, Output};

use crate::worker::Handle;

/// The left side of the window.
pub struct Sidebar {
    _handle: Handle,
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

            adw::HeaderBar {
                set_show_end_title_buttons: false,
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
