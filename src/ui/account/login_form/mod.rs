//! The log in form: address, password, and everything else found by itself.
//! Used by the first run and by “Add account”; tries the login before it adds the account.

mod messages;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::Output;

use crate::worker::Handle;

/// The log in form.
pub struct LoginForm {
    _handle: Handle,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for LoginForm {
    type Init = Handle;
    type Input = ();
    type Output = Output;
    type CommandOutput = ();

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
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
