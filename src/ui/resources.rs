//! Icons and style sheets, packed into the program.

use gtk::gio;

/// Makes icons and style sheets known; to be called before the application starts, which then finds them by its id.
pub fn register() {
    gio::resources_register_include!("tessera.gresource")
        .expect("the packed resources are those that this build made");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    #[test]
    fn icons_and_style_lie_where_the_application_looks_for_them() {
        register();
        for path in [
            "style.css",
            "style-hc.css",
            "icons/scalable/apps/im.tessera.Tessera.svg",
            "icons/symbolic/apps/im.tessera.Tessera-symbolic.svg",
            "icons/scalable/actions/message-sent-symbolic.svg",
        ] {
            let path = format!("{}/{path}", config::RESOURCES);
            assert!(
                gio::resources_lookup_data(&path, gio::ResourceLookupFlags::NONE).is_ok(),
                "{path}"
            );
        }
    }
}
