//! The certificate page: what the server showed, why it proves nothing, and what can be done about it.
//! The harmless answer is the default; pinning needs a tick first.

mod present;

use std::cell::Cell;

use adw::prelude::*;
use relm4::prelude::*;

use crate::{
    i18n::{gettext, gettext_f},
    model::{CertificateProblem, CertificateSummary, Fingerprint},
    ui::{
        accessible,
        dialog::{close_on_escape, date},
        untrusted_text::isolated,
    },
};

/// Longest domain that is shown, in characters.
const MAX_DOMAIN: usize = 253;

/// The certificate page.
pub struct CertificatePage {
    problem: CertificateProblem,
    has_compared: bool,
    has_answered: Cell<bool>,
}

/// What the person does.
#[derive(Debug)]
pub enum Input {
    /// The tick was set or taken away.
    Compared(bool),
    /// Pin the certificate.
    Pin,
    /// The window was closed, by whatever way.
    Closed,
}

/// What the person decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Output {
    /// Stay away from this server.
    Disconnect,
    /// Accept this certificate, and no other, from now on.
    Pin(Fingerprint),
}

#[allow(missing_docs)]
#[relm4::component(pub)]
impl Component for CertificatePage {
    type Init = CertificateProblem;
    type Input = Input;
    type Output = Output;
    type CommandOutput = ();

    view! {
        adw::Window {
            set_title: Some(&gettext("Certificate")),
            set_default_size: (480, 640),
            set_size_request: (340, 360),
            set_default_widget: Some(&disconnect),
            connect_close_request[sender] => move |_| {
                sender.input(Input::Closed);
                gtk::glib::Propagation::Proceed
            },

            gtk::Box {
                set_orientation: gtk::Orientation::Vertical,

                adw::HeaderBar {},

                gtk::ScrolledWindow {
                    set_hscrollbar_policy: gtk::PolicyType::Never,
                    set_vexpand: true,

                    adw::Clamp {
                        set_maximum_size: 480,

                        #[name = "content"]
                        gtk::Box {
                            set_orientation: gtk::Orientation::Vertical,
                            set_spacing: 18,
                            set_margin_all: 18,

                            gtk::Image {
                                set_icon_name: Some("dialog-warning-symbolic"),
                                set_pixel_size: 48,
                                add_css_class: "warning",
                            },

                            gtk::Label {
                                set_widget_name: "certificate-title",
                                set_css_classes: &["title-2"],
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_justify: gtk::Justification::Center,
                                set_label: &gettext_f(
                                    "Is this really {domain}?",
                                    &[("domain", &isolated(&model.problem.domain, MAX_DOMAIN))],
                                ),
                            },

                            gtk::Label {
                                set_widget_name: "certificate-reason",
                                set_css_classes: &["heading"],
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                set_xalign: 0.0,
                                set_label: &present::reason(&model.problem),
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_xalign: 0.0,
                                set_label: &present::meaning(&model.problem),
                            },

                            gtk::Label {
                                set_wrap: true,
                                set_xalign: 0.0,
                                set_label: &gettext("Nothing was sent to the server: not your password, not your messages."),
                            },
                        },
                    },
                },

                gtk::Separator {},

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 12,
                    set_margin_all: 12,

                    #[name = "compared"]
                    gtk::CheckButton {
                        set_widget_name: "compared",
                        set_visible: present::can_be_pinned(&model.problem),
                        #[wrap(Some)]
                        set_child = &gtk::Label {
                            set_wrap: true,
                            set_xalign: 0.0,
                            set_label: &present::compared(),
                        },
                        connect_toggled[sender] => move |check| {
                            sender.input(Input::Compared(check.is_active()));
                        },
                    },

                    gtk::Box {
                        set_spacing: 12,
                        set_homogeneous: true,

                        gtk::Button {
                            set_widget_name: "pin",
                            set_label: &gettext("Pin this certificate"),
                            set_visible: present::can_be_pinned(&model.problem),
                            add_css_class: "destructive-action",
                            #[watch]
                            set_sensitive: model.has_compared,
                            connect_clicked => Input::Pin,
                        },

                        #[name = "disconnect"]
                        gtk::Button {
                            set_widget_name: "disconnect",
                            set_label: &gettext("Disconnect"),
                            set_action_name: Some("window.close"),
                        },
                    },
                },
            },
        }
    }

    fn init(
        problem: Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let model = Self {
            problem,
            has_compared: false,
            has_answered: Cell::new(false),
        };
        let widgets = view_output!();
        close_on_escape(&root);
        model.fill(&widgets.content);
        // A check that holds a label of its own would have no name.
        accessible::set_label(&widgets.compared, &present::compared());
        widgets.disconnect.grab_focus();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, input: Input, sender: ComponentSender<Self>, root: &Self::Root) {
        match input {
            Input::Compared(compared) => self.has_compared = compared,
            Input::Pin => self.pin(&sender, root),
            Input::Closed => self.answer(Output::Disconnect, &sender),
        }
    }
}

impl CertificatePage {
    fn pin(&self, sender: &ComponentSender<Self>, root: &adw::Window) {
        if self.has_compared && present::can_be_pinned(&self.problem) {
            self.answer(Output::Pin(self.problem.sha256), sender);
            root.close();
        }
    }

    /// Tells the first answer and no other.
    fn answer(&self, answer: Output, sender: &ComponentSender<Self>) {
        if !self.has_answered.replace(true) {
            // The holder may be gone already.
            let _ = sender.output(answer);
        }
    }

    /// Adds what can be told of the certificate.
    fn fill(&self, content: &gtk::Box) {
        content.append(&self.fingerprints());
        if let Some(summary) = &self.problem.summary {
            content.append(&group(&gettext("What it says of itself"), summary));
        }
        if !self.problem.chain.is_empty() {
            content.append(&self.chain());
        }
    }

    /// The fingerprint, beside the pinned one where there is one.
    fn fingerprints(&self) -> gtk::Widget {
        let Some(pinned) = self.problem.pinned else {
            let lines = present::lines(self.problem.sha256, 8);
            return fingerprint(&gettext("Fingerprint (SHA-256)"), &lines, "fingerprint").upcast();
        };
        let both = gtk::Box::builder().spacing(12).homogeneous(true).build();
        both.append(&fingerprint(
            &gettext("Pinned before"),
            &present::narrow_lines(pinned),
            "fingerprint-pinned",
        ));
        both.append(&fingerprint(
            &gettext("Shown now"),
            &present::narrow_lines(self.problem.sha256),
            "fingerprint",
        ));
        both.upcast()
    }

    fn chain(&self) -> adw::PreferencesGroup {
        let list = adw::PreferencesGroup::new();
        let expander = adw::ExpanderRow::builder()
            .title(gettext("Chain of certificates"))
            .build();
        expander.set_widget_name("chain");
        for (place, certificate) in self.problem.chain.iter().enumerate() {
            let title = certificate.summary.as_ref().map_or_else(
                || gettext("Cannot be read"),
                |s| isolated(&s.subject, MAX_DOMAIN),
            );
            let issuer = certificate
                .summary
                .as_ref()
                .map(|s| isolated(&s.issuer, MAX_DOMAIN))
                .unwrap_or_default();
            let row = plain_row(
                &format!("{}. {title}", place + 1),
                &format!(
                    "{}\n{}",
                    gettext_f("Issued by {issuer}", &[("issuer", &issuer)]),
                    present::lines(certificate.sha256, 16)
                ),
            );
            expander.add_row(&row);
        }
        list.add(&expander);
        list
    }
}

fn group(title: &str, summary: &CertificateSummary) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::builder().title(title).build();
    for (label, value) in present::rows(summary, date) {
        group.add(&plain_row(&label, &value));
    }
    group
}

/// A row whose texts are never read as markup and can be as long as they are.
fn plain_row(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .use_markup(false)
        .title_lines(0)
        .subtitle_lines(0)
        .build();
    row.set_title(title);
    row.set_subtitle(subtitle);
    row
}

fn fingerprint(title: &str, lines: &str, name: &str) -> gtk::Box {
    let heading = gtk::Label::builder()
        .label(title)
        .xalign(0.0)
        .css_classes(["heading"])
        .build();
    let digits = gtk::Label::builder()
        .label(lines)
        .xalign(0.0)
        .selectable(true)
        .css_classes(["monospace", "fingerprint"])
        .name(name)
        .build();
    accessible::set_label(&digits, &format!("{title}: {}", lines.replace('\n', ":")));
    let all = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .css_classes(["card", "problem"])
        .build();
    all.append(&heading);
    all.append(&digits);
    all
}
