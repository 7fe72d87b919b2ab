//! What the person chose for the whole profile.

use serde::{Deserialize, Serialize};

/// All settings of a profile; a missing value means the default.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Settings {
    /// Whether contacts learn that a message arrived (XEP-0184).
    pub send_receipts: bool,
    /// Whether contacts learn that a message was seen (XEP-0333).
    pub send_read_markers: bool,
    /// Whether contacts learn that we are typing (XEP-0085).
    pub send_typing: bool,
    /// Whether contacts may call for attention (XEP-0224).
    pub receive_attention: bool,
    /// Whether new messages show on the desktop.
    pub notify: bool,
    /// What a notification tells.
    pub notification_text: NotificationText,
    /// Whether a sound is played.
    pub notification_sound: bool,
    /// Whether Enter sends, else Ctrl+Enter does.
    pub enter_sends: bool,
    /// Whether the roster hides those who are offline.
    pub online_only: bool,
    /// Light, dark, or as the desktop has it.
    pub color_scheme: ColorScheme,
    /// Whether the program goes on when its window is closed.
    pub run_in_background: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            send_receipts: true,
            send_read_markers: true,
            send_typing: true,
            receive_attention: false,
            notify: true,
            notification_text: NotificationText::Full,
            notification_sound: false,
            enter_sends: true,
            online_only: false,
            color_scheme: ColorScheme::System,
            run_in_background: false,
        }
    }
}

/// What a notification tells.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum NotificationText {
    /// Who and what.
    #[default]
    Full,
    /// Who.
    Sender,
    /// Only that there is something.
    Nothing,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum ColorScheme {
    /// As the desktop has it.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}
