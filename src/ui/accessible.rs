//! Names and states of widgets for those who do not see them.
//!
//! The bindings offer `gtk::accessible` only from GTK 4.10 on, although GTK itself has it from 4.0 on. What they do offer
//! is the reader of interface descriptions, which sets the same properties on a widget that is there already.

use gtk::{glib, prelude::*};

/// What a widget is called: for buttons that show only an icon, fields without a visible label, and rows.
pub fn set_label(widget: &impl IsA<gtk::Widget>, label: &str) {
    let label = glib::markup_escape_text(label);
    describe(
        widget,
        &format!("<property name=\"label\">{label}</property>"),
    );
}

/// What a widget says beside its name, such as what is wrong with a field.
pub fn set_description(widget: &impl IsA<gtk::Widget>, text: &str) {
    let text = glib::markup_escape_text(text);
    describe(
        widget,
        &format!("<property name=\"description\">{text}</property>"),
    );
}

/// Whether a widget is the chosen one of its list.
pub fn set_selected(widget: &impl IsA<gtk::Widget>, selected: bool) {
    describe(
        widget,
        &format!("<state name=\"selected\">{selected}</state>"),
    );
}

/// Whether what was entered in a field is wrong.
pub fn set_invalid(widget: &impl IsA<gtk::Widget>, invalid: bool) {
    describe(
        widget,
        &format!("<state name=\"invalid\">{invalid}</state>"),
    );
}

/// Says that a widget shows or hides others, and which of the two it does now.
pub fn set_expanded(widget: &impl IsA<gtk::Widget>, expanded: bool) {
    describe(
        widget,
        &format!("<state name=\"expanded\">{expanded}</state>"),
    );
}

/// An icon-only button's name, which is its tooltip, too.
pub fn name_button(button: &impl IsA<gtk::Widget>, name: &str) {
    button.as_ref().set_tooltip_text(Some(name));
    set_label(button, name);
}

/// A label that is there only for screen readers, to be laid over something: they tell when its words change. GTK has
/// announcements from 4.14 on.
pub fn speaker() -> gtk::Label {
    gtk::Label::builder()
        .accessible_role(gtk::AccessibleRole::Status)
        .opacity(0.0)
        .halign(gtk::Align::Start)
        .valign(gtk::Align::End)
        .ellipsize(gtk::pango::EllipsizeMode::End)
        .can_target(false)
        .name("speaker")
        .build()
}

/// Hands properties and states to GTK as a description of the widget.
fn describe(widget: &impl IsA<gtk::Widget>, what: &str) {
    let widget: &gtk::Widget = widget.as_ref();
    let class = widget.type_();
    let description = format!(
        "<interface><template class=\"{}\"><accessibility>{what}</accessibility></template></interface>",
        class.name()
    );
    if let Err(error) = gtk::Builder::new().extend_with_template(widget, class, &description) {
        // Only a name that this file has wrong can get here; the words in it are escaped, and not logged.
        tracing::error!(%class, kind = ?error.kind::<gtk::BuilderError>(), "a widget could not be named");
    }
}
