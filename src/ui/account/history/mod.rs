//! The history of an account: how far it has been fetched, and after how many days it is forgotten.

mod present;

use adw::prelude::*;
use relm4::prelude::*;

use self::present::{PERIODS, Remedy, Seen};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    i18n::gettext,
    model::{AccountId, Failure, FailureKind, Timestamp},
    store::StoreError,
    ui::{
        accessible,
        dialog::{ProblemBox, listen, window_of},
        failure_text::{Explanation, describe},
        untrusted_text::isolated,
    },
    worker::Handle,
};

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;
/// Longest address in a question, in characters.
const MAX_ADDRESS: usize = 200;

/// The part of an account's page that is about its history.
pub struct HistoryGroup {
    handle: Handle,
    account: AccountId,
    seen: Option<Seen>,
    /// What the list offers.
    periods: Vec<Option<u32>>,
    forget: adw::ComboRow,
    bar: gtk::ProgressBar,
    problem: Option<Explanation>,
    problem_box: ProblemBox,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Stop fetching, or go on.
    Pressed,
    /// Forget after the period at this place of the list.
    Chosen(u32),
    /// The question was answered with yes.
    Agreed(u32),
    /// The question was answered with no.
    Refused,
}

/// What store and worker answer.
#[derive(Debug)]
pub enum CommandOutput {
    /// Something changed.
    Changed,
    /// The history as it is now; nothing when it cannot be read.
    Loaded(Option<Shown>),
    /// What the question is about: days, the first day that stays, and how many messages go.
    Counted(u32, Timestamp, Result<(String, u64), Failure>),
    /// Something that was asked for came to its end.
    Ended(Result<(), Failure>),
}

/// The history as it was read.
#[derive(Debug)]
pub struct Shown(Seen);

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for HistoryGroup {
    type Init = (Handle, AccountId);
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::PreferencesGroup {
            set_title: &gettext("History"),

            adw::ActionRow {
                set_title: &gettext("Messages from the server"),
                set_widget_name: "history",
                set_use_markup: false,
                set_subtitle_lines: 0,
                #[watch]
                set_subtitle: &model.text(),

                add_suffix = &gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_valign: gtk::Align::Center,
                    set_spacing: 6,

                    gtk::Spinner {
                        #[watch]
                        set_spinning: model.is_fetching(),
                        #[watch]
                        set_visible: model.is_fetching() && model.part().is_none(),
                    },

                    gtk::Button {
                        set_widget_name: "history-button",
                        #[watch]
                        set_label: &model.button(),
                        #[watch]
                        set_visible: model.remedy().is_some(),
                        connect_clicked => Input::Pressed,
                    },

                    #[local_ref]
                    bar -> gtk::ProgressBar {
                        set_width_request: 80,
                        #[watch]
                        set_visible: model.part().is_some(),
                        #[watch]
                        set_fraction: model.part().unwrap_or_default(),
                    },
                },
            },

            #[local_ref]
            forget -> adw::ComboRow {
                set_title: &gettext("Forget messages"),
                set_subtitle: &gettext("On this device, in all chats"),
                set_subtitle_lines: 0,
                set_widget_name: "forget",
                #[watch]
                set_sensitive: model.seen.is_some(),
                connect_selected_notify[sender] => move |row| {
                    sender.input(Input::Chosen(row.selected()));
                },
            },

            #[local_ref]
            problem_box -> gtk::Box {},
        }
    }

    fn init(
        (handle, account): Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        listen(
            &sender,
            &handle,
            move |event| {
                matches!(event, Event::Sync(id) | Event::Connection(id) if *id == account)
                    || *event == Event::Accounts
            },
            || CommandOutput::Changed,
        );
        let model = Self {
            handle,
            account,
            seen: None,
            periods: vec![],
            forget: adw::ComboRow::new(),
            bar: gtk::ProgressBar::new(),
            problem: None,
            problem_box: ProblemBox::default(),
        };
        model.load(&sender);
        let forget = &model.forget;
        let bar = &model.bar;
        let problem_box = &model.problem_box.root;
        let widgets = view_output!();
        accessible::set_label(bar, &gettext("Part of the history that is here"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Pressed => self.stop_or_go_on(&sender),
            Input::Chosen(place) => self.chosen(place, &sender),
            Input::Agreed(days) => self.forget_after(Some(days), &sender),
            Input::Refused => self.select_current(),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Changed => self.load(&sender),
            CommandOutput::Loaded(Some(Shown(seen))) => self.loaded(seen),
            CommandOutput::Loaded(None) => self.seen = None,
            CommandOutput::Counted(days, before, counted) => {
                self.counted(days, before, counted, &sender, root);
            }
            CommandOutput::Ended(outcome) => self.ended(outcome, &sender),
        }
    }

    fn post_view() {
        model.problem_box.show(model.problem.as_ref());
    }
}

impl HistoryGroup {
    fn text(&self) -> String {
        self.seen.as_ref().map(Seen::text).unwrap_or_default()
    }

    fn remedy(&self) -> Option<Remedy> {
        self.seen.as_ref().and_then(Seen::remedy)
    }

    fn is_fetching(&self) -> bool {
        self.seen.is_some_and(|seen| seen.is_fetching())
    }

    fn part(&self) -> Option<f64> {
        self.seen.as_ref().and_then(Seen::part)
    }

    fn button(&self) -> String {
        match self.remedy() {
            Some(Remedy::GoOn) => gettext("Go On"),
            Some(Remedy::Stop) | None => gettext("Stop"),
        }
    }

    fn load(&self, sender: &ComponentSender<Self>) {
        let (handle, account) = (self.handle.clone(), self.account);
        sender.spawn_oneshot_command(move || {
            CommandOutput::Loaded(read(&handle, account).ok().map(Shown))
        });
    }

    fn loaded(&mut self, seen: Seen) {
        let is_new = self
            .seen
            .is_none_or(|old| old.forget_after != seen.forget_after);
        self.seen = Some(seen);
        if is_new {
            self.offer(seen.forget_after);
        }
    }

    /// Fills the list; a period that others have set stands in it, too.
    fn offer(&mut self, current: Option<u32>) {
        self.periods = PERIODS.to_vec();
        if !self.periods.contains(&current) {
            self.periods.push(current);
            self.periods.sort_unstable();
        }
        let names: Vec<String> = self.periods.iter().copied().map(present::period).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.forget.set_model(Some(&gtk::StringList::new(&names)));
        self.select_current();
    }

    fn select_current(&self) {
        let current = self.seen.and_then(|seen| seen.forget_after);
        let place = self.periods.iter().position(|days| *days == current);
        if let Some(place) = place.and_then(|place| u32::try_from(place).ok()) {
            self.forget.set_selected(place);
        }
    }

    fn stop_or_go_on(&mut self, sender: &ComponentSender<Self>) {
        let (account, on) = (self.account, self.remedy() == Some(Remedy::GoOn));
        self.ask(AccountCommand::FetchHistory { account, on }, sender);
    }

    fn chosen(&mut self, place: u32, sender: &ComponentSender<Self>) {
        let Some(seen) = self.seen else { return };
        let Some(days) = self.periods.get(place as usize).copied() else {
            return;
        };
        if days == seen.forget_after {
            return;
        }
        let Some(days) = days else {
            return self.forget_after(None, sender);
        };
        let before = Timestamp::now().plus_millis(-i64::from(days) * DAY);
        let (reader, account) = (self.handle.reader(), self.account);
        sender.spawn_oneshot_command(move || {
            let count = || {
                let address = reader.account(account)?.jid.to_string();
                Ok((address, reader.count_before(account, before)?))
            };
            let counted = count().map_err(|error: StoreError| error.failure_kind().into());
            CommandOutput::Counted(days, before, counted)
        });
    }

    fn counted(
        &mut self,
        days: u32,
        before: Timestamp,
        counted: Result<(String, u64), Failure>,
        sender: &ComponentSender<Self>,
        root: &adw::PreferencesGroup,
    ) {
        match counted {
            Ok((address, count)) => {
                let address = isolated(&address, MAX_ADDRESS);
                let words = present::question(&address, days, before, count);
                confirm(words, days, sender, window_of(root).as_ref());
            }
            Err(failure) => {
                self.problem = Some(describe(&failure));
                self.select_current();
            }
        }
    }

    fn forget_after(&mut self, days: Option<u32>, sender: &ComponentSender<Self>) {
        let account = self.account;
        self.ask(AccountCommand::ForgetAfter { account, days }, sender);
    }

    fn ask(&mut self, command: AccountCommand, sender: &ComponentSender<Self>) {
        self.problem = None;
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            CommandOutput::Ended(handle.request(Command::Account(command)).await)
        });
    }

    fn ended(&mut self, outcome: Result<(), Failure>, sender: &ComponentSender<Self>) {
        self.problem = match outcome {
            Ok(()) => None,
            // Nothing can be fetched now; that it is wished is kept.
            Err(failure) if failure.kind == FailureKind::Offline => None,
            Err(failure) => Some(describe(&failure)),
        };
        self.select_current();
        self.load(sender);
    }
}

fn read(handle: &Handle, account: AccountId) -> Result<Seen, StoreError> {
    let (reader, live) = (handle.reader(), handle.live());
    Ok(Seen {
        history: reader.history(account)?,
        sync: live.sync(account),
        is_online: live.connection(account).is_online(),
        forget_after: reader.forget_after(account)?,
    })
}

/// Asks before anything is deleted; no is the answer of Escape and Enter.
fn confirm(
    (heading, body): (String, String),
    days: u32,
    sender: &ComponentSender<HistoryGroup>,
    parent: Option<&gtk::Window>,
) {
    const CANCEL: &str = "cancel";
    const FORGET: &str = "forget";
    let dialog = adw::MessageDialog::builder()
        .heading(heading)
        .body(body)
        .close_response(CANCEL)
        .default_response(CANCEL)
        .modal(true)
        .build();
    dialog.set_transient_for(parent);
    dialog.add_response(CANCEL, &gettext("Cancel"));
    dialog.add_response(FORGET, &gettext("Forget"));
    dialog.set_response_appearance(FORGET, adw::ResponseAppearance::Destructive);
    let input = sender.input_sender().clone();
    dialog.connect_response(None, move |_, response| {
        // The page may be gone already.
        let _ = input.send(if response == FORGET {
            Input::Agreed(days)
        } else {
            Input::Refused
        });
    });
    dialog.present();
}
