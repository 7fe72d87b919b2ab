//! The inbox of strangers: who is not a contact and wants something. Nothing is fetched, nothing is announced.

mod answers;
mod handlers;
mod messages;
mod row;

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use messages::{Answer, CommandOutput, Input, Output};

use self::row::Waiting;
use super::refresh::Refresh;
use crate::{i18n::gettext, ui::accessible, worker::Handle};

/// The inbox of strangers.
pub(crate) struct Strangers {
    handle: Handle,
    refresh: Refresh,
    list: gtk::ListBox,
    shown: Vec<Waiting>,
    /// All who wait, of whom only the newest are shown.
    waiting: Vec<Waiting>,
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for Strangers {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,
            set_widget_name: "strangers",

            gtk::CenterBox {
                add_css_class: "toolbar",

                #[wrap(Some)]
                #[name = "back"]
                set_start_widget = &gtk::Button {
                    set_icon_name: "go-previous-symbolic",
                    add_css_class: "flat",
                    connect_clicked[sender] => move |_| {
                        let _ = sender.output(Output::Back);
                    },
                },

                #[wrap(Some)]
                set_center_widget = &gtk::Label {
                    set_label: &gettext("Strangers"),
                    add_css_class: "heading",
                },

                #[wrap(Some)]
                set_end_widget = &gtk::Button {
                    set_label: &gettext("Refuse All"),
                    add_css_class: "flat",
                    #[watch]
                    set_visible: model.waiting.len() > 1,
                    connect_clicked => Input::RefuseAll,
                },
            },

            gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                set_vexpand: true,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,

                    gtk::Label {
                        set_label: &gettext(
                            "They are not among your contacts. They learn nothing until you accept: not whether you are online, and not whether you have read this.",
                        ),
                        set_wrap: true,
                        set_xalign: 0.0,
                        set_width_chars: 20,
                        set_max_width_chars: 40,
                        add_css_class: "caption",
                        add_css_class: "dim-label",
                        add_css_class: "sidebar-note",
                        #[watch]
                        set_visible: !model.waiting.is_empty(),
                    },

                    #[local_ref]
                    list -> gtk::ListBox {
                        set_selection_mode: gtk::SelectionMode::None,
                        add_css_class: "strangers-list",
                        #[watch]
                        set_visible: !model.waiting.is_empty(),
                    },

                    gtk::Label {
                        add_css_class: "caption",
                        add_css_class: "dim-label",
                        add_css_class: "sidebar-note",
                        set_wrap: true,
                        set_xalign: 0.0,
                        #[watch]
                        set_label: &model.rest(),
                        #[watch]
                        set_visible: model.waiting.len() > model.shown.len(),
                    },

                    adw::StatusPage {
                        add_css_class: "compact",
                        set_vexpand: true,
                        set_icon_name: Some("stranger-inbox-symbolic"),
                        set_title: &gettext("Nobody is waiting"),
                        set_description: Some(&gettext(
                            "Who is not a contact and writes to you, or asks to become one, waits here until you decide.",
                        )),
                        #[watch]
                        set_visible: model.waiting.is_empty(),
                    },
                },
            },
        }
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let mut model = Self {
            handle,
            refresh: Refresh::default(),
            list: gtk::ListBox::new(),
            shown: vec![],
            waiting: vec![],
        };
        let list = &model.list;
        let widgets = view_output!();
        accessible::name_button(&widgets.back, &gettext("Back"));
        accessible::set_label(list, &gettext("Strangers"));
        model.reload(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::News(news) => self.hear(&news, &sender),
            Input::Answer(request, answer) => self.answer(*request, answer, &sender),
            Input::RefuseAll => self.refuse_all(&sender),
            Input::Focus => {
                root.child_focus(gtk::DirectionType::TabForward);
            }
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Loaded(waiting) => self.loaded(waiting, &sender),
            CommandOutput::Answered { outcome, open } => self.answered(outcome, open, &sender),
        }
    }
}
