//! The history of an account: progress, stop and go on, and what is forgotten.

use adw::prelude::*;
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, SyncState, Timestamp},
    store::Store,
    ui::{account::history::HistoryGroup, gallery::sample},
    worker::Handle,
};

use crate::{
    script::{close_all, question},
    stage::{Notebook, by_name, prepare, settle, wait},
};

const ALICE: AccountId = AccountId(1);
const DAY: i64 = 86_400_000;

/// The history of Alice in a window.
struct Scene {
    group: Controller<HistoryGroup>,
    handle: Handle,
    store: Store,
    notebook: Notebook,
    window: adw::Window,
}

impl Scene {
    fn new() -> Self {
        prepare();
        let (store, ()) = sample::store(|txn| {
            let account = sample::account(txn, "alice@example.org")?;
            let bob = sample::chat(txn, account, "bob@example.org")?;
            let now = Timestamp::now();
            for day in [400, 40, 31, 2] {
                sample::hears(txn, bob, "hi", now.plus_millis(-day * DAY))?;
            }
            Ok(())
        });
        let notebook = Notebook::default();
        let handle = notebook.handle(&store);
        let group = HistoryGroup::builder()
            .launch((handle.clone(), ALICE))
            .detach();
        let window = adw::Window::builder().content(group.widget()).build();
        window.present();
        let scene = Self {
            group,
            handle,
            store,
            notebook,
            window,
        };
        wait("the history", || scene.forget().is_sensitive());
        settle();
        scene
    }

    fn text(&self) -> String {
        let row: adw::ActionRow = by_name(self.group.widget(), "history");
        row.subtitle().map(String::from).unwrap_or_default()
    }

    fn button(&self) -> gtk::Button {
        by_name(self.group.widget(), "history-button")
    }

    fn forget(&self) -> adw::ComboRow {
        by_name(self.group.widget(), "forget")
    }

    fn chosen(&self) -> String {
        let item = self.forget().selected_item();
        let item = item.and_downcast::<gtk::StringObject>();
        item.map(|item| item.string().into()).unwrap_or_default()
    }

    fn chooses(&self, name: &str) {
        let forget = self.forget();
        let model = forget.model().unwrap();
        let place = (0..model.n_items()).find(|at| {
            let item = model.item(*at).and_downcast::<gtk::StringObject>();
            item.is_some_and(|item| item.string() == name)
        });
        forget.set_selected(place.unwrap());
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        self.window.destroy();
        close_all();
    }
}

#[gtk::test]
fn progress_is_shown_and_can_be_stopped_and_gone_on_with() {
    let scene = Scene::new();
    let bar: gtk::ProgressBar = scene
        .button()
        .next_sibling()
        .and_downcast()
        .expect("a bar below the button");
    assert!(!bar.is_visible());
    let filling = SyncState::Filling {
        fetched: 100,
        reached: Some(Timestamp(1_700_000_000_000)),
        missing: Some(300),
    };
    scene.handle.live().set_sync(ALICE, filling);
    scene.handle.pretend(Event::Sync(ALICE));
    wait("how far it is", || {
        scene
            .text()
            .starts_with("100 older messages fetched so far.")
            && scene.text().ends_with("About 300 are still missing.")
    });
    assert!(bar.is_visible() && (bar.fraction() - 0.25).abs() < 0.01);
    assert_eq!(scene.button().label().as_deref(), Some("Stop"));
    scene.button().emit_clicked();
    wait("that it is stopped", || {
        scene
            .notebook
            .has("FetchHistory { account: AccountId(1), on: false }")
    });
    scene
        .store
        .write(|txn| txn.set_history_paused(ALICE, true))
        .unwrap();
    scene.handle.live().set_sync(ALICE, SyncState::Idle);
    scene.handle.pretend(Event::Sync(ALICE));
    wait("that it says so", || {
        scene.text().starts_with("You have stopped")
    });
    wait("the other button", || {
        scene.button().label().as_deref() == Some("Go On")
    });
    scene.button().emit_clicked();
    wait("that it goes on", || {
        scene
            .notebook
            .has("FetchHistory { account: AccountId(1), on: true }")
    });
}

#[gtk::test]
fn nothing_is_forgotten_before_the_person_knows_what() {
    let scene = Scene::new();
    assert_eq!(scene.chosen(), "Keep for ever");
    scene.chooses("After 30 days");
    let asked = question();
    let body = asked.body();
    assert!(
        body.starts_with("3 messages of \u{2068}alice@example.org\u{2069} from before "),
        "{body}"
    );
    assert_eq!(asked.default_response().as_deref(), Some("cancel"));
    asked.response("cancel");
    wait("what it was", || scene.chosen() == "Keep for ever");
    assert!(!scene.notebook.has("ForgetAfter"));
    asked.destroy();
    settle();
    scene.chooses("After 7 days");
    let asked = question();
    asked.response("forget");
    wait("that it is asked for", || {
        scene
            .notebook
            .has("ForgetAfter { account: AccountId(1), days: Some(7) }")
    });
    asked.destroy();
    scene
        .store
        .write(|txn| txn.set_forget_after(ALICE, Some(7)))
        .unwrap();
    scene.handle.pretend(Event::Accounts);
    wait("that it is shown", || scene.chosen() == "After 7 days");
    // To keep everything deletes nothing, and needs no question.
    scene.chooses("Keep for ever");
    wait("that it is asked for", || scene.notebook.has("days: None"));
}
