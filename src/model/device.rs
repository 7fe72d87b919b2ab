//! Ids of devices that encrypt (XEP-0384).

use std::fmt;

/// One device of an account: 1 to 2^31 − 1 (XEP-0384, section 4.1), so that no program takes it for negative.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct DeviceId(u32);

impl DeviceId {
    /// Takes a number that can be a device.
    pub fn new(id: u32) -> Option<Self> {
        (1..=i32::MAX as u32).contains(&id).then_some(Self(id))
    }

    /// Takes what stands in an attribute.
    pub fn parse(text: &str) -> Option<Self> {
        Self::new(text.trim().parse().ok()?)
    }

    /// The number.
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p19_ids_are_positive_in_31_bits() {
        for (text, id) in [
            ("1", Some(1)),
            (" 2147483647 ", Some(2_147_483_647)),
            ("0", None),
            ("-1", None),
            ("2147483648", None),
            ("4294967297", None),
            ("1.5", None),
            ("", None),
        ] {
            assert_eq!(DeviceId::parse(text).map(DeviceId::number), id, "{text}");
        }
    }
}
