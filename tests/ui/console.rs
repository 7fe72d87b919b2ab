//! The console of an account, opened from its page.

use gtk::prelude::*;
use relm4::prelude::*;
use tessera::{
    model::AccountId,
    ui::{account::account_page::AccountPage, gallery::sample},
    worker::{Handle, console::Way},
};

use crate::{
    script::{close_all, says, window_with},
    stage::{Notebook, all, by_name, prepare, settle, wait},
};

const ALICE: AccountId = AccountId(1);

/// The console of Alice, opened as a person does.
fn open() -> (gtk::Window, Handle, Notebook) {
    prepare();
    let (store, ()) = sample::store(|txn| sample::account(txn, "alice@example.org").map(drop));
    let notebook = Notebook::default();
    let handle = notebook.handle(&store);
    let page = AccountPage::builder()
        .launch((handle.clone(), ALICE))
        .detach();
    let window = adw::Window::builder().content(page.widget()).build();
    window.present();
    let row: adw::ActionRow = by_name(&window, "console");
    wait("the account", || row.is_sensitive());
    row.emit_by_name::<()>("activated", &[]);
    let console = window_with("console-lines");
    window.destroy();
    settle();
    (console, handle, notebook)
}

fn shown(console: &gtk::Window) -> Vec<String> {
    all::<gtk::Label>(console)
        .iter()
        .filter(|label| label.has_css_class("console-xml") && label.is_mapped())
        .map(|label| label.label().into())
        .collect()
}

fn body(n: usize) -> String {
    format!("<message xmlns='jabber:client' id='{n}'><body>\u{202e}hi &lt;b&gt;</body></message>")
}

#[gtk::test]
fn what_goes_over_the_stream_is_shown_filtered_and_held_back() {
    let (console, handle, _) = open();
    assert!(says(&console, "nothing").contains("without passwords"));
    handle.pretend_stanza(ALICE, Way::Received, &body(1));
    handle.pretend_stanza(
        ALICE,
        Way::Sent,
        "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGFsaWNlAHNlY3JldA==</auth>",
    );
    wait("both", || shown(&console).len() == 2);
    // Nothing is markup, nothing turns the text, and the password is not there.
    assert!(shown(&console)[0].contains("\n  <body>\u{fffd}hi &lt;b&gt;</body>\n"));
    assert!(!shown(&console)[1].contains("AGFsaWNl"));
    let filter: gtk::SearchEntry = by_name(&console, "filter");
    filter.set_text("HI &");
    wait("the one with this text", || shown(&console).len() == 1);
    filter.set_text("");
    wait("both again", || shown(&console).len() == 2);
    let way: gtk::DropDown = by_name(&console, "way");
    way.set_selected(2);
    wait("the one that was sent", || shown(&console).len() == 1);
    way.set_selected(0);
    let kind: gtk::DropDown = by_name(&console, "kind");
    kind.set_selected(2);
    wait("no presence", || !says(&console, "nothing").is_empty());
    kind.set_selected(0);
    let pause: gtk::ToggleButton = by_name(&console, "pause");
    pause.set_active(true);
    handle.pretend_stanza(ALICE, Way::Received, &body(2));
    wait("that it waits", || {
        says(&console, "waiting") == "Paused; 1 stanza waits"
    });
    assert_eq!(shown(&console).len(), 2);
    pause.set_active(false);
    wait("all three", || shown(&console).len() == 3);
    by_name::<gtk::Button>(&console, "copy").emit_clicked();
    let clipboard = console.clipboard();
    let copied = std::rc::Rc::<std::cell::RefCell<String>>::default();
    clipboard.read_text_async(gtk::gio::Cancellable::NONE, {
        let copied = copied.clone();
        move |text| *copied.borrow_mut() = text.ok().flatten().unwrap_or_default().into()
    });
    wait("the copy", || {
        copied.borrow().matches("<message").count() == 2
    });
    by_name::<gtk::Button>(&console, "clear").emit_clicked();
    wait("nothing", || shown(&console).is_empty());
    close_all();
}

#[gtk::test]
fn a_flood_stays_bounded_and_the_newest_is_seen() {
    let (console, handle, _) = open();
    let list: gtk::ListView = by_name(&console, "console-lines");
    for round in 0..30 {
        for n in 0..50 {
            handle.pretend_stanza(ALICE, Way::Received, &body(round * 50 + n));
        }
        settle();
    }
    let rows = || list.model().map_or(0, |model| model.n_items());
    wait("as many as are held", || rows() == 1000);
    wait("the newest", || {
        shown(&console)
            .last()
            .is_some_and(|xml| xml.contains("id='1499'") || xml.contains("id=\"1499\""))
    });
    close_all();
}

#[gtk::test]
fn only_a_stanza_can_be_sent() {
    let (console, _, notebook) = open();
    let typed: gtk::TextView = by_name(&console, "stanza");
    let send: gtk::Button = by_name(&console, "send");
    assert!(!send.is_sensitive());
    for (wrong, words) in [
        ("<iq", "This is no well-formed XML"),
        ("<message/><message/>", "Only exactly one"),
        ("<stream:features xmlns:stream='x'/>", "Only exactly one"),
        ("</typed></stream:stream>", "Only exactly one"),
    ] {
        typed.buffer().set_text(wrong);
        wait(wrong, || says(&console, "wrong").starts_with(words));
        assert!(!send.is_sensitive(), "{wrong}");
    }
    typed
        .buffer()
        .set_text("<iq type='get' id='v'><query xmlns='jabber:iq:version'/></iq>");
    wait("that it can be sent", || send.is_sensitive());
    assert_eq!(says(&console, "wrong"), "");
    send.emit_clicked();
    wait("that it is sent", || notebook.has("SendTyped"));
    wait("an empty field", || {
        let buffer = typed.buffer();
        buffer.char_count() == 0
    });
    assert!(!notebook.has("jabber:iq:version"), "it is printed nowhere");
    close_all();
}
