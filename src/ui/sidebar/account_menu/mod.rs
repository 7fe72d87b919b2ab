//! The button with the own picture, and the menu behind it: how accounts fare, what contacts see, and dialogs.

mod handlers;
mod messages;
mod present;
mod rows;

use adw::prelude::*;
use relm4::prelude::*;

pub(crate) use messages::{CommandOutput, Input, Output};
pub(crate) use present::Problem;

use self::{present::Seen, rows::AccountRows};
use super::refresh::Refresh;
use crate::{
    i18n::gettext,
    model::Show,
    ui::{accessible, presence, widgets::avatar::Avatar},
    worker::Handle,
};

/// The button with the own picture, and the menu behind it.
pub(crate) struct AccountMenu {
    handle: Handle,
    refresh: Refresh,
    accounts: Vec<Seen>,
    rows: AccountRows,
    problem: Option<Problem>,
    is_ticking: bool,
    popover: gtk::Popover,
    avatar: Avatar,
    status: gtk::Entry,
    choices: Vec<(Show, gtk::ToggleButton)>,
}

#[allow(missing_docs)]
#[relm4::component(pub(crate))]
impl Component for AccountMenu {
    type Init = Handle;
    type Input = Input;
    type Output = Output;
    type CommandOutput = CommandOutput;

    view! {
        #[root]
        #[name = "button"]
        gtk::MenuButton {
            set_widget_name: "account-menu",
            add_css_class: "flat",
            set_popover: Some(popover),

            #[wrap(Some)]
            set_child = &gtk::Box {
                set_spacing: 6,

                #[local_ref]
                avatar -> Avatar {
                    set_valign: gtk::Align::Center,
                },

                gtk::Spinner {
                    #[watch]
                    set_spinning: present::is_connecting(&model.accounts),
                    #[watch]
                    set_visible: present::is_connecting(&model.accounts),
                },

                gtk::Label {
                    set_ellipsize: gtk::pango::EllipsizeMode::End,
                    set_max_width_chars: 14,
                    #[watch]
                    set_label: &model.short_title(),
                },

                gtk::Image {
                    set_icon_name: Some("pan-down-symbolic"),
                },
            },
        },

        #[local_ref]
        popover -> gtk::Popover {
            add_css_class: "account-menu",
            connect_show => Input::Opened,

            gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                set_propagate_natural_height: true,
                set_propagate_natural_width: true,
                set_max_content_height: 560,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 6,
                    set_width_request: 260,

                    #[local_ref]
                    account_rows -> gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 9,
                    },

                    gtk::Separator {},

                    gtk::Label {
                        set_label: &gettext("What contacts see"),
                        set_xalign: 0.0,
                        add_css_class: "caption-heading",
                        add_css_class: "dim-label",
                    },

                    #[local_ref]
                    choice_box -> gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                    },

                    #[local_ref]
                    status -> gtk::Entry {
                        set_widget_name: "status-text",
                        set_placeholder_text: Some(&gettext("A few words for your contacts")),
                        set_secondary_icon_name: Some("adw-entry-apply-symbolic"),
                        set_secondary_icon_tooltip_text: Some(&gettext("Tell Contacts")),
                        set_max_length: 200,
                        connect_activate[sender] => move |entry| {
                            sender.input(Input::Say(entry.text().into()));
                        },
                        connect_icon_press[sender] => move |entry, _| {
                            sender.input(Input::Say(entry.text().into()));
                        },
                    },

                    gtk::Separator {},

                    append = &entry(&gettext("Accounts…"), "win.accounts"),
                    append = &entry(&gettext("Settings…"), "win.settings"),
                    append = &entry(&gettext("Keyboard Shortcuts"), "win.shortcuts"),
                    append = &entry(&gettext("About Tessera"), "win.about"),
                },
            },
        },
    }

    fn init(
        handle: Self::Init,
        _root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let choices = choices(&sender);
        let choice_box = gtk::Box::default();
        for (_, button) in &choices {
            choice_box.append(button);
        }
        let mut model = Self {
            handle,
            refresh: Refresh::default(),
            accounts: vec![],
            rows: AccountRows::new(sender.input_sender().clone()),
            problem: None,
            is_ticking: false,
            popover: gtk::Popover::new(),
            avatar: Avatar::new(26),
            status: gtk::Entry::new(),
            choices,
        };
        let popover = &model.popover;
        let status = &model.status;
        let avatar = &model.avatar;
        let account_rows = model.rows.widget();
        let widgets = view_output!();
        accessible::name_button(&widgets.button, &gettext("Accounts and status"));
        accessible::set_label(status, &gettext("A few words for your contacts"));
        model.reload(&sender);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::News(news) => self.hear(&news, &sender),
            Input::Opened => self.opened(&sender),
            Input::Choose(show) => self.choose(show),
            Input::Say(words) => self.say(&words),
            Input::Remedy(account) => self.remedy(account, &sender),
            Input::Tick => self.tick(&sender),
        }
    }

    fn update_cmd(
        &mut self,
        output: CommandOutput,
        sender: ComponentSender<Self>,
        _root: &Self::Root,
    ) {
        match output {
            CommandOutput::Loaded(accounts) => self.loaded(accounts, &sender),
            CommandOutput::Tick => sender.input(Input::Tick),
        }
    }
}

/// One button for each availability that can be chosen, of which exactly one is pressed.
fn choices(sender: &ComponentSender<AccountMenu>) -> Vec<(Show, gtk::ToggleButton)> {
    let mut group: Option<gtk::ToggleButton> = None;
    presence::CHOICES
        .into_iter()
        .map(|show| {
            let image = gtk::Image::new();
            presence::show_in(&image, show);
            image.set_pixel_size(12);
            let content = gtk::Box::new(gtk::Orientation::Horizontal, 9);
            content.append(&image);
            content.append(&gtk::Label::new(Some(&presence::name(show))));
            let button = gtk::ToggleButton::builder()
                .child(&content)
                .css_classes(["flat", "menu-entry"])
                .build();
            button.set_group(group.as_ref());
            group.get_or_insert_with(|| button.clone());
            accessible::set_label(&button, &presence::name(show));
            let input = sender.input_sender().clone();
            button.connect_clicked(move |button| {
                if button.is_active() {
                    let _ = input.send(Input::Choose(show));
                }
            });
            (show, button)
        })
        .collect()
}

/// One entry that does what an action of the window does.
fn entry(label: &str, action: &str) -> gtk::Button {
    let text = gtk::Label::builder().label(label).xalign(0.0).build();
    let button = gtk::Button::builder()
        .child(&text)
        .action_name(action)
        .css_classes(["flat", "menu-entry"])
        .build();
    // Whatever opens next belongs to the window, not to a menu that is still there.
    button.connect_clicked(|button| {
        let popover = button.ancestor(gtk::Popover::static_type());
        if let Some(popover) = popover.and_downcast::<gtk::Popover>() {
            popover.popdown();
        }
    });
    button
}
