//! Older messages of one chat, because somebody looks for them.

use xmpp_parsers::ns;

use super::{Archive, Purpose};
use crate::{
    model::{ConversationId, RequestId},
    store::StoreError,
    xmpp::Cx,
};

impl Archive {
    pub(super) fn fetch_older(
        &mut self,
        cx: &mut Cx<'_, '_>,
        conversation: ConversationId,
        request: RequestId,
    ) -> Result<(), StoreError> {
        let (account, peer, _) = cx.txn.conversation_peer(conversation)?;
        let (_, nothing_older) = cx.txn.oldest_archived(account, &peer)?;
        if nothing_older || !cx.link.own.contains(ns::MAM) {
            cx.finish(request, Ok(()));
            return Ok(());
        }
        let purpose = Purpose::Older {
            conversation,
            peer,
            request,
            by_time: false,
        };
        self.ask(cx, purpose, 1, 0)
    }
}
