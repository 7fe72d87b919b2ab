//! What the worker is asked for when a stranger is answered.
//! Knows nothing of widgets; a stranger learns nothing from being refused a chat.

use super::Answer;
use crate::{
    command::{ChatCommand, Command, ContactCommand},
    model::{ConversationId, MessageId, Request, RequestKind},
};

/// The commands that carry out an answer, in their order. `newest` is the newest message of the stranger's chat.
pub(super) fn commands(
    request: &Request,
    answer: Answer,
    newest: Option<MessageId>,
) -> Vec<Command> {
    let (account, jid) = (request.account, request.jid.clone());
    let (asks, chat) = parts(request.kind);
    let mut commands = vec![];
    if asks {
        commands.push(Command::Contact(match answer {
            Answer::Accept => ContactCommand::Approve {
                account,
                jid: jid.clone(),
                add: true,
            },
            Answer::Refuse | Answer::Block => ContactCommand::Deny {
                account,
                jid: jid.clone(),
            },
        }));
    }
    match (answer, chat, newest) {
        (Answer::Accept, Some(chat), _) => {
            commands.push(Command::Chat(ChatCommand::AcceptStranger(chat)));
        }
        // Seen and left: it comes back when the stranger writes again.
        (Answer::Refuse | Answer::Block, Some(conversation), Some(up_to)) => {
            commands.push(Command::Chat(ChatCommand::MarkRead {
                conversation,
                up_to,
            }));
        }
        (Answer::Accept, None, _) | (Answer::Refuse | Answer::Block, ..) => {}
    }
    if answer == Answer::Block {
        commands.push(Command::Contact(ContactCommand::Block { account, jid }));
    }
    commands
}

/// Whether our presence is asked for, and the chat in which messages wait.
pub(super) fn parts(kind: RequestKind) -> (bool, Option<ConversationId>) {
    match kind {
        RequestKind::Subscription => (true, None),
        RequestKind::Chat(chat) => (false, Some(chat)),
        RequestKind::Both(chat) => (true, Some(chat)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::AccountId, ui::sidebar::sample};

    fn names(kind: RequestKind, answer: Answer) -> Vec<&'static str> {
        let request = Request {
            account: AccountId(1),
            jid: sample::jid("eve@example.org"),
            kind,
            at: sample::NOW,
            nickname: String::new(),
            text: String::new(),
        };
        commands(&request, answer, Some(MessageId(7)))
            .iter()
            .map(|command| match command {
                Command::Contact(ContactCommand::Approve { add: true, .. }) => "approve",
                Command::Contact(ContactCommand::Deny { .. }) => "deny",
                Command::Contact(ContactCommand::Block { .. }) => "block",
                Command::Chat(ChatCommand::AcceptStranger(_)) => "accept",
                Command::Chat(ChatCommand::MarkRead { .. }) => "read",
                _ => "?",
            })
            .collect()
    }

    #[test]
    fn an_answer_is_about_all_that_was_asked() {
        let chat = ConversationId(3);
        for (kind, answer, commands) in [
            (RequestKind::Subscription, Answer::Accept, &["approve"][..]),
            (RequestKind::Subscription, Answer::Refuse, &["deny"]),
            (RequestKind::Subscription, Answer::Block, &["deny", "block"]),
            (RequestKind::Chat(chat), Answer::Accept, &["accept"]),
            (RequestKind::Chat(chat), Answer::Refuse, &["read"]),
            (RequestKind::Chat(chat), Answer::Block, &["read", "block"]),
            (
                RequestKind::Both(chat),
                Answer::Accept,
                &["approve", "accept"],
            ),
            (RequestKind::Both(chat), Answer::Refuse, &["deny", "read"]),
            (
                RequestKind::Both(chat),
                Answer::Block,
                &["deny", "read", "block"],
            ),
        ] {
            assert_eq!(names(kind, answer), commands, "{kind:?} {answer:?}");
        }
    }
}
