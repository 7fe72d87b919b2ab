//! What a form of a server looks like: its own words shown as such, well-known fields by their meaning.

use crate::{
    i18n::{gettext, gettext_f},
    model::{Field, FieldKind},
    ui::untrusted_text::{isolated, lines, one_line},
};

/// Most fields that are shown; the others go back as they came.
pub(super) const MAX_SHOWN: usize = 200;

/// Most choices of one field that are shown.
pub(super) const MAX_CHOICES: usize = 200;

/// Longest label that is shown, in characters.
const MAX_LABEL: usize = 120;

/// Longest text of several lines that is shown, in characters.
const MAX_TEXT: usize = 2_000;

/// What a field is for, by its name on the wire (XEP-0077, section 14.1): the server cannot call it something else.
fn known(var: &str) -> Option<String> {
    Some(match var {
        "username" => gettext("User name"),
        "password" => gettext("Password"),
        "email" => gettext("E-mail address"),
        "nick" => gettext("Nickname"),
        "name" => gettext("Full name"),
        "first" => gettext("First name"),
        "last" => gettext("Last name"),
        "address" => gettext("Street"),
        "city" => gettext("City"),
        "state" => gettext("State"),
        "zip" => gettext("Postal code"),
        "phone" => gettext("Telephone"),
        "url" => gettext("Web page"),
        "date" => gettext("Date"),
        "misc" => gettext("Anything else"),
        "key" => gettext("Key"),
        _ => return None,
    })
}

/// The title of a field. A well-known field has our title, and the server's label beside it where that says something else.
pub(super) fn title(field: &Field) -> String {
    let label = one_line(&field.label, MAX_LABEL);
    let says_more = |own: &str| {
        !label.is_empty()
            && !label.eq_ignore_ascii_case(&field.var)
            && !label.to_lowercase().contains(&own.to_lowercase())
    };
    let title = match known(&field.var) {
        Some(own) if says_more(&own) => gettext_f(
            "{meaning}: “{label}”",
            &[("meaning", &own), ("label", &isolated(&label, MAX_LABEL))],
        ),
        Some(own) => own,
        None if label.is_empty() => one_line(&field.var, MAX_LABEL),
        None => isolated(&label, MAX_LABEL),
    };
    if field.required && field.kind != FieldKind::Fixed {
        gettext_f("{title} (required)", &[("title", &title)])
    } else {
        title
    }
}

/// What a field takes; a password stays one, whatever the server calls its kind.
pub(super) fn kind(field: &Field) -> FieldKind {
    match &field.kind {
        FieldKind::Text if field.var == "password" => FieldKind::Password,
        kind => kind.clone(),
    }
}

/// Untrusted text of several lines.
pub(super) fn paragraph(text: &str) -> String {
    lines(text, MAX_TEXT)
}

/// A label of a choice.
pub(super) fn choice(label: &str) -> String {
    one_line(label, MAX_LABEL)
}

/// What is sent without being asked: name and value.
pub(super) fn hidden(field: &Field) -> (String, String) {
    (
        one_line(&field.var, MAX_LABEL),
        one_line(&field.values.join(", "), MAX_LABEL),
    )
}

/// Whether a yes-or-no field is set (XEP-0004, section 3.3).
pub(super) fn is_set(values: &[String]) -> bool {
    values.first().is_some_and(|v| v == "1" || v == "true")
}

/// The address of a page that may be opened: nothing but the web.
pub(super) fn page(url: Option<&str>) -> Option<String> {
    let parsed = url::Url::parse(url?.trim()).ok()?;
    let is_web = matches!(parsed.scheme(), "http" | "https");
    let is_plain = parsed.username().is_empty() && parsed.password().is_none();
    (is_web && is_plain).then(|| parsed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(var: &str, label: &str, kind: FieldKind) -> Field {
        Field {
            var: var.into(),
            label: label.into(),
            kind,
            required: false,
            values: vec![],
        }
    }

    #[test]
    fn a_label_cannot_hide_what_a_field_is_for() {
        let title = |var, label| title(&field(var, label, FieldKind::Text));
        assert_eq!(title("password", ""), "Password");
        assert_eq!(title("password", "password"), "Password");
        assert_eq!(title("password", "Your password, please"), "Password");
        assert_eq!(
            title("password", "Nickname"),
            "Password: “\u{2068}Nickname\u{2069}”"
        );
        assert_eq!(title("x-color", "Colour"), "\u{2068}Colour\u{2069}");
        assert_eq!(title("x-color", " "), "x-color");
        assert!(title("x", &"<b>\u{202e}".repeat(10_000)).chars().count() < 200);
    }

    #[test]
    fn required_fields_say_so() {
        let mut name = field("username", "", FieldKind::Text);
        name.required = true;
        assert_eq!(title(&name), "User name (required)");
    }

    #[test]
    fn a_password_is_never_shown_as_text() {
        assert_eq!(
            kind(&field("password", "Nickname", FieldKind::Text)),
            FieldKind::Password
        );
        assert_eq!(kind(&field("nick", "", FieldKind::Text)), FieldKind::Text);
    }

    #[test]
    fn only_plain_web_pages_are_opened() {
        for (url, opened) in [
            ("https://example.org/join", Some("https://example.org/join")),
            ("HTTP://example.org", Some("http://example.org/")),
            ("https://good.org@evil.org/", None),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("nonsense", None),
        ] {
            assert_eq!(page(Some(url)).as_deref(), opened, "{url}");
        }
        assert_eq!(page(None), None);
    }
}
