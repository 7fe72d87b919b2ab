//! The sidebar: what stands where, and what happens to it.

use adw::prelude::*;
use gtk::{gdk, glib};
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, ConnectionState, FailureKind, Settings, Show, Timestamp},
    store::Store,
    ui::{
        gallery::sample,
        sidebar::{Input, Output, Page, Sidebar},
    },
    worker::Handle,
};

use crate::message_menu::{answer, entries};
use crate::stage::{Notebook, all, button, by_name, prepare, settle, texts, wait};

/// A sidebar in a window of its own, over the made-up chats of Alice.
struct Scene {
    sidebar: Controller<Sidebar>,
    window: gtk::Window,
    handle: Handle,
    store: Store,
    notebook: Notebook,
    outputs: std::rc::Rc<std::cell::RefCell<Vec<String>>>,
}

impl Scene {
    fn new(page: Page) -> Self {
        prepare();
        let notebook = Notebook::default();
        let mut kept = None;
        let handle = sample::alice_with(|store| {
            kept = Some(store.clone());
            notebook.handle(store)
        });
        Self::over(handle, kept.unwrap(), notebook, page)
    }

    fn over(handle: Handle, store: Store, notebook: Notebook, page: Page) -> Self {
        let outputs = std::rc::Rc::<std::cell::RefCell<Vec<String>>>::default();
        let heard = outputs.clone();
        let sidebar =
            Sidebar::builder()
                .launch(handle.clone())
                .connect_receiver(move |_, output: Output| {
                    heard.borrow_mut().push(format!("{output:?}"));
                });
        let window = gtk::Window::builder()
            .child(sidebar.widget())
            .default_width(320)
            .default_height(900)
            .build();
        sidebar.emit(Input::Show(page));
        window.present();
        Self {
            sidebar,
            window,
            handle,
            store,
            notebook,
            outputs,
        }
    }

    fn names(&self) -> Vec<String> {
        texts(self.sidebar.widget(), "row-name")
    }

    #[track_caller]
    fn sees(&self, names: &[&str]) {
        wait(&format!("{names:?}"), || self.names() == names);
    }

    fn hears(&self, event: Event) {
        self.sidebar.emit(Input::News(vec![event].into()));
    }

    fn types(&self, text: &str) {
        by_name::<gtk::SearchEntry>(self.sidebar.widget(), "search").set_text(text);
    }

    /// Presses the row at a place of the list that is shown.
    fn activates(&self, position: u32) {
        let list = all::<gtk::ListView>(self.sidebar.widget())
            .into_iter()
            .find(|list| list.is_mapped())
            .expect("a list is shown");
        list.emit_by_name::<()>("activate", &[&position]);
    }

    fn has_told(&self, words: &str) -> bool {
        self.outputs
            .borrow()
            .iter()
            .any(|output| output.contains(words))
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.window.destroy();
        settle();
    }
}

const CHATS: [&str; 5] = ["Dana Ó Briain", "Bob", "Carol", "Erik Sörensen", "فاطمة"];

#[gtk::test]
fn chats_stand_in_their_order_with_what_is_new() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let details = texts(scene.sidebar.widget(), "row-detail");
    assert!(details[1].contains("waves"), "{details:?}");
    assert!(details[2].starts_with("Draft: "), "{details:?}");
    assert!(details[3].starts_with("Not sent: "), "{details:?}");
    assert_eq!(texts(scene.sidebar.widget(), "unread-badge"), ["1", "2"]);
    wait("only what is not muted counts", || {
        scene.has_told("Unread(2)")
    });
}

#[gtk::test]
fn a_new_message_brings_its_chat_up_but_not_over_pinned_ones() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let erik = scene
        .handle
        .reader()
        .conversation_with(AccountId(1), &sample::jid("erik@example.net"))
        .unwrap()
        .unwrap();
    scene
        .store
        .write(|txn| sample::hears(txn, erik, "back again", Timestamp::now()))
        .unwrap();
    scene.hears(Event::Messages {
        conversation: erik,
        changed: vec![],
    });
    scene.sees(&["Dana Ó Briain", "Erik Sörensen", "Bob", "Carol", "فاطمة"]);
}

#[gtk::test]
fn typing_is_told_and_ends() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let bob = scene
        .handle
        .reader()
        .conversation_with(AccountId(1), &sample::jid("bob@example.org"))
        .unwrap()
        .unwrap();
    let detail = || texts(scene.sidebar.widget(), "row-detail")[1].clone();
    scene.handle.live().set_typing(bob, true);
    scene.hears(Event::Typing(bob));
    wait("typing", || detail() == "typing…");
    scene.handle.live().set_typing(bob, false);
    scene.hears(Event::Typing(bob));
    wait("no typing", || detail().contains("waves"));
}

#[gtk::test]
fn searching_finds_chats_then_contacts_then_offers_the_address() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    scene.types("example.com");
    scene.sees(&["فاطمة", "Grace", "heidi@example.com"]);
    scene.types("new@example.com");
    scene.sees(&["Start a chat with new@example.com"]);
    scene.activates(0);
    wait("the offer was taken", || {
        scene.has_told("OpenWith(AccountId(1), BareJid(\"new@example.com\"))")
    });
    scene.sees(&CHATS);
    scene.types("nobody at all");
    wait("nobody", || scene.names().is_empty());
}

#[gtk::test]
fn a_press_on_a_chat_opens_it() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    scene.activates(0);
    wait("opened", || scene.has_told("Open(ConversationId("));
}

#[gtk::test]
fn groups_fold_and_that_is_kept() {
    let scene = Scene::new(Page::Contacts);
    let all = [
        "Climbing",
        "فاطمة",
        "Carol",
        "Erik Sörensen",
        "Work",
        "Bob",
        "Carol",
        "Dana Ó Briain",
        "Not in a group",
        "Grace",
    ];
    wait("all contacts", || {
        scene.names().starts_with(&all.map(String::from))
    });
    scene.activates(4);
    wait("Work is folded", || {
        scene.names()[4..6] == ["Work".to_owned(), "Not in a group".to_owned()]
    });
    assert!(scene.notebook.has("sidebar.folded-groups"));
    assert!(
        scene.notebook.has("[\\\"Work\\\"]"),
        "{:?}",
        scene.notebook.commands()
    );
    scene.activates(4);
    wait("unfolded again", || {
        scene.names().starts_with(&all.map(String::from))
    });
}

#[gtk::test]
fn presence_moves_people() {
    let scene = Scene::new(Page::Contacts);
    wait("Erik is last", || {
        scene
            .names()
            .get(3)
            .is_some_and(|name| name == "Erik Sörensen")
    });
    sample::present(
        &scene.handle,
        AccountId(1),
        "erik@example.net",
        Show::Chat,
        "hello",
    );
    scene.hears(Event::Presence {
        account: AccountId(1),
        changed: vec![sample::jid("erik@example.net")],
    });
    wait("Erik is first", || scene.names()[1] == "Erik Sörensen");
    assert_eq!(texts(scene.sidebar.widget(), "row-time")[0], "3/3");
}

#[gtk::test]
fn only_those_who_are_online() {
    let scene = Scene::new(Page::Contacts);
    wait("Erik is there", || {
        scene.names().contains(&"Erik Sörensen".into())
    });
    let settings = Settings {
        online_only: true,
        ..Settings::default()
    };
    scene
        .store
        .write(|txn| txn.set_settings(&settings))
        .unwrap();
    scene.hears(Event::Settings);
    wait("Erik is not", || {
        !scene.names().contains(&"Erik Sörensen".into())
    });
    assert!(scene.names().contains(&"Carol".into()));
}

#[gtk::test]
fn a_contact_who_is_renamed_moves() {
    let scene = Scene::new(Page::Contacts);
    wait("Grace is there", || scene.names().contains(&"Grace".into()));
    scene
        .store
        .write(|txn| sample::contact(txn, AccountId(1), "grace@example.com", "Zoe", &["Work"]))
        .unwrap();
    scene.hears(Event::Roster {
        account: AccountId(1),
        changed: vec![sample::jid("grace@example.com")],
    });
    wait("Zoe is at work", || {
        let names = scene.names();
        let place = |name: &str| names.iter().position(|n| n == name);
        place("Zoe") > place("Work") && place("Zoe") < place("Not in a group")
    });
}

#[gtk::test]
fn thousands_of_contacts_are_all_there() {
    prepare();
    let notebook = Notebook::default();
    let handle = sample::crowd(5000);
    let (store, ()) = sample::store(|_| Ok(()));
    let scene = Scene::over(handle, store, notebook, Page::Contacts);
    wait("all rows", || {
        all::<gtk::ListView>(scene.sidebar.widget())
            .iter()
            .any(|list| list.model().is_some_and(|model| model.n_items() == 5020))
    });
    scene.types("person04711");
    scene.sees(&["Group 11", "Person 4711"]);
}

#[gtk::test]
fn strangers_wait_until_they_are_answered() {
    let scene = Scene::new(Page::Chats);
    let row: gtk::Button = by_name(scene.sidebar.widget(), "strangers-row");
    wait("three wait", || row.is_visible());
    row.emit_clicked();
    let inbox: gtk::Box = by_name(scene.sidebar.widget(), "strangers");
    wait("the inbox is shown", || inbox.is_mapped());
    let mallory: gtk::Widget = by_name(&inbox, "stranger-mallory@example.com");
    let labels: Vec<String> = all::<gtk::Label>(&mallory)
        .iter()
        .map(|label| label.label().into())
        .collect();
    assert_eq!(
        labels[0], "mallory@example.com",
        "never the name they gave themselves"
    );
    assert!(labels.iter().all(|label| !label.contains('\u{202e}')));
    assert_eq!(
        scene.notebook.commands(),
        [""; 0],
        "nothing was fetched to show them"
    );
    button(&mallory, "Refuse").emit_clicked();
    wait("refused", || scene.notebook.has("Deny"));
    let olga: gtk::Widget = by_name(&inbox, "stranger-olga@example.com");
    button(&olga, "Accept").emit_clicked();
    wait("accepted", || scene.notebook.has("AcceptStranger"));
    wait("her chat is opened", || {
        scene.has_told("Open(ConversationId(")
    });
    assert!(!scene.notebook.has("FetchProfile"));
}

#[gtk::test]
fn a_stopped_account_asks_for_its_person() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let stopped = ConnectionState::Stopped(FailureKind::WrongPassword.into());
    scene.handle.live().set_connection(AccountId(1), stopped);
    scene.hears(Event::Connection(AccountId(1)));
    let fix: gtk::Button = by_name(scene.sidebar.widget(), "fix-problem");
    wait("the banner is there", || fix.is_mapped());
    fix.emit_clicked();
    wait("the dialog is wanted", || {
        scene.has_told("Fix(AccountId(1))")
    });
}

#[gtk::test]
fn the_account_menu_tells_how_long_it_waits_and_tries_at_once() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let waiting = ConnectionState::Waiting {
        until: Timestamp::now().plus_millis(100_000),
        failure: FailureKind::Timeout.into(),
    };
    scene.handle.live().set_connection(AccountId(1), waiting);
    scene.hears(Event::Connection(AccountId(1)));
    let menu: gtk::MenuButton = by_name(scene.sidebar.widget(), "account-menu");
    menu.popup();
    let popover = menu.popover().unwrap();
    wait("the countdown", || {
        all::<gtk::Label>(&popover)
            .iter()
            .any(|label| label.label().contains("Trying again in "))
    });
    button(&popover, "Try Now").emit_clicked();
    wait("tried", || scene.notebook.has("Connect(AccountId(1))"));
    menu.popdown();
}

#[gtk::test]
fn every_button_without_text_has_a_name() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    for button in all::<gtk::MenuButton>(scene.sidebar.widget()) {
        assert!(button.tooltip_text().is_some(), "{}", button.widget_name());
    }
}

impl Scene {
    /// Opens the menu of the row with this name by the keyboard; what it offers, and the menu.
    fn menu_of(&self, name: &str) -> (Vec<String>, gtk::PopoverMenu) {
        let list = all::<gtk::ListView>(self.sidebar.widget())
            .into_iter()
            .find(|list| list.is_mapped())
            .unwrap();
        let row = all::<gtk::Label>(&list)
            .into_iter()
            .find(|label| label.has_css_class("row-name") && label.label() == name)
            .and_then(|label| label.ancestor(glib::Type::from_name("GtkListItemWidget")?))
            .unwrap();
        assert!(row.grab_focus());
        press_menu_key(&list);
        settle();
        let menu = all::<gtk::PopoverMenu>(&list).pop().unwrap();
        (entries(&menu), menu)
    }

    fn choose(&self, name: &str, entry: &str) {
        let (offered, menu) = self.menu_of(name);
        let place = offered.iter().position(|offered| offered == entry);
        let place = place.unwrap_or_else(|| panic!("{entry} is not among {offered:?}"));
        menu.activate_action(&format!("row.entry-{place}"), None)
            .unwrap();
        menu.popdown();
        settle();
    }
}

#[gtk::test]
fn chats_are_put_away_found_and_put_back() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    let bob = scene
        .handle
        .reader()
        .conversation_with(AccountId(1), &sample::jid("bob@example.org"))
        .unwrap()
        .unwrap();
    let show: gtk::Button = by_name(scene.sidebar.widget(), "show-away");
    assert!(!show.is_mapped(), "there is nothing to show");
    scene.choose("Bob", "Put Away");
    wait("the order", || {
        scene.notebook.has(&format!("Archive({bob:?})")) && scene.has_told("Closed")
    });
    scene
        .store
        .write(|txn| txn.archive_conversation(bob))
        .unwrap();
    scene.hears(Event::Conversations(vec![bob]));
    scene.sees(&["Dana Ó Briain", "Carol", "Erik Sörensen", "فاطمة"]);
    wait("the way there", || show.is_mapped());
    show.emit_clicked();
    scene.sees(&["Bob"]);
    let (offered, menu) = scene.menu_of("Bob");
    assert!(!offered.contains(&"Put Away".to_owned()), "{offered:?}");
    menu.popdown();
    settle();
    scene.choose("Bob", "Put Back");
    wait("the order", || scene.notebook.has("Open { account"));
    by_name::<gtk::Button>(scene.sidebar.widget(), "leave-away").emit_clicked();
    scene.sees(&["Dana Ó Briain", "Carol", "Erik Sörensen", "فاطمة"]);
    // Who searches finds it, too.
    scene.types("bob@");
    wait("that it is found", || {
        scene.names().contains(&"Bob".to_owned())
    });
}

#[gtk::test]
fn a_chat_is_marked_as_unread_and_deleted_after_a_question() {
    let scene = Scene::new(Page::Chats);
    scene.sees(&CHATS);
    scene.choose("Erik Sörensen", "Mark as Unread");
    wait("the order", || scene.notebook.has("MarkUnread"));
    scene.choose("Erik Sörensen", "Delete Chat…");
    let question = || {
        gtk::Window::list_toplevels()
            .into_iter()
            .filter_map(|window| window.downcast::<adw::MessageDialog>().ok())
            .find(|dialog| dialog.is_visible())
    };
    wait("the question", || question().is_some());
    assert!(
        question()
            .unwrap()
            .body()
            .contains("removed from this device")
    );
    answer("yes");
    wait("the order", || {
        scene.notebook.has("Delete(") && scene.has_told("Closed")
    });
}

/// Hands the menu key to the controllers of a list, as GTK does; GTK 4 cannot make events.
fn press_menu_key(list: &gtk::ListView) {
    use glib::translate::IntoGlib;

    let controllers = list.observe_controllers();
    let none = gdk::ModifierType::empty();
    let is_taken = (0..controllers.n_items())
        .filter_map(|n| {
            controllers
                .item(n)?
                .downcast::<gtk::EventControllerKey>()
                .ok()
        })
        .any(|keys| {
            let key = gdk::Key::Menu.into_glib();
            keys.emit_by_name::<bool>("key-pressed", &[&key, &0u32, &none])
        });
    assert!(is_taken, "the menu key does something");
}
