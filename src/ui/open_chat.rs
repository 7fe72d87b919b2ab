//! Opens the chat with somebody, making it when there is none.

use crate::{
    command::{ChatCommand, Command},
    model::{AccountId, BareJid, ConversationId, Failure, FailureKind},
    worker::Handle,
};

/// Asks the worker for the chat, then reads which one it is.
///
/// # Errors
/// The failure to show.
pub(crate) async fn open_chat(
    handle: Handle,
    account: AccountId,
    peer: BareJid,
) -> Result<ConversationId, Failure> {
    let open = ChatCommand::Open {
        account,
        peer: peer.clone(),
    };
    handle.request(Command::Chat(open)).await?;
    let reader = handle.reader();
    let found = relm4::spawn_blocking(move || reader.conversation_with(account, &peer)).await;
    match found {
        Ok(Ok(Some(chat))) => Ok(chat),
        Ok(Ok(None)) | Err(_) => Err(FailureKind::Storage.into()),
        Ok(Err(error)) => Err(error.failure_kind().into()),
    }
}
