//! Pictures that were read from the store lately, ready to be drawn.

use std::{cell::RefCell, collections::VecDeque};

use gtk::{gdk, gdk_pixbuf, gio, glib, prelude::*};

use crate::store::Reader;

/// Largest edge that is drawn, in pixels: the details pane on a display of twice the density would want more, but then
/// 300 of them would need 44 MiB instead of 19.
const EDGE: i32 = 128;
/// Most pictures kept: more than fit on a screen.
const MOST: usize = 300;

thread_local! {
    static KNOWN: RefCell<VecDeque<(String, gdk::Texture)>> = const { RefCell::new(VecDeque::new()) };
}

/// A picture that was read lately.
pub(super) fn known(sha1: &str) -> Option<gdk::Texture> {
    KNOWN.with_borrow_mut(|known| {
        let place = known.iter().position(|(name, _)| name == sha1)?;
        let entry = known.remove(place)?;
        let texture = entry.1.clone();
        known.push_back(entry);
        Some(texture)
    })
}

/// Reads a picture off the main thread; none when the store has none or it is damaged.
pub(super) async fn load(reader: Reader, sha1: String) -> Option<gdk::Texture> {
    let name = sha1.clone();
    let read = gio::spawn_blocking(move || decode(&reader.avatar(&name).ok()??.png));
    let texture = read.await.ok()??;
    KNOWN.with_borrow_mut(|known| {
        known.retain(|(other, _)| *other != sha1);
        known.push_back((sha1, texture.clone()));
        while known.len() > MOST {
            known.pop_front();
        }
    });
    Some(texture)
}

/// Decodes a picture, no larger than it is drawn. The bytes were encoded by us, not by a stranger.
fn decode(png: &[u8]) -> Option<gdk::Texture> {
    let stream = gio::MemoryInputStream::from_bytes(&glib::Bytes::from(png));
    let pixbuf =
        gdk_pixbuf::Pixbuf::from_stream_at_scale(&stream, EDGE, EDGE, true, gio::Cancellable::NONE);
    Some(gdk::Texture::for_pixbuf(&pixbuf.ok()?).upcast())
}
