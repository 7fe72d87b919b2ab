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
        self.tell(cx);
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
        let known = self.hidden == cx.link.told_inactive;
        if known || !cx.link.client_state || cx.link.jid.is_none() {
            return;
        }
        cx.link.told_inactive = self.hidden;
        if self.hidden {
            cx.transmit(Inactive);
        } else {
            cx.transmit(Active);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClientState;
    use crate::{
        command::Command,
        xmpp::testing::{Outcome, Stage},
    };

    fn stage() -> Stage {
        let mut stage = Stage::with(ClientState::default());
        stage.link.client_state = true;
        stage.connect();
        stage
    }

    fn active(stage: &mut Stage, active: bool) -> Outcome {
        stage.command(&Command::WindowActive(active))
    }

    #[test]
    fn the_server_learns_whether_anybody_looks() {
        let mut stage = stage();
        assert!(active(&mut stage, true).sent.is_empty());
        let hidden = active(&mut stage, false);
        assert_eq!(hidden.sent, ["<inactive xmlns='urn:xmpp:csi:0'/>"]);
        assert!(!hidden.handled && hidden.finished.is_none());
        assert!(active(&mut stage, false).sent.is_empty());
        assert_eq!(
            active(&mut stage, true).sent,
            ["<active xmlns='urn:xmpp:csi:0'/>"]
        );
    }

    #[test]
    fn every_stream_starts_active() {
        let mut stage = stage();
        active(&mut stage, false);
        assert_eq!(stage.resume().sent.len(), 1);
        stage.disconnect();
        stage.link.client_state = true;
        assert_eq!(stage.connect().sent.len(), 1);
        active(&mut stage, true);
        assert!(stage.resume().sent.is_empty());
    }

    #[test]
    fn what_the_server_was_told_with_the_login_is_not_told_again() {
        let mut stage = stage();
        active(&mut stage, false);
        stage.disconnect();
        stage.link.client_state = true;
        stage.link.told_inactive = true;
        assert!(stage.connect().sent.is_empty());
        // The window came up while the login was under way.
        stage.disconnect();
        active(&mut stage, true);
        stage.link.client_state = true;
        stage.link.told_inactive = true;
        let sent = stage.connect().sent;
        assert_eq!(sent, ["<active xmlns='urn:xmpp:csi:0'/>"]);
    }

    #[test]
    fn a_server_that_does_not_know_it_is_told_nothing() {
        let mut stage = stage();
        stage.link.client_state = false;
        assert!(active(&mut stage, false).sent.is_empty());
        assert!(stage.resume().sent.is_empty());
    }
}
