//! What extensions leave to be done together at the end of an input, still inside its transaction.

use super::{Cx, Extension, rfc6121_presence};
use crate::store::StoreError;

/// Tells all extensions what the server can do when that has just become known, and sends our own presence, to which
/// every extension adds its part, when one of them asked for it, and lets them finish what the input made possible. To be called after every input.
///
/// # Errors
/// Only the store's: everything of this input is rolled back.
pub fn settle(
    extensions: &mut [Box<dyn Extension>],
    cx: &mut Cx<'_, '_>,
) -> Result<(), StoreError> {
    if std::mem::take(&mut cx.link.newly_discovered) {
        for extension in extensions.iter_mut() {
            extension.discovered(cx)?;
        }
    }
    if std::mem::take(&mut cx.link.presence_due) && cx.link.jid.is_some() {
        let own = cx.txn.account(cx.account.id)?.presence;
        let mut presence = rfc6121_presence::broadcast(&own);
        for extension in extensions.iter() {
            extension.decorate_presence(cx, &mut presence);
        }
        cx.link.announced = true;
        cx.transmit(presence);
    }
    for extension in extensions {
        extension.finish(cx)?;
    }
    Ok(())
}
