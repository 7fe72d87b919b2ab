//! Searching all messages from the sidebar.

use std::{cell::RefCell, rc::Rc};

use gtk::prelude::*;
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{ConversationId, MessageId, Timestamp},
    store::Store,
    ui::{
        gallery::sample,
        sidebar::{Input, Output, Sidebar},
    },
    worker::Handle,
};

use crate::stage::{all, by_name, prepare, settle, texts, wait};

/// A sidebar over two chats with many messages.
struct Scene {
    sidebar: Controller<Sidebar>,
    window: gtk::Window,
    store: Store,
    bob: ConversationId,
    opened: Rc<RefCell<Vec<String>>>,
}

impl Scene {
    fn new(messages: i64) -> Self {
        prepare();
        let (store, bob) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            sample::contact(txn, account, "bob@example.org", "Bob", &[])?;
            sample::contact(txn, account, "carol@example.org", "Carol Rope", &[])?;
            let bob = sample::chat(txn, account, "bob@example.org")?;
            for n in 0..messages {
                let body = format!("rope <b>number</b> {n}");
                sample::hears(txn, bob, &body, Timestamp(n * 60_000))?;
            }
            Ok(bob)
        });
        let handle = Handle::for_gallery(store.clone());
        let opened = Rc::<RefCell<Vec<String>>>::default();
        let heard = opened.clone();
        let sidebar =
            Sidebar::builder()
                .launch(handle)
                .connect_receiver(move |_, output: Output| {
                    if let Output::OpenAt(..) | Output::OpenWith(..) = output {
                        heard.borrow_mut().push(format!("{output:?}"));
                    }
                });
        let window = gtk::Window::builder()
            .child(sidebar.widget())
            .default_width(320)
            .default_height(600)
            .build();
        window.present();
        let scene = Self {
            sidebar,
            window,
            store,
            bob,
            opened,
        };
        wait("the chat", || scene.names() == ["Bob"]);
        scene
    }

    fn entry(&self) -> gtk::SearchEntry {
        by_name(self.sidebar.widget(), "search")
    }

    fn names(&self) -> Vec<String> {
        texts(self.sidebar.widget(), "row-name")
    }

    fn details(&self) -> Vec<String> {
        texts(self.sidebar.widget(), "row-detail")
    }

    fn list(&self) -> gtk::ListView {
        let mut lists = all::<gtk::ListView>(self.sidebar.widget()).into_iter();
        lists.rfind(|list| list.is_mapped()).unwrap()
    }

    fn rows(&self) -> u32 {
        self.list().model().map_or(0, |model| model.n_items())
    }

    fn says(&self) -> String {
        by_name::<gtk::Label>(self.sidebar.widget(), "speaker")
            .label()
            .into()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.window.destroy();
        settle();
    }
}

#[gtk::test]
fn people_and_messages_are_found_as_somebody_types() {
    let scene = Scene::new(3);
    scene.entry().set_text("rop");
    wait("a contact and three messages", || {
        scene.names()[..] == ["Carol Rope", "Messages", "Bob", "Bob", "Bob"]
    });
    // What others wrote is text, and where it is found is marked beside it.
    let found = "\u{2068}rope <b>number</b> 2\u{2069}";
    assert!(scene.details().iter().any(|detail| detail == found));
    let label = all::<gtk::Label>(&scene.list())
        .into_iter()
        .find(|label| label.label() == found)
        .unwrap();
    assert!(!label.uses_markup());
    let marks = label.attributes().unwrap();
    let bold = |at: i32| {
        let mut part = marks.iterator();
        while part.range().1 <= at {
            assert!(part.next_style_change());
        }
        part.get(gtk::pango::AttrType::Weight).is_some()
    };
    assert!(bold(4) && !bold(8), "only what was typed");
    wait("that it is said", || scene.says() == "3 messages found");
    // The newest message is the third row.
    scene.list().emit_by_name::<()>("activate", &[&2u32]);
    let id = scene.store.reader().newest_messages(scene.bob, 1).unwrap()[0].id;
    wait("the place in the chat", || {
        scene.opened.borrow().as_slice() == [format!("{:?}", Output::OpenAt(scene.bob, id))]
    });
    assert_eq!(scene.entry().text(), "rop", "for the next one");
    scene.sidebar.emit(Input::Back);
    wait("all chats again", || scene.names() == ["Bob"]);
}

#[gtk::test]
fn older_pages_come_when_the_end_is_near() {
    let scene = Scene::new(500);
    scene.entry().set_text("number");
    wait("the first pages", || scene.rows() > 20);
    settle();
    let first = scene.rows();
    assert!(first < 150, "not everything at once: {first}");
    assert!(scene.says().ends_with("and older ones"), "{}", scene.says());
    let place = scene.list().vadjustment().unwrap();
    wait("everything, by scrolling", || {
        place.set_value(place.upper());
        // A heading stands above the messages, and nothing below the last one.
        scene.rows() == 501
    });
    wait("that it is said", || scene.says() == "500 messages found");
}

#[gtk::test]
fn what_is_not_there_or_not_understood_is_told() {
    let scene = Scene::new(3);
    scene.entry().set_text("zeppelin");
    wait("words about it", || {
        all::<adw::StatusPage>(scene.sidebar.widget())
            .iter()
            .any(|page| page.title() == "Nothing found" && page.is_mapped())
    });
    scene.entry().set_text("has:wings number");
    wait("what was left out", || {
        scene.details().first().is_some_and(|detail| {
            detail == "Not understood, and left out: \u{2068}has:wings\u{2069}"
        })
    });
    assert_eq!(scene.rows(), 5);
}

#[gtk::test]
fn a_message_that_goes_is_found_no_more() {
    let scene = Scene::new(3);
    scene.entry().set_text("number");
    wait("the messages", || scene.rows() == 4);
    let gone: Vec<MessageId> = {
        let newest = scene.store.reader().newest_messages(scene.bob, 2).unwrap();
        newest.iter().map(|message| message.id).collect()
    };
    let removed = |txn: &tessera::store::Txn<'_>| {
        for id in &gone {
            txn.delete_message(*id)?;
        }
        Ok::<_, tessera::store::StoreError>(())
    };
    scene.store.write(removed).unwrap();
    let news = Event::Messages {
        conversation: scene.bob,
        changed: gone.clone(),
    };
    scene.sidebar.emit(Input::News(vec![news].into()));
    wait("one message less", || scene.rows() == 2);
}

#[gtk::test]
fn the_help_types_for_those_who_press_it() {
    let scene = Scene::new(3);
    scene.entry().set_text("number");
    let help: gtk::MenuButton = by_name(scene.sidebar.widget(), "search-help-button");
    assert_eq!(help.tooltip_text().as_deref(), Some("How to search"));
    help.popup();
    settle();
    let popover = help.popover().unwrap();
    let from = all::<gtk::Label>(&popover)
        .into_iter()
        .find(|label| label.label() == "from:")
        .unwrap();
    let row = from.ancestor(gtk::Button::static_type()).unwrap();
    row.downcast::<gtk::Button>().unwrap().emit_clicked();
    settle();
    assert_eq!(scene.entry().text(), "number from:");
    assert_eq!(scene.entry().position(), 12);
    assert!(!popover.is_visible());
}
