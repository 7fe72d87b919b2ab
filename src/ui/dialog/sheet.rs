//! The inside of a small dialog: Cancel and one more button above, content that scrolls below.

use adw::prelude::*;
use relm4::prelude::*;

use crate::i18n::gettext;

#[relm4::widget_template(pub)]
impl WidgetTemplate for Sheet {
    view! {
        gtk::Box {
            set_orientation: gtk::Orientation::Vertical,

            #[name = "header"]
            adw::HeaderBar {
                set_show_start_title_buttons: false,
                set_show_end_title_buttons: false,

                #[name = "cancel"]
                pack_start = &gtk::Button {
                    set_label: &gettext("Cancel"),
                    set_widget_name: "cancel",
                    set_action_name: Some("window.close"),
                },

                #[name = "accept"]
                pack_end = &gtk::Button {
                    set_widget_name: "accept",
                    add_css_class: "suggested-action",
                },

                #[name = "spinner"]
                pack_end = &gtk::Spinner {},
            },

            gtk::ScrolledWindow {
                set_hscrollbar_policy: gtk::PolicyType::Never,
                set_propagate_natural_height: true,
                set_vexpand: true,

                adw::Clamp {
                    set_maximum_size: 480,

                    #[name = "content"]
                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_spacing: 18,
                        set_margin_all: 18,
                    },
                },
            },
        }
    }
}
