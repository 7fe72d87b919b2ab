//! A chat in a window of its own, and what tests of it need.

use gtk::{gdk, glib, prelude::*};
use relm4::prelude::*;
use tessera::{
    event::Event,
    model::{AccountId, ConversationId, Delivery, MessageId, Show, Timestamp},
    store::Store,
    ui::{
        conversation::{Conversation, Input},
        gallery::sample,
    },
    worker::Handle,
};

use crate::stage::{Notebook, all, by_name, prepare, settle, wait};

/// The address of Alice's only account.
pub(crate) const ALICE: &str = "alice@example.org";
/// The peer of most chats here.
pub(crate) const BOB: &str = "bob@example.org";

const MINUTE: i64 = 60_000;

/// A chat of Alice in a window.
pub(crate) struct ChatScene {
    pub(crate) conversation: Controller<Conversation>,
    pub(crate) handle: Handle,
    pub(crate) store: Store,
    pub(crate) notebook: Notebook,
    pub(crate) bob: ConversationId,
    window: gtk::Window,
    next: std::cell::Cell<i64>,
}

impl ChatScene {
    /// A chat with Bob that has this many read messages, opened at its end.
    pub(crate) fn with_messages(count: i64) -> Self {
        let scene = Self::made(|scene| {
            let mut last = None;
            for n in 0..count {
                last = Some(scene.store_incoming(&format!("message {n}"), (n - count) * MINUTE));
            }
            if let Some(last) = last {
                scene.write(|txn| txn.mark_read(scene.bob, last));
            }
        });
        scene.open();
        scene
    }

    /// A chat with Bob, filled before it is opened.
    pub(crate) fn made(fill: impl FnOnce(&Self)) -> Self {
        prepare();
        let notebook = Notebook::default();
        let (store, bob) = sample::store(|txn| {
            let account = sample::account(txn, ALICE)?;
            sample::contact(txn, account, BOB, "Bob", &[])?;
            sample::chat(txn, account, BOB)
        });
        let handle = notebook.handle(&store);
        sample::present(&handle, AccountId(1), BOB, Show::Online, "");
        sample::online(&handle, AccountId(1), "alice@example.org/desk");
        let conversation = Conversation::builder().launch(handle.clone()).detach();
        let window = gtk::Window::builder()
            .child(conversation.widget())
            .default_width(640)
            .default_height(600)
            .build();
        window.present();
        wait("the window", || window.is_mapped());
        settle();
        let scene = Self {
            conversation,
            handle,
            store,
            notebook,
            bob,
            window,
            next: std::cell::Cell::new(0),
        };
        fill(&scene);
        scene
    }

    /// Opens the chat with Bob in a window that is in front.
    pub(crate) fn open(&self) {
        self.conversation.emit(Input::WindowActive(true));
        self.conversation.emit(Input::Open(self.bob));
        wait("the composer", || self.text().is_mapped());
        settle();
    }

    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&tessera::store::Txn<'_>) -> Result<T, tessera::store::StoreError>,
    ) -> T {
        self.store.write(work).unwrap()
    }

    fn store_incoming(&self, body: &str, after_now: i64) -> MessageId {
        let at = Timestamp::now().plus_millis(after_now);
        self.write(|txn| sample::hears(txn, self.bob, body, at))
    }

    /// Bob says something, now; the chat is told.
    pub(crate) fn bob_says(&self, body: &str) -> MessageId {
        self.next.set(self.next.get() + 1);
        let id = self.store_incoming(body, self.next.get());
        self.tell_messages(&[id]);
        id
    }

    /// Alice has said something; the chat is told.
    pub(crate) fn alice_said(&self, body: &str, delivery: Delivery) -> MessageId {
        self.next.set(self.next.get() + 1);
        let at = Timestamp::now().plus_millis(self.next.get());
        let id = self.write(|txn| sample::says(txn, self.bob, body, at, delivery));
        self.tell_messages(&[id]);
        id
    }

    pub(crate) fn tell_messages(&self, changed: &[MessageId]) {
        self.tell(vec![
            Event::Messages {
                conversation: self.bob,
                changed: changed.to_vec(),
            },
            Event::Conversations(vec![self.bob]),
        ]);
    }

    pub(crate) fn tell(&self, events: Vec<Event>) {
        self.conversation.emit(Input::News(events.into()));
        settle();
    }

    /// The texts of all bubbles that are alive, in their order.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.labels()
            .iter()
            .map(|label| label.text().into())
            .collect()
    }

    fn labels(&self) -> Vec<gtk::Label> {
        all::<gtk::Label>(&self.list())
            .into_iter()
            .filter(|label| label.widget_name() == "message-body")
            .collect()
    }

    /// Top of the bubble with this text within the view, in pixels.
    pub(crate) fn place_of(&self, body: &str) -> Option<f32> {
        let label = self
            .labels()
            .into_iter()
            .find(|label| label.text() == body)?;
        Some(label.compute_bounds(&self.list())?.y())
    }

    /// The texts of all bubbles that are in view as a whole, in their order.
    pub(crate) fn visible(&self) -> Vec<String> {
        let list = self.list();
        let height = list.height() as f32;
        let is_visible = |label: &gtk::Label| {
            let bounds = label.compute_bounds(&list);
            bounds.is_some_and(|b| b.y() >= 0.0 && b.y() + b.height() <= height)
        };
        let labels = self.labels().into_iter().filter(is_visible);
        labels.map(|label| label.text().into()).collect()
    }

    /// Whether the whole bubble with this text is in view.
    pub(crate) fn sees(&self, body: &str) -> bool {
        self.visible().iter().any(|visible| visible == body)
    }

    pub(crate) fn list(&self) -> gtk::ListView {
        by_name(self.conversation.widget(), "timeline")
    }

    /// Number of rows loaded.
    pub(crate) fn rows(&self) -> u32 {
        self.list().model().map_or(0, |model| model.n_items())
    }

    pub(crate) fn adjustment(&self) -> gtk::Adjustment {
        self.list().vadjustment().unwrap()
    }

    /// The person scrolls to a place.
    pub(crate) fn scroll_to(&self, value: f64) {
        self.adjustment().set_value(value);
        settle();
    }

    /// Waits until this many frames have been drawn.
    pub(crate) fn frames(&self, count: u32) {
        let left = std::rc::Rc::new(std::cell::Cell::new(count));
        let counted = left.clone();
        self.list().add_tick_callback(move |list, _| {
            counted.set(counted.get().saturating_sub(1));
            list.queue_draw();
            if counted.get() == 0 {
                glib::ControlFlow::Break
            } else {
                glib::ControlFlow::Continue
            }
        });
        wait("the next frames", || left.get() == 0);
    }

    /// Whether a widget has the keyboard focus of the window.
    pub(crate) fn has_focus(&self, widget: &impl IsA<gtk::Widget>) -> bool {
        GtkWindowExt::focus(&self.window).as_ref() == Some(widget.as_ref())
    }

    pub(crate) fn is_at_end(&self) -> bool {
        let adjustment = self.adjustment();
        (adjustment.upper() - adjustment.page_size() - adjustment.value()).abs() < 2.0
    }

    pub(crate) fn text(&self) -> gtk::TextView {
        by_name(self.conversation.widget(), "message-text")
    }

    /// What stands in the composer.
    pub(crate) fn typed(&self) -> String {
        let buffer = self.text().buffer();
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, false).into()
    }

    /// The person types.
    pub(crate) fn type_text(&self, text: &str) {
        self.text().buffer().insert_at_cursor(text);
        settle();
    }

    /// The person presses a key in a widget.
    pub(crate) fn press(
        &self,
        widget: &impl IsA<gtk::Widget>,
        key: gdk::Key,
        state: gdk::ModifierType,
    ) {
        press(widget, key, state);
        settle();
    }
}

impl Drop for ChatScene {
    fn drop(&mut self) {
        self.window.destroy();
    }
}

/// Hands a key to the controllers of a widget, as GTK does; GTK 4 cannot make events.
pub(crate) fn press(
    widget: &impl IsA<gtk::Widget>,
    key: gdk::Key,
    state: gdk::ModifierType,
) -> bool {
    use glib::translate::IntoGlib;

    let controllers = widget.observe_controllers();
    (0..controllers.n_items())
        .filter_map(|n| controllers.item(n))
        .filter_map(|controller| controller.downcast::<gtk::EventControllerKey>().ok())
        // Ours see a key before those of GTK itself.
        .filter(|keys| keys.propagation_phase() == gtk::PropagationPhase::Capture)
        .any(|keys| keys.emit_by_name::<bool>("key-pressed", &[&key.into_glib(), &0u32, &state]))
}
