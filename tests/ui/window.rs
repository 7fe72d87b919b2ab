//! The main window: first run, columns, actions and links.

use gtk::prelude::*;
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, ConversationId},
    store::Store,
    ui::{
        app::{App, Input, Start},
        gallery::sample,
    },
    worker::Handle,
};

use crate::stage::{Notebook, by_name, prepare, settle, texts, wait};

struct Scene {
    app: Controller<App>,
    handle: Handle,
    store: Store,
    notebook: Notebook,
}

impl Scene {
    fn alice() -> Self {
        prepare();
        let notebook = Notebook::default();
        let mut kept = None;
        let handle = sample::alice_with(|store| {
            kept = Some(store.clone());
            notebook.handle(store)
        });
        Self::over(handle, kept.unwrap(), notebook)
    }

    fn over(handle: Handle, store: Store, notebook: Notebook) -> Self {
        let start = Start::read(handle.clone()).unwrap();
        let app = App::builder().launch(start).detach();
        app.widget().present();
        wait("the window", || app.widget().is_mapped());
        Self {
            app,
            handle,
            store,
            notebook,
        }
    }

    fn chat_with(&self, peer: &str) -> ConversationId {
        self.handle
            .reader()
            .conversation_with(AccountId(1), &sample::jid(peer))
            .unwrap()
            .unwrap()
    }

    /// The name of the row that stands out as the current chat.
    fn current(&self) -> Option<String> {
        let sidebar: gtk::Box = by_name(self.app.widget(), "sidebar");
        let rows = crate::stage::all::<gtk::Widget>(&sidebar);
        let current = rows.iter().find(|row| row.has_css_class("current"))?;
        texts(current, "row-name").first().cloned()
    }

    fn does(&self, action: &str) {
        WidgetExt::activate_action(self.app.widget(), action, None).unwrap();
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.app.widget().destroy();
        settle();
    }
}

#[gtk::test]
fn without_an_account_the_first_run_welcomes_and_ends_when_there_is_one() {
    prepare();
    let (store, ()) = sample::store(|_| Ok(()));
    let notebook = Notebook::default();
    let scene = Scene::over(notebook.handle(&store), store, notebook);
    let log_in: gtk::Button = by_name(scene.app.widget(), "welcome-log-in");
    wait("the welcome page", || log_in.is_mapped());
    log_in.emit_clicked();
    let back: gtk::Button = by_name(scene.app.widget(), "first-run-back");
    wait("the log in form", || {
        back.is_mapped() && !log_in.is_mapped()
    });
    back.grab_focus();
    back.emit_clicked();
    wait(
        "the welcome page again, with the focus where it was",
        || log_in.is_mapped() && log_in.has_focus(),
    );
    let care: gtk::Button = by_name(scene.app.widget(), "welcome-care");
    care.emit_clicked();
    wait("how careful", || back.is_mapped() && !care.is_mapped());
    scene.does("win.back");
    wait("back by Escape", || care.is_mapped() && care.has_focus());
    scene
        .store
        .write(|txn| sample::account(txn, "alice@example.org"))
        .unwrap();
    scene.handle.pretend(Event::Accounts);
    let sidebar: gtk::Box = by_name(scene.app.widget(), "sidebar");
    wait("the chats", || sidebar.is_mapped());
}

#[gtk::test]
fn events_of_the_worker_reach_the_lists() {
    let scene = Scene::alice();
    let sidebar: gtk::Box = by_name(scene.app.widget(), "sidebar");
    wait("Bob is second", || {
        texts(&sidebar, "row-name")
            .get(1)
            .is_some_and(|name| name == "Bob")
    });
    let carol = scene.chat_with("carol@example.org");
    scene
        .store
        .write(|txn| txn.set_pinned(carol, true))
        .unwrap();
    scene.handle.pretend(Event::Conversations(vec![carol]));
    wait("Carol is pinned", || {
        let names = texts(&sidebar, "row-name");
        names.iter().position(|name| name == "Carol") < names.iter().position(|name| name == "Bob")
    });
}

#[gtk::test]
fn keys_go_from_chat_to_chat() {
    let scene = Scene::alice();
    scene
        .app
        .emit(Input::OpenChat(scene.chat_with("bob@example.org")));
    wait("Bob is current", || {
        scene.current().as_deref() == Some("Bob")
    });
    scene.does("win.next-chat");
    wait("Carol is current", || {
        scene.current().as_deref() == Some("Carol")
    });
    scene.does("win.previous-chat");
    wait("Bob is current again", || {
        scene.current().as_deref() == Some("Bob")
    });
    WidgetExt::activate_action(scene.app.widget(), "win.chat", Some(&0_i32.to_variant())).unwrap();
    wait("the first chat", || {
        scene.current().as_deref() == Some("Dana Ó Briain")
    });
    scene.does("win.close-chat");
    wait("closed", || scene.notebook.has("Close(ConversationId("));
    wait("no chat is current", || scene.current().is_none());
}

#[gtk::test]
fn a_link_opens_a_known_chat_and_sends_nothing() {
    let scene = Scene::alice();
    scene.app.emit(Input::OpenUri(
        "xmpp:carol@example.org?message;body=hi".into(),
    ));
    wait("Carol is current", || {
        scene.current().as_deref() == Some("Carol")
    });
    settle();
    assert!(
        !scene.notebook.has("Send"),
        "{:?}",
        scene.notebook.commands()
    );
}

#[gtk::test]
fn a_narrow_window_shows_one_column_at_a_time() {
    let scene = Scene::alice();
    let sidebar: gtk::Box = by_name(scene.app.widget(), "sidebar");
    let conversation: gtk::Box = by_name(scene.app.widget(), "conversation");
    wait("two columns", || {
        sidebar.is_child_visible() && conversation.is_child_visible()
    });
    let (width, height) = scene.app.widget().default_size();
    assert!(width >= 620 && height >= 400);
    scene.app.widget().set_default_size(400, 600);
    wait("one column", || !conversation.is_child_visible());
    assert!(sidebar.is_child_visible());
    scene
        .app
        .emit(Input::OpenChat(scene.chat_with("bob@example.org")));
    wait("the chat", || {
        conversation.is_child_visible() && !sidebar.is_child_visible()
    });
    scene.does("win.back");
    wait("back again", || sidebar.is_child_visible());
}

#[gtk::test]
fn the_window_is_remembered() {
    let scene = Scene::alice();
    let bob = scene.chat_with("bob@example.org");
    scene.app.emit(Input::OpenChat(bob));
    wait("Bob is current", || {
        scene.current().as_deref() == Some("Bob")
    });
    scene.app.widget().close();
    wait("kept", || scene.notebook.has("window.state"));
    let chat = format!("\\\"chat\\\":{}", bob.0);
    assert!(scene.notebook.has(&chat), "{:?}", scene.notebook.commands());
}

#[gtk::test]
fn the_worker_learns_whether_anybody_looks() {
    let scene = Scene::alice();
    wait("seen", || scene.notebook.has("WindowActive(true)"));
    scene.app.widget().set_visible(false);
    wait("hidden", || scene.notebook.has("WindowActive(false)"));
}

#[gtk::test]
fn what_was_just_typed_is_kept_before_the_program_ends() {
    let scene = Scene::alice();
    let bob = scene.chat_with("bob@example.org");
    scene.app.emit(Input::OpenChat(bob));
    let text: gtk::TextView = by_name(scene.app.widget(), "message-text");
    wait("the composer", || text.is_mapped());
    text.buffer().insert_at_cursor("half a sentence");
    scene.app.emit(Input::Quit);
    let app = adw::Application::builder()
        .application_id("im.tessera.Test")
        .flags(gtk::gio::ApplicationFlags::NON_UNIQUE)
        .build();
    let kept = std::rc::Rc::new(std::cell::Cell::new(None));
    let (noted, notebook) = (kept.clone(), scene.notebook.clone());
    app.connect_shutdown(move |_| noted.set(Some(notebook.has("text: \"half a sentence\""))));
    let window = scene.app.widget().clone();
    app.connect_activate(move |app| window.set_application(Some(app)));
    app.run_with_args::<&str>(&[]);
    assert_eq!(kept.get(), Some(true), "kept when the program ended");
}

#[gtk::test]
fn an_opened_chat_takes_the_focus_as_soon_as_it_is_there() {
    let scene = Scene::alice();
    let list: gtk::Widget = by_name(scene.app.widget(), "chats");
    wait("the chats", || list.is_mapped());
    let focused = || GtkWindowExt::focus(scene.app.widget()).map(|w| w.widget_name());
    for peer in ["bob@example.org", "carol@example.org"] {
        scene.does("win.show-chats");
        settle();
        assert_ne!(focused().as_deref(), Some("message-text"));
        scene.app.emit(Input::OpenChat(scene.chat_with(peer)));
        wait("the focus in the composer", || {
            focused().as_deref() == Some("message-text")
        });
    }
}

#[gtk::test]
fn enter_means_what_was_just_typed() {
    let scene = Scene::alice();
    let sidebar: gtk::Box = by_name(scene.app.widget(), "sidebar");
    wait("the chats", || texts(&sidebar, "row-name").len() > 2);
    // No time passes between the last letter and Enter.
    let enter = |entry: &gtk::SearchEntry, typed: &str| {
        entry.set_text(typed);
        entry.emit_by_name::<()>("activate", &[]);
    };
    enter(&by_name(&sidebar, "search"), "carol");
    wait("Carol is current", || scene.current().is_some());
    assert_eq!(scene.current().as_deref(), Some("Carol"));
    scene.does("win.jump");
    let jump = || {
        let windows = gtk::Window::list_toplevels();
        windows.into_iter().find(|w| w.widget_name() == "jump")
    };
    wait("the dialog", || jump().is_some());
    enter(&by_name(&jump().unwrap(), "jump-entry"), "bob");
    wait("another chat", || {
        scene.current().as_deref() != Some("Carol")
    });
    assert_eq!(scene.current().as_deref(), Some("Bob"));
}

#[gtk::test]
fn the_list_of_chats_takes_the_focus_at_the_chat_that_is_shown() {
    let scene = Scene::alice();
    let list: gtk::Widget = by_name(scene.app.widget(), "chats");
    wait("the chats", || list.is_mapped());
    // The name in the row that keys mean.
    let focused = || {
        let focus = GtkWindowExt::focus(scene.app.widget())?;
        texts(&focus, "row-name").first().cloned()
    };
    for (peer, name) in [("carol@example.org", "Carol"), ("bob@example.org", "Bob")] {
        scene.app.emit(Input::OpenChat(scene.chat_with(peer)));
        wait("the chat", || {
            GtkWindowExt::focus(scene.app.widget())
                .is_some_and(|focus| focus.widget_name() == "message-text")
        });
        // A chat that still loads takes the focus once more.
        settle();
        scene.does("win.show-chats");
        wait("its row has the focus", || {
            focused().as_deref() == Some(name)
        });
        scene.does("win.show-contacts");
        wait("its contact has the focus", || {
            focused().as_deref() == Some(name)
        });
    }
}

#[gtk::test]
fn a_chat_far_down_takes_the_focus_in_its_list() {
    prepare();
    let (store, last) = sample::store(|txn| {
        let account = sample::account(txn, "alice@example.org")?;
        let mut last = None;
        for n in 0..500 {
            let peer = format!("p{n}@example.org");
            let chat = sample::chat(txn, account, &peer)?;
            sample::hears(txn, chat, "hi", tessera::model::Timestamp(1_000_000 - n))?;
            last = Some(chat);
        }
        Ok(last.unwrap())
    });
    let notebook = Notebook::default();
    let scene = Scene::over(notebook.handle(&store), store, notebook);
    let list: gtk::Widget = by_name(scene.app.widget(), "chats");
    wait("the chats", || list.is_mapped());
    settle();
    scene.app.emit(Input::OpenChat(last));
    scene.does("win.show-chats");
    wait("the last row has the focus", || {
        GtkWindowExt::focus(scene.app.widget())
            .is_some_and(|focus| texts(&focus, "row-name") == ["p499@example.org"])
    });
}
