//! XEP-0077 inside a session: another password, and the end of the account.
//! Making an account happens on a stream of its own, before any session.

use std::collections::BTreeMap;

use minidom::Element;
use xmpp_parsers::{jid::Jid, ns};

use super::{Cx, Effect, Extension, Handled, QueryId, Reply, text};
use crate::{
    command::{AccountCommand, Command},
    model::{FailureKind, RequestId, Secret},
    store::StoreError,
};

/// Its name as owner of queries.
const XEP: &str = "XEP-0077";

/// Changes the password, or deletes the account.
#[derive(Debug, Default)]
pub struct Registration {
    open: BTreeMap<QueryId, (RequestId, Asked)>,
}

#[derive(Debug)]
enum Asked {
    Password(Secret),
    Deletion,
}

impl Extension for Registration {
    fn xep(&self) -> &'static str {
        XEP
    }

    fn command(
        &mut self,
        cx: &mut Cx<'_, '_>,
        command: &Command,
        request: RequestId,
    ) -> Result<Handled, StoreError> {
        if let Command::Account(AccountCommand::ChangePassword { account, password }) = command
            && *account == cx.account.id
        {
            if cx.is_online_for(request) {
                self.change_password(cx, password, request);
            }
            return Ok(Handled::Yes);
        }
        if let Command::Account(AccountCommand::Remove { account, on_server }) = command
            && *account == cx.account.id
            && *on_server
        {
            if cx.is_online_for(request) {
                let remove = Element::bare("remove", ns::REGISTER);
                let query = cx.set(XEP, None, query(vec![remove]));
                self.open.insert(query, (request, Asked::Deletion));
            }
            return Ok(Handled::Yes);
        }
        Ok(Handled::No)
    }

    fn reply(
        &mut self,
        cx: &mut Cx<'_, '_>,
        query: QueryId,
        reply: Reply,
    ) -> Result<(), StoreError> {
        let Some((request, asked)) = self.open.remove(&query) else {
            return Ok(());
        };
        let outcome = reply.into_result().map(|_| ());
        if outcome.is_ok() {
            cx.effects.push(match asked {
                Asked::Password(password) => Effect::KeepPassword(password),
                Asked::Deletion => Effect::AccountDeleted,
            });
        }
        cx.finish(request, outcome);
        Ok(())
    }
}

impl Registration {
    fn change_password(&mut self, cx: &mut Cx<'_, '_>, password: &Secret, request: RequestId) {
        // An empty password would be kept here and not there (section 3.3).
        let usable = !password.is_empty() && text::is_sendable(password.reveal());
        let (true, Some(username)) = (usable, cx.account.jid.node()) else {
            cx.finish(request, Err(FailureKind::BadInput.into()));
            return;
        };
        let leaf = |name, text: &str| Element::builder(name, ns::REGISTER).append(text).build();
        let fields = vec![
            leaf("username", username.as_str()),
            leaf("password", password.reveal()),
        ];
        let server = Jid::from(cx.account.jid.domain().to_owned());
        let query = cx.set(XEP, Some(server), query(fields));
        self.open
            .insert(query, (request, Asked::Password(password.clone())));
    }
}

fn query(fields: Vec<Element>) -> Element {
    Element::builder("query", ns::REGISTER)
        .append_all(fields)
        .build()
}

#[cfg(test)]
mod tests;
