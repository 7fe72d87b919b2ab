//! The window from inside, in a process of its own: does what it is asked on standard input, and tells when it is seen.

use std::{
    cell::{Cell, RefCell},
    env,
    io::{BufRead, stdin},
    path::PathBuf,
    pin::pin,
    process::ExitCode,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use adw::prelude::*;
use futures::{StreamExt, channel::mpsc, future::select};
use gtk::{gio, glib};
use relm4::prelude::*;
use tessera::{
    command::{AccountCommand, Command},
    model::{AccountId, ConversationId, PasswordStorage, Secret},
    secrets::Secrets,
    store::{DatabaseKey, Store},
    ui::{
        app::{App, Input, Start},
        resources,
    },
    worker::{self, Handle},
};

/// Names the folder of the profile; only a process that is the window has it.
pub(crate) const FOLDER: &str = "TESSERA_BENCH_WINDOW";

/// When something is not waited for any longer.
const GIVE_UP: Duration = Duration::from_secs(30);
/// How long a frame is waited for.
const LATE: Duration = Duration::from_millis(50);
/// Frames of one scrolling.
const FRAMES: u32 = 600;
/// Pixels of one frame: some 9,000 a second.
const STEP: f64 = 150.0;

/// The window, and what it is asked next.
struct Shown {
    app: Controller<App>,
    handle: Handle,
    window: adw::ApplicationWindow,
}

pub(crate) fn run() -> ExitCode {
    let mut key = String::new();
    stdin()
        .read_line(&mut key)
        .expect("the key of the database");
    let folder = PathBuf::from(env::var_os(FOLDER).expect("a folder"));
    resources::register();
    let app = adw::Application::builder()
        .application_id("im.tessera.Bench")
        .flags(gio::ApplicationFlags::NON_UNIQUE)
        .build();
    drop(RelmApp::<()>::from_app(app.clone()));
    let kept: Rc<RefCell<Option<Rc<Shown>>>> = Rc::default();
    app.connect_activate(move |app| {
        let key = DatabaseKey::from_hex(key.trim()).expect("a key");
        let store = Store::open(&folder.join("tessera.db"), &key).expect("the profile opens");
        let handle = worker::start(store, Secrets::in_memory()).expect("the worker starts");
        let start = Start::read(handle.clone()).expect("the profile is readable");
        let main = App::builder().launch(start).detach();
        let window = main.widget().clone();
        window.set_application(Some(app));
        window.connect_map(|_| println!("mapped"));
        window.present();
        let shown = Rc::new(Shown {
            app: main,
            handle,
            window,
        });
        kept.replace(Some(Rc::clone(&shown)));
        glib::spawn_future_local(serve(shown, app.clone()));
    });
    app.run_with_args::<&str>(&[]);
    ExitCode::SUCCESS
}

/// Tells what is seen of the start, then does what it is asked.
async fn serve(shown: Rc<Shown>, app: adw::Application) {
    shown
        .painted(|shown| has_label(&shown.part("sidebar"), "the newest of"))
        .await;
    println!("chats");
    let _ = WidgetExt::activate_action(&shown.window, "win.show-contacts", None);
    shown
        .painted(|shown| has_label(&shown.part("sidebar"), "Group 0"))
        .await;
    println!("roster");
    let (asked, mut lines) = mpsc::unbounded();
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            let _ = asked.unbounded_send(line);
        }
    });
    while let Some(line) = lines.next().await {
        let mut words = line.splitn(3, ' ');
        let mut next = || words.next().unwrap_or_default().to_owned();
        match next().as_str() {
            "connect" => {
                let account = AccountId(next().parse().expect("an account"));
                shown
                    .handle
                    .send(Command::Account(AccountCommand::SupplyPassword {
                        account,
                        password: Secret::new(next()),
                        storage: PasswordStorage::Keyring,
                    }));
                while !shown.handle.live().connection(account).is_online() {
                    glib::timeout_future(Duration::from_millis(50)).await;
                }
                println!("online");
            }
            "open" => {
                let chat = ConversationId(next().parse().expect("a chat"));
                let words = next();
                let began = Instant::now();
                shown.app.emit(Input::OpenChat(chat));
                shown
                    .painted(|shown| has_label(&shown.part("timeline"), &words))
                    .await;
                println!("{}", began.elapsed().as_secs_f64() * 1e3);
            }
            "scroll" => println!("{}", shown.scroll().await),
            _ => {
                shown.handle.quit(Duration::from_secs(3));
                app.quit();
                return;
            }
        }
    }
}

impl Shown {
    /// The part of this name.
    fn part(&self, name: &str) -> Option<gtk::Widget> {
        find(self.window.upcast_ref(), &|widget| {
            widget.widget_name() == name
        })
    }

    /// Waits for the end of a frame in which something is seen; gives up after half a minute, which shows.
    async fn painted(&self, is_seen: impl Fn(&Self) -> bool) {
        let began = Instant::now();
        while began.elapsed() < GIVE_UP {
            let (sender, mut frame) = mpsc::unbounded();
            let clock = self.window.frame_clock();
            let Some(clock) = clock else {
                glib::timeout_future(Duration::from_millis(1)).await;
                continue;
            };
            let handler = clock.connect_after_paint(move |_| {
                let _ = sender.unbounded_send(());
            });
            self.window.queue_draw();
            // A window that nobody draws has no frames.
            let late = glib::timeout_future(LATE);
            let _ = select(pin!(frame.next()), pin!(late)).await;
            clock.disconnect(handler);
            if is_seen(self) {
                return;
            }
        }
    }

    /// Scrolls up; answers frames, those over 16 and 32 ms, the longest, and pixels.
    async fn scroll(&self) -> String {
        let timeline = self.part("timeline").expect("a chat is open");
        let scroller = timeline
            .ancestor(gtk::ScrolledWindow::static_type())
            .and_downcast::<gtk::ScrolledWindow>()
            .expect("it scrolls");
        let adjustment = scroller.vadjustment();
        let clock = self.window.frame_clock().expect("it is mapped");
        let lengths: Rc<RefCell<Vec<f64>>> = Rc::default();
        let began: Rc<Cell<Option<Instant>>> = Rc::default();
        let before = {
            let (lengths, began) = (Rc::clone(&lengths), Rc::clone(&began));
            clock.connect_before_paint(move |_| {
                let now = Instant::now();
                if let Some(last) = began.replace(Some(now)) {
                    lengths.borrow_mut().push((now - last).as_secs_f64() * 1e3);
                }
            })
        };
        let (sender, mut done) = mpsc::unbounded();
        let (left, pixels) = (Cell::new(FRAMES), Rc::new(Cell::new(0.0)));
        let moved = Rc::clone(&pixels);
        self.window.add_tick_callback(move |_, _| {
            let value = adjustment.value();
            adjustment.set_value(value - STEP);
            moved.set(moved.get() + (value - adjustment.value()));
            left.set(left.get() - 1);
            if left.get() > 0 {
                return glib::ControlFlow::Continue;
            }
            let _ = sender.unbounded_send(());
            glib::ControlFlow::Break
        });
        let _ = done.next().await;
        clock.disconnect(before);
        let lengths = lengths.borrow();
        let over = |limit: f64| lengths.iter().filter(|length| **length > limit).count();
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        // A clock of 60 per second has 16.7 ms for each.
        format!(
            "{} {} {} {longest} {}",
            lengths.len(),
            over(17.5),
            over(32.0),
            pixels.get()
        )
    }
}

/// Whether a label with these words can be seen below a widget.
fn has_label(root: &Option<gtk::Widget>, words: &str) -> bool {
    let Some(root) = root else { return false };
    let seen = |widget: &gtk::Widget| {
        widget
            .downcast_ref::<gtk::Label>()
            .is_some_and(|label| label.is_mapped() && label.text().contains(words))
    };
    find(root, &seen).is_some()
}

fn find(root: &gtk::Widget, fits: &dyn Fn(&gtk::Widget) -> bool) -> Option<gtk::Widget> {
    if fits(root) {
        return Some(root.clone());
    }
    let mut child = root.first_child();
    while let Some(widget) = child {
        if let Some(found) = find(&widget, fits) {
            return Some(found);
        }
        child = widget.next_sibling();
    }
    None
}
