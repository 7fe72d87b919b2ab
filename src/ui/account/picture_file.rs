//! Reads a picture that the person chose from a file, and makes a small one to look at before it is used.

use std::{io::Cursor, path::Path};

use image::{ImageFormat, ImageReader, Limits, imageops::FilterType};
use tokio::io::AsyncReadExt;

/// Largest file that is read, in bytes: photographs of telephones have up to some 15 MB.
const MAX_FILE: u64 = 32 * 1024 * 1024;

/// Largest width and height of the picture, in pixels.
const MAX_SIDE: u32 = 16_000;

/// Most memory that decoding may take, in bytes.
const MAX_MEMORY: u64 = 512 * 1024 * 1024;

/// Width and height of the small picture, in pixels.
const PREVIEW: u32 = 192;

/// A picture that can be used.
#[derive(Clone, Eq, PartialEq)]
pub struct ChosenPicture {
    /// The file's bytes.
    pub bytes: Vec<u8>,
    /// A small square one in PNG.
    pub preview: Vec<u8>,
}

impl std::fmt::Debug for ChosenPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChosenPicture")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Reads and decodes a file; nothing when it is too large or no picture of a known kind.
pub(super) async fn read(path: &Path) -> Option<ChosenPicture> {
    let file = tokio::fs::File::open(path).await.ok()?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).await.ok()?;
    if u64::try_from(bytes.len()).ok()? > MAX_FILE {
        return None;
    }
    tokio::task::spawn_blocking(move || {
        let preview = preview(&bytes)?;
        Some(ChosenPicture { bytes, preview })
    })
    .await
    .ok()?
}

fn preview(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let picture = reader.decode().ok()?;
    let small = picture.resize_to_fill(PREVIEW, PREVIEW, FilterType::Triangle);
    let mut png = Cursor::new(Vec::new());
    small.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::new(width, height)
            .write_to(&mut bytes, ImageFormat::Png)
            .unwrap();
        bytes.into_inner()
    }

    #[tokio::test]
    async fn a_picture_becomes_a_small_square() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("me.png");
        std::fs::write(&path, png(640, 320)).unwrap();
        let chosen = read(&path).await.unwrap();
        assert_eq!(chosen.bytes, png(640, 320));
        let small = image::load_from_memory(&chosen.preview).unwrap();
        assert_eq!((small.width(), small.height()), (PREVIEW, PREVIEW));
    }

    #[tokio::test]
    async fn what_is_no_picture_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.png");
        let whole = png(10, 10);
        for bytes in [&b""[..], b"hello", &whole[..whole.len() / 2]] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(read(&path).await, None);
        }
        assert_eq!(read(folder.path()).await, None);
        assert_eq!(read(&folder.path().join("missing")).await, None);
    }

    #[test]
    fn a_picture_of_absurd_size_is_refused() {
        // A PNG header that promises 2^31 - 1 pixels each way.
        let mut bytes = png(1, 1);
        bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(preview(&bytes), None);
    }
}
