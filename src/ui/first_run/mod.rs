//! What a person sees who has no account here yet: welcome page, log in form, and how careful the program is.

mod careful;
pub(crate) mod gallery;
mod messages;

use adw::prelude::*;
use relm4::prelude::*;

pub use careful::Care;
pub use messages::{Input, Output, Page};

use super::account::{
    self,
    login_form::{self, LoginForm},
};
use crate::{
    command::Command,
    config,
    i18n::gettext,
    model::{Failure, Settings},
    ui::{
        accessible,
        dialog::{when_laid_out, window_of},
        farewell::retire,
    },
    worker::Handle,
};

/// What a person sees who has no account here yet.
pub struct FirstRun {
    handle: Handle,
    /// Made when it is wanted, so that nothing typed into it stays behind.
    login: Option<Controller<LoginForm>>,
    login_place: adw::Bin,
    /// The button of the welcome page that leads to the log in form.
    log_in: gtk::Button,
    /// The one that leads to how careful the program is.
    careful: gtk::Button,
    page: Page,
    care: Option<Care>,
    has_failed: bool,
}

/// What was found out off the main thread.
#[derive(Debug)]
pub enum CommandOutput {
    /// The settings were changed, or could not be.
    Changed(Result<(), Failure>),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for FirstRun {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_widget_name: "first-run",

            adw::HeaderBar {
                #[wrap(Some)]
                set_title_widget = &adw::WindowTitle {
                    #[watch]
                    set_title: &model.title(),
                },

                #[name = "back"]
                pack_start = &gtk::Button {
                    set_widget_name: "first-run-back",
                    set_icon_name: "go-previous-symbolic",
                    #[watch]
                    set_visible: model.page != Page::Welcome,
                    connect_clicked => Input::Show(Page::Welcome),
                },
            },

            gtk::Stack {
                set_transition_type: gtk::StackTransitionType::SlideLeftRight,
                set_vexpand: true,

                add_named[Some("welcome")] = &adw::StatusPage {
                    set_icon_name: Some(config::APP_ID),
                    set_title: &gettext("Welcome to Tessera"),
                    set_description: Some(&gettext(
                        "Chat with people on any XMPP server, and know who you are talking to.",
                    )),

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 12,
                        set_halign: gtk::Align::Center,

                        #[local_ref]
                        log_in -> gtk::Button {
                            set_widget_name: "welcome-log-in",
                            set_label: &gettext("Log In"),
                            add_css_class: "pill",
                            add_css_class: "suggested-action",
                            connect_clicked => Input::Show(Page::LogIn),
                        },

                        gtk::Button {
                            set_widget_name: "welcome-create",
                            set_label: &gettext("Create an Account"),
                            add_css_class: "pill",
                            connect_clicked => Input::Register,
                        },

                        #[local_ref]
                        careful -> gtk::Button {
                            set_widget_name: "welcome-care",
                            set_label: &gettext("How Careful Should We Be?"),
                            add_css_class: "flat",
                            connect_clicked => Input::Show(Page::Care),
                        },
                    },
                },

                #[local_ref]
                add_named[Some("log-in")] = login_place -> adw::Bin {},

                add_named[Some("care")] = &gtk::ScrolledWindow {
                    set_hscrollbar_policy: gtk::PolicyType::Never,

                    adw::Clamp {
                        set_maximum_size: 480,
                        set_margin_all: 18,

                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            set_spacing: 12,

                            gtk::Label {
                                set_label: &gettext(
                                    "Choose what others may learn. Every single point can be changed later in the settings.",
                                ),
                                set_wrap: true,
                                set_xalign: 0.0,
                            },

                            #[local_ref]
                            choices -> gtk::ListBox {
                                set_selection_mode: gtk::SelectionMode::None,
                                add_css_class: "boxed-list",
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_xalign: 0.0,
                                add_css_class: "error",
                                set_label: &gettext("That could not be kept. Is the disk full?"),
                                #[watch]
                                set_visible: model.has_failed,
                            },
                        },
                    },
                },

                // Last, so that the pages are there.
                #[watch]
                set_visible_child_name: model.page_name(),
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            handle,
            login: None,
            login_place: adw::Bin::new(),
            log_in: gtk::Button::new(),
            careful: gtk::Button::new(),
            page: Page::Welcome,
            care: None,
            has_failed: false,
        };
        let login_place = &model.login_place;
        let log_in = &model.log_in;
        let careful = &model.careful;
        let choices = choices(&sender);
        let choices = &choices;
        let widgets = view_output!();
        accessible::name_button(&widgets.back, &gettext("Back"));
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Show(page) => self.show(page, &sender),
            Input::Register => {
                if let Some(window) = window_of(root) {
                    account::open_registration(&window, &self.handle);
                }
            }
            Input::Careful(care) => self.choose(care, &sender),
            Input::LoginForm(login_form::Output::Added) => {
                let _ = sender.output(Output::Done);
            }
            Input::LoginForm(login_form::Output::Cancelled) => self.show(Page::Welcome, &sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        _sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Changed(outcome) => self.has_failed = outcome.is_err(),
        }
    }
}

impl FirstRun {
    fn show(&mut self, page: Page, sender: &ComponentSender<Self>) {
        if page == Page::LogIn && self.login.is_none() {
            let form = LoginForm::builder()
                .launch(self.handle.clone())
                .forward(sender.input_sender(), Input::LoginForm);
            self.login_place.set_child(Some(form.widget()));
            self.login = Some(form);
        }
        if page == Page::Welcome {
            self.return_focus();
            if let Some(form) = self.login.take() {
                self.login_place.set_child(gtk::Widget::NONE);
                retire(form);
            }
        }
        self.page = page;
    }

    /// What had the focus goes with its page: it returns to the button that led there.
    fn return_focus(&self) {
        let button = match self.page {
            Page::Welcome => return,
            Page::LogIn => self.log_in.clone(),
            Page::Care => self.careful.clone(),
        };
        when_laid_out(&button.clone(), move || {
            button.grab_focus();
        });
    }

    /// Changes the settings; the choice is made when the store has them.
    fn choose(&mut self, care: Care, sender: &ComponentSender<Self>) {
        if self.care == Some(care) {
            return;
        }
        self.care = Some(care);
        let handle = self.handle.clone();
        sender.oneshot_command(async move {
            let reader = handle.reader();
            let read = relm4::spawn_blocking(move || reader.settings()).await;
            let settings: Settings = match read {
                Ok(Ok(settings)) => settings,
                Ok(Err(error)) => {
                    return CommandOutput::Changed(Err(error.failure_kind().into()));
                }
                Err(_) => Settings::default(),
            };
            let command = Command::ApplySettings(care.apply(settings));
            CommandOutput::Changed(handle.request(command).await)
        });
    }

    fn title(&self) -> String {
        match self.page {
            Page::Welcome => String::new(),
            Page::LogIn => gettext("Log In"),
            Page::Care => gettext("How Careful Should We Be?"),
        }
    }

    fn page_name(&self) -> &'static str {
        match self.page {
            Page::Welcome => "welcome",
            Page::LogIn => "log-in",
            Page::Care => "care",
        }
    }
}

/// One row for each amount of care, of which one is chosen.
fn choices(sender: &ComponentSender<FirstRun>) -> gtk::ListBox {
    let list = gtk::ListBox::new();
    let mut group: Option<gtk::CheckButton> = None;
    for care in Care::ALL {
        let check = gtk::CheckButton::builder()
            .valign(gtk::Align::Center)
            .build();
        check.set_group(group.as_ref());
        group.get_or_insert_with(|| check.clone());
        check.set_active(care == Care::Usual);
        accessible::set_label(&check, &care.title());
        let input = sender.input_sender().clone();
        check.connect_toggled(move |check| {
            if check.is_active() {
                let _ = input.send(Input::Careful(care));
            }
        });
        let row = adw::ActionRow::builder()
            .title(care.title())
            .subtitle(care.meaning())
            .subtitle_lines(0)
            .activatable_widget(&check)
            .build();
        row.add_prefix(&check);
        list.append(&row);
    }
    list
}
