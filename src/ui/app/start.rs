//! What the main window must know before it is shown, read off the main thread.

use serde::{Deserialize, Serialize};

use crate::{
    model::{ColorScheme, ConversationId},
    store::{Reader, StoreError},
    worker::Handle,
};

/// The name under which the state of the window is kept.
pub(super) const WINDOW_STATE: &str = "window.state";

/// Everything to begin with.
pub struct Start {
    /// The way to the worker.
    pub handle: Handle,
    /// Whether there is an account, else the first run begins.
    pub has_accounts: bool,
    /// Size and place of things when the window was closed last.
    pub state: WindowState,
    /// Light, dark, or as the desktop has it.
    pub color_scheme: ColorScheme,
    /// Whether only contacts who are online are shown.
    pub online_only: bool,
    /// Whether the program goes on when its window is closed.
    pub run_in_background: bool,
}

/// What the window remembers of itself; a missing value means the default.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct WindowState {
    /// Width in pixels, while it fills not the whole screen.
    pub width: i32,
    /// Height in pixels, while it fills not the whole screen.
    pub height: i32,
    /// Whether it fills the whole screen.
    pub is_maximized: bool,
    /// The chat that was shown.
    pub chat: Option<i64>,
}

impl Default for WindowState {
    fn default() -> Self {
        Self {
            width: 960,
            height: 640,
            is_maximized: false,
            chat: None,
        }
    }
}

impl Start {
    /// Reads it; may wait for the disk.
    ///
    /// # Errors
    /// Those of the store.
    pub fn read(handle: Handle) -> Result<Self, StoreError> {
        let reader = handle.reader();
        let settings = reader.settings()?;
        Ok(Self {
            has_accounts: !reader.accounts()?.is_empty(),
            state: WindowState::read(&reader)?,
            color_scheme: settings.color_scheme,
            online_only: settings.online_only,
            run_in_background: settings.run_in_background,
            handle,
        })
    }
}

impl WindowState {
    fn read(reader: &Reader) -> Result<Self, StoreError> {
        let value = reader.value(WINDOW_STATE)?;
        let state = Self::from_value(value.as_deref());
        // A chat that was closed or removed elsewhere is not shown.
        let chat = match state.chat {
            Some(chat) => reader
                .conversation(ConversationId(chat))?
                .filter(|chat| chat.open)
                .map(|chat| chat.id.0),
            None => None,
        };
        Ok(Self { chat, ..state })
    }

    fn from_value(value: Option<&str>) -> Self {
        let state: Self = value
            .and_then(|value| serde_json::from_str(value).ok())
            .unwrap_or_default();
        // Whatever is kept, the window must fit onto a screen and be seen.
        Self {
            width: state.width.clamp(360, 10_000),
            height: state.height.clamp(400, 10_000),
            ..state
        }
    }

    /// The form in which it is kept.
    pub(super) fn to_value(self) -> String {
        serde_json::to_string(&self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_comes_back_as_it_was_left() {
        let state = WindowState {
            width: 700,
            height: 500,
            is_maximized: true,
            chat: Some(7),
        };
        assert_eq!(WindowState::from_value(Some(&state.to_value())), state);
    }

    #[test]
    fn damage_means_the_default() {
        assert_eq!(WindowState::from_value(Some("{")), WindowState::default());
        assert_eq!(WindowState::from_value(None), WindowState::default());
        let odd = WindowState::from_value(Some(r#"{"width":-5,"height":0,"new":1}"#));
        assert_eq!((odd.width, odd.height), (360, 400));
    }

    #[test]
    fn a_chat_that_is_gone_is_not_shown() {
        let (store, ()) = crate::ui::gallery::sample::store(|txn| {
            let state = WindowState {
                chat: Some(99),
                ..WindowState::default()
            };
            txn.set_value(WINDOW_STATE, &state.to_value())
        });
        let start = Start::read(Handle::for_gallery(store)).unwrap();
        assert_eq!(start.state.chat, None);
        assert!(!start.has_accounts);
    }
}
