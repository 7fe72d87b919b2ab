//! A form that a server wants filled, as rows of widgets.
//! Knows nothing of what it is for; everything in it but the titles of well-known fields is the server's.

mod present;
mod rows;

use adw::prelude::*;

use crate::{
    i18n::{gettext, gettext_f},
    model::{Field, FieldKind, Form, Secret},
};
use rows::Row;

/// A form on the screen. It holds widgets only; what was typed is read when it is needed and never logged.
pub struct FormView {
    /// The widget.
    pub root: gtk::Box,
    form: Form,
    rows: Vec<Row>,
}

impl FormView {
    /// Shows a form, with values kept from an earlier try where the fields are the same.
    pub fn new(form: Form, former: Option<&Self>) -> Self {
        let root = gtk::Box::new(gtk::Orientation::Vertical, 18);
        for text in [&form.title, &form.instructions] {
            if !text.trim().is_empty() {
                root.append(&rows::paragraph(text));
            }
        }
        if let Some(page) = present::page(form.url.as_deref()) {
            root.append(&rows::page(&page));
        }
        let mut rows = Vec::new();
        let mut group = None;
        for field in form.fields.iter().take(present::MAX_SHOWN) {
            let row = Row::new(field);
            if let Some(value) = former.and_then(|former| former.kept(field)) {
                row.set_value(&value);
            }
            if let Some(widget) = row.widget() {
                place(&root, &mut group, widget);
            }
            rows.push(row);
        }
        let unseen = form.fields.len().saturating_sub(rows.len());
        if unseen > 0 {
            let count = unseen.to_string();
            root.append(&rows::paragraph(&gettext_f(
                "This form has {n} more fields, which are not shown and sent back as they are.",
                &[("n", &count)],
            )));
        }
        if let Some(expert) = hidden(&form.fields) {
            root.append(&expert);
        }
        Self { root, form, rows }
    }

    /// The form as it is filled now.
    pub fn filled(&self) -> Form {
        let mut form = self.form.clone();
        for (field, row) in form.fields.iter_mut().zip(&self.rows) {
            if let Some(values) = row.values() {
                field.values = values;
            }
        }
        form
    }

    /// The first required field that is empty, marked and focused; its title.
    pub fn first_gap(&self) -> Option<String> {
        let mut first = None;
        for (field, row) in self.form.fields.iter().zip(&self.rows) {
            let is_gap = field.required && row.is_empty();
            row.mark(is_gap);
            if is_gap && first.is_none() {
                row.focus();
                first = Some(present::title(field));
            }
        }
        first
    }

    /// The password that the form makes, if it has a field for one.
    pub fn password(&self) -> Option<Secret> {
        self.value("password")
            .filter(|password| !password.is_empty())
            .map(Secret::new)
    }

    /// Puts the keyboard focus into the field with this name on the wire.
    pub fn focus(&self, var: &str) {
        if let Some(row) = self.row(var) {
            row.focus();
        }
    }

    /// Puts a value into the field with this name on the wire.
    pub fn set(&self, var: &str, value: &str) {
        if let Some(row) = self.row(var) {
            row.set_value(value);
        }
    }

    fn row(&self, var: &str) -> Option<&Row> {
        let place = self.form.fields.iter().position(|field| field.var == var)?;
        self.rows.get(place)
    }

    fn value(&self, var: &str) -> Option<String> {
        self.row(var)?.values()?.into_iter().next()
    }

    /// What was typed into the same field before; answers to pictures are of no use twice.
    fn kept(&self, field: &Field) -> Option<String> {
        match present::kind(field) {
            FieldKind::Text | FieldKind::Password | FieldKind::Lines => self.value(&field.var),
            FieldKind::Switch
            | FieldKind::Choice(_)
            | FieldKind::Choices(_)
            | FieldKind::Captcha(_)
            | FieldKind::Fixed
            | FieldKind::Hidden => None,
        }
    }
}

/// Appends a widget; rows that follow one another share a group, which would otherwise put all rows first.
fn place(root: &gtk::Box, group: &mut Option<adw::PreferencesGroup>, widget: &gtk::Widget) {
    if widget.is::<adw::PreferencesRow>() {
        group
            .get_or_insert_with(|| {
                let group = adw::PreferencesGroup::new();
                root.append(&group);
                group
            })
            .add(widget);
    } else {
        *group = None;
        root.append(widget);
    }
}

/// What is sent without being asked, for those who want to know.
fn hidden(fields: &[Field]) -> Option<adw::PreferencesGroup> {
    let hidden: Vec<_> = fields
        .iter()
        .filter(|field| field.kind == FieldKind::Hidden)
        .take(present::MAX_SHOWN)
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let expander = adw::ExpanderRow::builder()
        .title(gettext("Expert details"))
        .subtitle(gettext("Sent back to the server as it is"))
        .name("form-hidden")
        .build();
    for field in hidden {
        let (name, value) = present::hidden(field);
        expander.add_row(&rows::plain(&name, &value));
    }
    let group = adw::PreferencesGroup::new();
    group.add(&expander);
    Some(group)
}
