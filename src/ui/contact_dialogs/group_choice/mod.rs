//! The groups of a contact: those there are to tick, and a field that finds one or makes a new one.
//! Knows nothing of contacts.

mod present;

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    i18n::gettext,
    ui::{accessible, untrusted_text::one_line},
};

/// The rows.
pub struct GroupChoice {
    known: Vec<String>,
    chosen: Vec<String>,
    typed: String,
    rows: Vec<adw::ActionRow>,
    expander: adw::ExpanderRow,
    entry: adw::EntryRow,
}

/// What happens to the rows.
#[derive(Debug)]
pub enum Input {
    /// These groups there are.
    Known(Vec<String>),
    /// The contact is in these groups.
    Choose(Vec<String>),
    /// A group was ticked or unticked.
    Toggled(String, bool),
    /// The field was edited.
    Typed(String),
    /// Add the group that stands in the field.
    Add,
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for GroupChoice {
    type Init = ();
    type Input = Input;
    type Output = Vec<String>;
    type CommandOutput = ();

    view! {
        adw::PreferencesGroup {
            #[local_ref]
            expander -> adw::ExpanderRow {
                set_use_markup: false,
                set_title: &gettext("Groups"),
                set_widget_name: "groups",
                #[watch]
                set_subtitle: &model.summary(),

                #[local_ref]
                add_row = entry -> adw::EntryRow {
                    set_title: &gettext("Find a group, or type a new one"),
                    set_widget_name: "group",
                    set_show_apply_button: true,
                    connect_changed[sender] => move |row| {
                        sender.input(Input::Typed(row.text().into()));
                    },
                    connect_apply => Input::Add,
                    connect_entry_activated => Input::Add,
                },
            },
        }
    }

    fn init(
        (): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            known: vec![],
            chosen: vec![],
            typed: String::new(),
            rows: vec![],
            expander: adw::ExpanderRow::new(),
            entry: adw::EntryRow::new(),
        };
        let expander = &model.expander;
        let entry = &model.entry;
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, _root: &Self::Root) {
        match input {
            Input::Known(groups) => self.known = groups,
            Input::Choose(groups) => self.chosen = groups,
            Input::Toggled(group, on) => return self.toggled(group, on, &sender),
            Input::Typed(text) => self.typed = text,
            Input::Add => self.add(),
        }
        self.fill(&sender);
        self.tell(&sender);
    }
}

impl GroupChoice {
    fn summary(&self) -> String {
        if self.chosen.is_empty() {
            gettext("None")
        } else {
            one_line(&self.chosen.join(", "), 200)
        }
    }

    fn toggled(&mut self, group: String, on: bool, sender: &ComponentSender<Self>) {
        self.chosen.retain(|chosen| *chosen != group);
        if on {
            self.chosen.push(group);
        }
        self.tell(sender);
    }

    fn add(&mut self) {
        let Some(group) = present::meant(&self.known, &self.typed) else {
            return;
        };
        if !self.known.contains(&group) {
            self.known.push(group.clone());
        }
        if !self.chosen.contains(&group) {
            self.chosen.push(group);
        }
        self.typed.clear();
        self.entry.set_text("");
    }

    /// Shows the groups that fit what was typed, below the field.
    fn fill(&mut self, sender: &ComponentSender<Self>) {
        for row in self.rows.drain(..) {
            self.expander.remove(&row);
        }
        let mut all = self.known.clone();
        all.extend(
            self.chosen
                .iter()
                .filter(|g| !self.known.contains(g))
                .cloned(),
        );
        for group in present::matching(&all, &self.typed) {
            let row = row(group, self.chosen.contains(group), sender);
            self.expander.add_row(&row);
            self.rows.push(row);
        }
    }

    fn tell(&self, sender: &ComponentSender<Self>) {
        // The holder may be gone already.
        let _ = sender.output(self.chosen.clone());
    }
}

fn row(group: &str, is_chosen: bool, sender: &ComponentSender<GroupChoice>) -> adw::ActionRow {
    let name = one_line(group, present::MAX_NAME);
    let check = gtk::CheckButton::builder()
        .active(is_chosen)
        .valign(gtk::Align::Center)
        .build();
    accessible::set_label(&check, &name);
    let (input, group) = (sender.input_sender().clone(), group.to_owned());
    check.connect_toggled(move |check| {
        // The dialog may be closing.
        let _ = input.send(Input::Toggled(group.clone(), check.is_active()));
    });
    let row = adw::ActionRow::builder().use_markup(false).build();
    row.set_title(&name);
    row.add_prefix(&check);
    row.set_activatable_widget(Some(&check));
    row
}
