//! Elements of a server during login: no answer of a server that does not know the password ends in a session.

use tessera::{
    model::{BareJid, Secret},
    xmpp::{
        console::Console,
        stream::{ConnectOptions, probe},
    },
};

use super::stream::elements;

pub(super) fn run(bytes: &[u8]) {
    let options = ConnectOptions {
        jid: BareJid::new("alice@memory.example").expect("an address"),
        resource: "fuzz".into(),
        endpoint: None,
        proxy: None,
        allow_plain: false,
        pin: None,
        strongest: None,
        resume: None,
        token: None,
        device: "d4565fa7-4d72-4749-b3d3-740edbf87770".into(),
        inactive: false,
        console: Console::default(),
    };
    let bound = probe::login(&options, &Secret::new("secret"), elements(bytes));
    assert!(!bound, "a server logged us in without knowing the password");
}
