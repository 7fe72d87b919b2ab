//! Pictures of people: read once from bytes that others chose, kept only as small PNGs that we made.
//! Knows nothing of stanzas.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType};
use sha1::{Digest, Sha1};

/// Largest picture of others that is looked at, in bytes: avatars have a few dozen KiB.
pub const MAX_BYTES: usize = 1 << 20;
/// Largest side of others' pictures that is decoded, in pixels.
const MAX_SIDE: u32 = 4096;
/// Most memory that decoding others' pictures may take, in bytes: 4096 × 4096 at four bytes.
const MAX_MEMORY: u64 = 64 << 20;
/// Largest side of what is kept, in pixels.
const KEPT_SIDE: u32 = 256;

/// Largest picture file of our own, in bytes: more than a photograph.
const MAX_OWN_BYTES: usize = 32 << 20;
/// Largest side of our own picture file, in pixels.
const MAX_OWN_SIDE: u32 = 16_384;
/// Most memory that decoding our own picture may take, in bytes.
const MAX_OWN_MEMORY: u64 = 512 << 20;
/// Side of what is published, in pixels: sharp on today's screens, still small (XEP-0153 recommends less).
const PUBLISHED_SIDE: u32 = 192;

/// The picture cannot be used: too large, of another kind than PNG, JPEG, GIF or WebP, or damaged.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a usable picture")]
pub struct BadPicture;

/// Makes what is kept of somebody's picture: a PNG of at most 256 × 256 pixels.
///
/// # Errors
/// When it cannot be used.
pub fn kept(bytes: &[u8]) -> Result<Vec<u8>, BadPicture> {
    if bytes.len() > MAX_BYTES {
        return Err(BadPicture);
    }
    let picture = decode(bytes, MAX_SIDE, MAX_MEMORY)?;
    let fits = picture.width() <= KEPT_SIDE && picture.height() <= KEPT_SIDE;
    encode(&if fits {
        picture
    } else {
        picture.thumbnail(KEPT_SIDE, KEPT_SIDE)
    })
}

/// Makes what is published of a picture file of ours: the middle square as PNG, without anything else the file says
/// (place, camera …).
///
/// # Errors
/// When it cannot be used.
pub fn published(bytes: &[u8]) -> Result<Vec<u8>, BadPicture> {
    if bytes.len() > MAX_OWN_BYTES {
        return Err(BadPicture);
    }
    let picture = decode(bytes, MAX_OWN_SIDE, MAX_OWN_MEMORY)?;
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(x, y, side, side);
    encode(&if side > PUBLISHED_SIDE {
        square.resize_exact(PUBLISHED_SIDE, PUBLISHED_SIDE, FilterType::CatmullRom)
    } else {
        square
    })
}

/// SHA-1 of bytes in lower-case hex, the name of a picture (XEP-0084, section 4.2.1).
pub fn sha1_hex(bytes: &[u8]) -> String {
    Sha1::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// A SHA-1 in hex as others write it, in lower case; `None` when it is none.
pub fn parse_sha1(text: &str) -> Option<String> {
    let text = text.trim();
    (text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| text.to_ascii_lowercase())
}

fn decode(bytes: &[u8], max_side: u32, max_memory: u64) -> Result<DynamicImage, BadPicture> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(max_side);
    limits.max_image_height = Some(max_side);
    limits.max_alloc = Some(max_memory);
    let mut reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| BadPicture)?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| BadPicture)?;
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 || decoder.total_bytes() > max_memory {
        return Err(BadPicture);
    }
    let orientation = decoder.orientation().map_err(|_| BadPicture)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| BadPicture)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn encode(picture: &DynamicImage) -> Result<Vec<u8>, BadPicture> {
    let mut png = Cursor::new(vec![]);
    // Eight bits per channel: smaller, and enough for any screen.
    DynamicImage::from(picture.to_rgba8())
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|_| BadPicture)?;
    Ok(png.into_inner())
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, GenericImageView, ImageFormat, Rgb, RgbImage};
    use proptest::prelude::*;

    use super::{BadPicture, kept, parse_sha1, published, sha1_hex};

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(vec![]);
        DynamicImage::from(RgbImage::from_pixel(width, height, Rgb([200, 30, 30])))
            .write_to(&mut bytes, format)
            .unwrap();
        bytes.into_inner()
    }

    fn size(png: &[u8]) -> (u32, u32) {
        image::load_from_memory_with_format(png, ImageFormat::Png)
            .unwrap()
            .dimensions()
    }

    #[test]
    fn large_pictures_are_kept_small_in_their_shape() {
        for format in [
            ImageFormat::Png,
            ImageFormat::Jpeg,
            ImageFormat::Gif,
            ImageFormat::WebP,
        ] {
            assert_eq!(size(&kept(&file(600, 300, format)).unwrap()), (256, 128));
            assert_eq!(size(&kept(&file(40, 50, format)).unwrap()), (40, 50));
            assert_eq!(
                size(&published(&file(600, 300, format)).unwrap()),
                (192, 192)
            );
            assert_eq!(size(&published(&file(50, 90, format)).unwrap()), (50, 50));
        }
    }

    #[test]
    fn i75_huge_dimensions_and_other_kinds_are_refused() {
        // The header of a PNG that claims 65,535 × 65,535 pixels.
        let mut png = file(1, 1, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 255, 255, 0, 0, 255, 255]);
        assert_eq!(kept(&png), Err(BadPicture));
        assert_eq!(published(&png), Err(BadPicture));
        assert_eq!(kept(&file(4097, 1, ImageFormat::Png)), Err(BadPicture));
        assert_eq!(kept(&vec![0; (1 << 20) + 1]), Err(BadPicture));
        for text in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"BM",
        ] {
            assert_eq!(kept(text), Err(BadPicture));
        }
    }

    #[test]
    fn hashes_are_read_in_both_cases() {
        let hash = sha1_hex(b"abc");
        assert_eq!(hash, "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(parse_sha1(&hash.to_uppercase()), Some(hash));
        for bad in ["", "a9993e", "../../../../../../../../../../etc/passwd.."] {
            assert_eq!(parse_sha1(bad), None);
        }
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(at in 0_usize..200, byte: u8, cut in 0_usize..400, kind in 0..4) {
            let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP][kind as usize];
            let mut bytes = file(16, 16, format);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(cut.max(1));
            if let Ok(png) = kept(&bytes) {
                prop_assert!(size(&png).0 <= 256);
            }
        }
    }
}
