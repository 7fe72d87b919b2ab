//! The colour of an address (XEP-0392), by way of HSLuv (<https://www.hsluv.org>).
//! Knows nothing of widgets.

use sha1::{Digest, Sha1};

/// Lightness that white letters can be read on in every hue, in percent.
const LIGHTNESS: f64 = 45.0;
/// Saturation, in percent: strong, not glaring.
const SATURATION: f64 = 80.0;

/// Reference white D65, and the constants of CIE L*u*v*.
const WHITE_U: f64 = 0.197_830_006_642_836_8;
const WHITE_V: f64 = 0.468_319_994_938_791;
const KAPPA: f64 = 903.296_296_296_296_3;
const EPSILON: f64 = 0.008_856_451_679_035_631;

/// From CIE XYZ to linear sRGB.
const TO_RGB: [[f64; 3]; 3] = [
    [
        3.240_969_941_904_521,
        -1.537_383_177_570_093,
        -0.498_610_760_293,
    ],
    [
        -0.969_243_636_280_87,
        1.875_967_501_507_72,
        0.041_555_057_407_175,
    ],
    [
        0.055_630_079_696_993,
        -0.203_976_958_888_97,
        1.056_971_514_242_878,
    ],
];

/// Red, green and blue, each 0 to 1.
pub type Rgb = [f64; 3];

/// The colour that stands for an address.
pub fn of(address: &str) -> Rgb {
    hsluv(hue(address), SATURATION, LIGHTNESS)
}

/// The hue of a text in degrees (XEP-0392, section 5.1).
fn hue(text: &str) -> f64 {
    let digest = Sha1::digest(text.as_bytes());
    f64::from(u16::from_le_bytes([digest[0], digest[1]])) / 65_536.0 * 360.0
}

/// HSLuv to sRGB; hue in degrees, saturation and lightness in percent.
fn hsluv(hue: f64, saturation: f64, lightness: f64) -> Rgb {
    let chroma = most_chroma(lightness, hue) / 100.0 * saturation;
    let radians = hue.to_radians();
    let u = radians.cos() * chroma / (13.0 * lightness) + WHITE_U;
    let v = radians.sin() * chroma / (13.0 * lightness) + WHITE_V;
    let y = if lightness > 8.0 {
        ((lightness + 16.0) / 116.0).powi(3)
    } else {
        lightness / KAPPA
    };
    let x = 9.0 * y * u / (4.0 * v);
    let z = (9.0 * y - 15.0 * v * y - v * x) / (3.0 * v);
    TO_RGB.map(|[a, b, c]| gamma(a * x + b * y + c * z))
}

/// The strongest chroma of a lightness and hue inside sRGB: the nearest of the six lines that bound it.
fn most_chroma(lightness: f64, hue: f64) -> f64 {
    let cube = (lightness + 16.0).powi(3) / 1_560_896.0;
    let scale = if cube > EPSILON {
        cube
    } else {
        lightness / KAPPA
    };
    let (sin, cos) = hue.to_radians().sin_cos();
    let mut least = f64::INFINITY;
    for [a, b, c] in TO_RGB {
        for bound in [0.0, 1.0] {
            let below = (632_260.0 * c - 126_452.0 * b) * scale + 126_452.0 * bound;
            let slope = (284_517.0 * a - 94_839.0 * c) * scale / below;
            let start = ((838_422.0 * c + 769_860.0 * b + 731_718.0 * a) * lightness * scale
                - 769_860.0 * bound * lightness)
                / below;
            let length = start / (sin - slope * cos);
            if length >= 0.0 {
                least = least.min(length);
            }
        }
    }
    least
}

/// Linear light to sRGB.
fn gamma(linear: f64) -> f64 {
    let value = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    value.clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::{hsluv, hue, of};

    #[test]
    fn the_vectors_of_the_specification() {
        // XEP-0392, section 12.1: saturation 100, lightness 50.
        for (text, angle, rgb) in [
            ("Romeo", 327.255249, [0.865, 0.000, 0.686]),
            ("juliet@capulet.lit", 209.410400, [0.000, 0.515, 0.573]),
            ("😺", 331.199341, [0.872, 0.000, 0.659]),
            ("council", 359.994507, [0.918, 0.000, 0.394]),
            ("Board", 171.430664, [0.000, 0.527, 0.457]),
        ] {
            assert!((hue(text) - angle).abs() < 1e-6, "{text}: {}", hue(text));
            for (ours, theirs) in hsluv(hue(text), 100.0, 50.0).into_iter().zip(rgb) {
                assert!((ours - theirs).abs() < 1e-3, "{text}: {ours} {theirs}");
            }
        }
    }

    #[test]
    fn white_letters_can_be_read_on_every_colour() {
        for n in 0..360 {
            let [r, g, b] = hsluv(f64::from(n), super::SATURATION, super::LIGHTNESS);
            let linear = |c: f64| {
                if c <= 0.040_45 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            let luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
            // WCAG 2.1, section 1.4.3.
            assert!(1.05 / (luminance + 0.05) >= 4.5, "hue {n}");
        }
        assert_ne!(of("alice@example.org"), of("bob@example.org"));
    }
}
