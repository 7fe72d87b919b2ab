//! The window with all accounts: a list, and a page for each.

pub(super) mod present;

use adw::prelude::*;
use relm4::prelude::*;

use super::{
    account_page::{self, AccountPage},
    open_login, open_registration,
};
use crate::{
    command::{AccountCommand, Command},
    event::Event,
    i18n::{gettext, gettext_f},
    model::{AccountId, ConnectionState},
    ui::{
        accessible,
        dialog::{close_on_escape, listen},
        untrusted_text::one_line,
        widgets::avatar::{Avatar, LIST_SIZE},
    },
    worker::Handle,
};

/// Longest address that is shown, in characters.
const MAX_ADDRESS: usize = 200;

/// Name of the page with the list.
const LIST: &str = "list";

/// The window.
pub struct AccountsWindow {
    handle: Handle,
    lines: Vec<Line>,
    rows: Vec<Row>,
    page: Option<Controller<AccountPage>>,
    title: String,
    group: adw::PreferencesGroup,
    stack: gtk::Stack,
}

/// One account as the list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    account: AccountId,
    address: String,
    is_enabled: bool,
    state: ConnectionState,
    avatar: Option<String>,
}

/// The widgets of one account.
struct Row {
    row: adw::ActionRow,
    switch: gtk::Switch,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// Show the page of this account.
    Open(AccountId),
    /// Back to the list.
    Back,
    /// Connect an account, or keep it disconnected.
    Enable(AccountId, bool),
    /// Log in with another account.
    LogIn,
    /// Create an account on a server.
    Create,
    /// The page has nothing to show any more.
    Page(account_page::Output),
}

/// What the store tells.
#[derive(Debug)]
pub enum CommandOutput {
    /// Something changed.
    Changed,
    /// The accounts as they are now.
    Loaded(Vec<Line>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for AccountsWindow {
    type Init = Handle;
    type Input = Input;
    type Output = ();
    type CommandOutput = CommandOutput;

    view! {
        adw::Window {
            set_default_size: (520, 660),
            set_size_request: (340, 360),
            #[watch]
            set_title: Some(&model.title),

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    #[name = "back"]
                    pack_start = &gtk::Button {
                        set_icon_name: "go-previous-symbolic",
                        set_widget_name: "back",
                        #[watch]
                        set_visible: model.page.is_some(),
                        connect_clicked => Input::Back,
                    },
                },

                #[local_ref]
                stack -> gtk::Stack {
                    set_transition_type: gtk::StackTransitionType::SlideLeftRight,
                    set_vexpand: true,

                    add_named[Some(LIST)] = &gtk::ScrolledWindow {
                        set_hscrollbar_policy: gtk::PolicyType::Never,

                        adw::Clamp {
                            set_maximum_size: 480,

                            gtk::Box {
                                set_orientation: gtk::Orientation::Vertical,
                                set_spacing: 18,
                                set_margin_all: 18,

                                #[local_ref]
                                group -> adw::PreferencesGroup {
                                    #[watch]
                                    set_visible: !model.lines.is_empty(),
                                },

                                adw::PreferencesGroup {
                                    adw::ActionRow {
                                        set_title: &gettext("Log in with another account…"),
                                        set_widget_name: "log-in",
                                        set_activatable: true,
                                        connect_activated => Input::LogIn,
                                        add_suffix = &gtk::Image {
                                            set_icon_name: Some("go-next-symbolic"),
                                        },
                                    },

                                    adw::ActionRow {
                                        set_title: &gettext("Create an account…"),
                                        set_widget_name: "create",
                                        set_activatable: true,
                                        connect_activated => Input::Create,
                                        add_suffix = &gtk::Image {
                                            set_icon_name: Some("go-next-symbolic"),
                                        },
                                    },
                                },
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        listen(
            &sender,
            &handle,
            |event| {
                matches!(
                    event,
                    Event::Accounts | Event::Connection(_) | Event::Profile { .. }
                )
            },
            || CommandOutput::Changed,
        );
        let model = Self {
            handle,
            lines: vec![],
            rows: vec![],
            page: None,
            title: gettext("Accounts"),
            group: adw::PreferencesGroup::new(),
            stack: gtk::Stack::new(),
        };
        model.load(&sender);
        let group = &model.group;
        let stack = &model.stack;
        let widgets = view_output!();
        close_on_escape(&root);
        accessible::name_button(&widgets.back, &gettext("Back to the list"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Open(account) => self.open(account, &sender),
            Input::Back | Input::Page(account_page::Output::Gone) => self.back(),
            Input::Enable(account, on) => self.enable(account, on),
            Input::LogIn => open_login(root.upcast_ref(), &self.handle),
            Input::Create => open_registration(root.upcast_ref(), &self.handle),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Changed => self.load(&sender),
            CommandOutput::Loaded(lines) => self.loaded(lines, &sender),
        }
    }
}

impl AccountsWindow {
    fn load(&self, sender: &ComponentSender<Self>) {
        let handle = self.handle.clone();
        sender.oneshot_command(async move { CommandOutput::Loaded(lines(&handle)) });
    }

    /// Rows are made anew only when there are others; a change of state changes a row in its place.
    fn loaded(&mut self, lines: Vec<Line>, sender: &ComponentSender<Self>) {
        let who = |line: &Line| (line.account, line.address.clone(), line.avatar.clone());
        let are_others = !lines.iter().map(who).eq(self.lines.iter().map(who));
        self.lines = lines;
        if are_others {
            for Row { row, .. } in self.rows.drain(..) {
                self.group.remove(&row);
            }
            for line in &self.lines {
                let row = self.row(line, sender);
                self.group.add(&row.row);
                self.rows.push(row);
            }
        }
        for (line, Row { row, switch }) in self.lines.iter().zip(&self.rows) {
            row.set_subtitle(&present::state(&line.state));
            switch.set_active(line.is_enabled);
        }
    }

    fn row(&self, line: &Line, sender: &ComponentSender<Self>) -> Row {
        let shown = one_line(&line.address, MAX_ADDRESS);
        let row = adw::ActionRow::builder()
            .use_markup(false)
            .activatable(true)
            .name("account")
            .build();
        row.set_title(&shown);
        let avatar = Avatar::new(LIST_SIZE);
        avatar.set_person(&line.address, &line.address);
        avatar.set_picture(&self.handle.reader(), line.avatar.as_deref());
        row.add_prefix(&avatar);
        let switch = enable_switch(line, &shown, sender);
        row.add_suffix(&switch);
        row.add_suffix(&gtk::Image::from_icon_name("go-next-symbolic"));
        let (input, account) = (sender.input_sender().clone(), line.account);
        row.connect_activated(move |_| {
            // The window may be closing.
            let _ = input.send(Input::Open(account));
        });
        Row { row, switch }
    }

    fn open(&mut self, account: AccountId, sender: &ComponentSender<Self>) {
        let Some(line) = self.lines.iter().find(|line| line.account == account) else {
            return;
        };
        self.title = one_line(&line.address, MAX_ADDRESS);
        self.close_page();
        let page = AccountPage::builder()
            .launch((self.handle.clone(), account))
            .forward(sender.input_sender(), Input::Page);
        self.stack.add_child(page.widget());
        self.stack.set_visible_child(page.widget());
        self.page = Some(page);
    }

    fn back(&mut self) {
        self.title = gettext("Accounts");
        self.stack.set_visible_child_name(LIST);
        self.close_page();
    }

    fn close_page(&mut self) {
        if let Some(page) = self.page.take() {
            self.stack.remove(page.widget());
        }
    }

    fn enable(&self, account: AccountId, on: bool) {
        let was = self.lines.iter().find(|line| line.account == account);
        if was.is_some_and(|line| line.is_enabled != on) {
            self.handle.send(Command::Account(if on {
                AccountCommand::Connect(account)
            } else {
                AccountCommand::Disconnect(account)
            }));
        }
    }
}

fn enable_switch(
    line: &Line,
    shown: &str,
    sender: &ComponentSender<AccountsWindow>,
) -> gtk::Switch {
    let switch = gtk::Switch::builder()
        .active(line.is_enabled)
        .valign(gtk::Align::Center)
        .tooltip_text(gettext("Connect by itself"))
        .build();
    accessible::set_label(
        &switch,
        &gettext_f("Connect {address}", &[("address", shown)]),
    );
    let (input, account) = (sender.input_sender().clone(), line.account);
    switch.connect_active_notify(move |switch| {
        // The window may be closing.
        let _ = input.send(Input::Enable(account, switch.is_active()));
    });
    switch
}

fn lines(handle: &Handle) -> Vec<Line> {
    let reader = handle.reader();
    let accounts = reader.accounts().unwrap_or_default();
    accounts
        .into_iter()
        .map(|account| Line {
            account: account.id,
            state: handle.live().connection(account.id),
            avatar: reader.avatar_of(account.id, &account.jid).ok().flatten(),
            address: account.jid.to_string(),
            is_enabled: account.enabled,
        })
        .collect()
}
