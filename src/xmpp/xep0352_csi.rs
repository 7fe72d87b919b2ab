//! XEP-0352: telling the server whether anybody looks at the window, so that it can hold back what can wait.

use xmpp_parsers::csi::{Active, Inactive};

use super::{Cx, Extension, Handled};
use crate::{command::Command, model::RequestId, store::StoreError};

/// Follows the window.
#[derive(Debug, Default)]
pub struct ClientState {
    hidden: bool,
}

impl Extension for ClientState {
    fn xep(&self) -> &'static str {
        "XEP-0352"
    }

    fn online(&mut self, cx: &mut Cx<'_, '_>, _resumed: bool) -> Result<(), StoreError> {
        // Every stream starts active, a resumed one too (XEP-0352, section 5.2).
        if self.hidden {
            self.tell(cx);
        }
        Ok(())
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        _request: RequestId,
    ) -> Result<Handled, StoreError> {
        if let Command::WindowActive(active) = command
            && self.hidden == *active
        {
            self.hidden = !active;
            self.tell(cx);
        }
        Ok(Handled::No) // Others may want to know as well.
    }
}

impl ClientState {
    fn tell(&self, cx: &mut Cx<'_, '_>) {
        if !cx.link.client_state || cx.link.jid.is_none() {
            return;
        }
        if self.hidden {
            cx.transmit(Inactive);
        } else {
            cx.transmit(Active);
        }
    }
}
