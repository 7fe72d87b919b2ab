//! Pages of the gallery: the console.

use gtk::prelude::*;
use relm4::prelude::*;

use super::Console;
use crate::{
    model::AccountId,
    ui::gallery::{Page, handle, keep},
    worker::{Handle, console::Way},
};

/// All pages of the console.
pub(crate) const PAGES: &[Page] = &[
    Page {
        name: "console",
        open: || {
            let handle = handle();
            // Kept only while somebody reads.
            let reader = handle.console(ACCOUNT);
            fill(&handle);
            let window = console(&handle);
            drop(reader);
            window
        },
    },
    Page {
        name: "console-empty",
        open: || console(&handle()),
    },
    Page {
        name: "console-wrong",
        open: || {
            let handle = handle();
            let reader = handle.console(ACCOUNT);
            fill(&handle);
            let made = make(&handle);
            drop(reader);
            made.model()
                .typed
                .set_text("<iq type='get' id='1'><query></iq>");
            keep(made)
        },
    },
];

const ACCOUNT: AccountId = AccountId(1);

fn make(handle: &Handle) -> Controller<Console> {
    let address = "alice@example.org".to_owned();
    Console::builder()
        .launch((handle.clone(), ACCOUNT, address))
        .detach()
}

fn console(handle: &Handle) -> gtk::Window {
    let window = keep(make(handle));
    window.set_default_size(720, 640);
    window
}

fn fill(handle: &Handle) {
    for (way, xml) in [
        (
            Way::Received,
            "<success xmlns='urn:xmpp:sasl:2'><authorization-identifier>alice@example.org/desk</authorization-identifier><token xmlns='urn:xmpp:fast:0' token='abc' expiry='2027-01-01T00:00:00Z'/></success>",
        ),
        (
            Way::Sent,
            "<iq xmlns='jabber:client' type='get' id='r1'><query xmlns='jabber:iq:roster' ver='14'/></iq>",
        ),
        (
            Way::Received,
            "<iq xmlns='jabber:client' type='result' id='r1' to='alice@example.org/desk'/>",
        ),
        (
            Way::Sent,
            "<presence xmlns='jabber:client'><show>away</show><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='https://tessera.im' ver='QgayPKawpkPSDYmwT/WM94uAlu0='/></presence>",
        ),
        (
            Way::Received,
            "<message xmlns='jabber:client' from='bob@example.org/phone' to='alice@example.org' type='chat' id='m1'><body>did you &lt;b&gt;get&lt;/b&gt; the file?</body><request xmlns='urn:xmpp:receipts'/><stanza-id xmlns='urn:xmpp:sid:0' by='alice@example.org' id='1790'/></message>",
        ),
        (
            Way::Sent,
            "<message xmlns='jabber:client' to='bob@example.org/phone' type='chat'><received xmlns='urn:xmpp:receipts' id='m1'/></message>",
        ),
    ] {
        handle.pretend_stanza(ACCOUNT, way, xml);
    }
}
