//! The dialog that asks for a passphrase: a new one twice, an old one once.
//! Knows nothing of what is done with it.

mod messages;

use adw::prelude::*;
use relm4::prelude::*;

pub use messages::{Input, Output, Purpose};

/// The dialog.
pub struct PassphraseDialog {
    _purpose: Purpose,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for PassphraseDialog {
    type Init = Purpose;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::Window {}
    }

    fn init(
        purpose: Self::Init,
        _root: Self::Root,
        _sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self { _purpose: purpose };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }
}
