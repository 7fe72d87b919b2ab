//! Decodes a picture that came along with a form, and encodes it anew, so that nothing of the original reaches the window.

use std::io::Cursor;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use image::{ImageFormat, ImageReader, Limits};
use minidom::Element;

use crate::model::Picture;

/// Largest picture, in bytes; CAPTCHAs are a few kilobytes.
const MAX_BYTES: usize = 512 * 1024;

/// Largest width and height, in pixels.
const MAX_SIDE: u32 = 2000;

/// Most memory for decoding, in bytes.
const MAX_MEMORY: u64 = 32 * 1024 * 1024;

/// The picture in a `data` element (XEP-0231), if it is one that we can show.
pub(super) fn decode(data: &Element) -> Option<Picture> {
    let mut text = data.text();
    if text.len() > MAX_BYTES * 2 {
        return None;
    }
    text.retain(|c| !c.is_ascii_whitespace());
    let bytes = BASE64.decode(text).ok()?;
    if bytes.len() > MAX_BYTES {
        return None;
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(Picture {
        png: png.into_inner(),
    })
}
