//! The window before the main window: seen only while opening the profile takes long, or when a person must help.

pub(crate) mod gallery;
mod handlers;
mod problem;
mod steps;

use std::{rc::Rc, sync::Arc, time::Duration};

use adw::prelude::*;
use relm4::prelude::*;

pub use steps::Opened;

use self::{problem::Problem, steps::Progress};
use crate::{
    config,
    i18n::gettext,
    profile::Profile,
    ui::account::passphrase::{self, PassphraseDialog, Purpose},
};

/// How long opening may take before a window says so: a keyring on the way is quicker than that.
const PATIENCE: Duration = Duration::from_millis(700);

/// The window before the main window.
pub struct Opening {
    named: Option<String>,
    profile: Option<Arc<Profile>>,
    stage: Stage,
    passphrase: Option<(Purpose, Controller<PassphraseDialog>)>,
    ways: gtk::Box,
}

/// What there is to see.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Stage {
    /// Nothing but patience.
    Working,
    /// A passphrase is needed.
    Locked(Purpose),
    /// Something is wrong.
    Stuck(Problem),
}

/// What to open.
#[derive(Debug)]
pub enum Begin {
    /// The profile of this name or folder; `None` is the default one.
    Profile(Option<String>),
    /// Nothing: the gallery shows what could be in the way.
    Pretend(Pretended),
}

/// What the gallery shows.
#[derive(Debug)]
pub struct Pretended(Stage);

/// What happens to the window.
#[derive(Debug)]
pub enum Input {
    /// Try again from the beginning.
    TryAgain,
    /// Ask for the passphrase.
    AskPassphrase,
    /// Choose a passphrase for a new profile.
    ChoosePassphrase,
    /// Look into the folder of the profile.
    OpenFolder,
    /// The dialog of the passphrase tells something.
    Passphrase(passphrase::Output),
    /// The person does not want to go on.
    Quit,
}

/// The profile is open.
#[derive(Clone)]
pub struct Output(pub Rc<std::cell::Cell<Option<Opened>>>);

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Output")
    }
}

/// What was found out off the main thread.
#[derive(Debug)]
pub enum CommandOutput {
    /// A step has ended.
    Step(Step),
    /// It takes long.
    Slow,
}

/// The end of a step.
#[derive(Debug)]
pub struct Step(Progress);

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for Opening {
    type Init = Begin;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        adw::ApplicationWindow {
            set_widget_name: "opening",
            set_title: Some(config::APP_NAME),
            set_icon_name: Some(config::APP_ID),
            set_default_size: (560, 520),
            set_size_request: (360, 400),
            connect_close_request[sender] => move |_| {
                sender.input(Input::Quit);
                gtk::glib::Propagation::Stop
            },

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {
                    #[wrap(Some)]
                    set_title_widget = &gtk::Box {},
                },

                gtk::Stack {
                    set_vexpand: true,

                    add_named[Some("working")] = &gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 18,
                        set_valign: gtk::Align::Center,

                        gtk::Spinner {
                            set_spinning: true,
                            set_height_request: 32,
                        },

                        gtk::Label {
                            set_label: &gettext("Opening your chats…"),
                            add_css_class: "title-3",
                        },

                        gtk::Label {
                            set_label: &gettext("The keyring may be asking for its password."),
                            set_wrap: true,
                            set_justify: gtk::Justification::Center,
                            add_css_class: "dim-label",
                        },
                    },

                    add_named[Some("locked")] = &adw::StatusPage {
                        set_icon_name: Some("dialog-password-symbolic"),
                        set_title: &gettext("Your chats are locked"),
                        set_description: Some(&gettext(
                            "They are encrypted, and only your passphrase opens them.",
                        )),

                        gtk::Button {
                            set_widget_name: "enter-passphrase",
                            set_label: &gettext("Enter Passphrase…"),
                            set_halign: gtk::Align::Center,
                            add_css_class: "pill",
                            add_css_class: "suggested-action",
                            connect_clicked => Input::AskPassphrase,
                        },
                    },

                    add_named[Some("stuck")] = &gtk::ScrolledWindow {
                        set_hscrollbar_policy: gtk::PolicyType::Never,

                        adw::Clamp {
                            set_maximum_size: 460,
                            set_margin_all: 18,

                            gtk::Box {
                                set_orientation: gtk::Orientation::Vertical,
                                set_spacing: 12,
                                set_valign: gtk::Align::Center,

                                gtk::Image {
                                    set_icon_name: Some("dialog-warning-symbolic"),
                                    set_pixel_size: 64,
                                    add_css_class: "dim-label",
                                },

                                gtk::Label {
                                    set_widget_name: "problem-title",
                                    set_wrap: true,
                                    set_justify: gtk::Justification::Center,
                                    add_css_class: "title-2",
                                    #[watch]
                                    set_label: model.text(|text| &text.title),
                                },

                                gtk::Label {
                                    set_wrap: true,
                                    set_justify: gtk::Justification::Center,
                                    #[watch]
                                    set_label: model.text(|text| &text.meaning),
                                },

                                gtk::Label {
                                    set_wrap: true,
                                    set_justify: gtk::Justification::Center,
                                    #[watch]
                                    set_label: model.text(|text| &text.advice),
                                },

                                gtk::Label {
                                    set_wrap: true,
                                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                    set_justify: gtk::Justification::Center,
                                    set_selectable: true,
                                    set_focusable: false,
                                    add_css_class: "dim-label",
                                    add_css_class: "caption",
                                    #[watch]
                                    set_label: model.text(|text| text.quote.as_deref().unwrap_or_default()),
                                    #[watch]
                                    set_visible: !model.text(|text| text.quote.as_deref().unwrap_or_default()).is_empty(),
                                },

                                #[local_ref]
                                ways -> gtk::Box {
                                    set_orientation: gtk::Orientation::Vertical,
                                    set_spacing: 9,
                                    set_halign: gtk::Align::Center,
                                    set_margin_top: 12,
                                },
                            },
                        },
                    },

                    // Last, so that the pages are there.
                    #[watch]
                    set_visible_child_name: model.stage.page(),
                },
            },
        }
    }

    fn init(
        begin: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let mut model = Self {
            named: None,
            profile: None,
            stage: Stage::Working,
            passphrase: None,
            ways: gtk::Box::default(),
        };
        match begin {
            Begin::Profile(named) => {
                model.named = named;
                model.begin(&sender);
                sender.oneshot_command(async {
                    tokio::time::sleep(PATIENCE).await;
                    CommandOutput::Slow
                });
            }
            Begin::Pretend(Pretended(Stage::Stuck(problem))) => {
                model.show_problem(problem, &sender);
            }
            Begin::Pretend(Pretended(stage)) => model.stage = stage,
        }
        let ways = &model.ways;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::TryAgain => {
                self.stage = Stage::Working;
                self.begin(&sender);
            }
            Input::AskPassphrase => self.ask(root, &sender),
            Input::ChoosePassphrase => {
                self.stage = Stage::Locked(Purpose::NewProfile);
                self.ask(root, &sender);
            }
            Input::OpenFolder => self.open_folder(root),
            Input::Passphrase(output) => self.passphrase_tells(output, &sender),
            Input::Quit => {
                if let Some(app) = root.application() {
                    app.quit();
                }
            }
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        root: &Self::Root,
    ) {
        match output {
            CommandOutput::Step(Step(progress)) => self.proceed(progress, root, &sender),
            CommandOutput::Slow if self.stage == Stage::Working => root.present(),
            CommandOutput::Slow => {}
        }
    }
}

impl Stage {
    /// The name of its page.
    fn page(&self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Locked(_) => "locked",
            Self::Stuck(_) => "stuck",
        }
    }
}
