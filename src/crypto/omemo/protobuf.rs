//! The little of protocol buffers that key messages and stored sessions need.
//! Writes zeros (libsignal misses fields that are left out), skips unknown fields, refuses lengths beyond the input.

use zeroize::Zeroizing;

/// Appends fields to a message.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn number(mut self, field: u32, value: u32) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(u64::from(value));
        self
    }

    pub(super) fn bytes(mut self, field: u32, value: &[u8]) -> Self {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// Appends a field if there is a value.
    pub(super) fn optional(self, field: u32, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.bytes(field, value),
            None => self,
        }
    }

    /// Appends a message once for each value.
    pub(super) fn each<T>(
        self,
        field: u32,
        values: impl IntoIterator<Item = T>,
        write: impl Fn(Self, T) -> Self,
    ) -> Self {
        values.into_iter().fold(self, |writer, value| {
            let inner = Zeroizing::new(write(Self::default(), value).end());
            writer.bytes(field, &inner)
        })
    }

    pub(super) fn end(self) -> Vec<u8> {
        self.0
    }

    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

/// The value of one field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// All fields of a message in their order.
pub(super) struct Fields<'a>(Vec<(u32, Value<'a>)>);

/// More fields than any message of ours or of others has.
const MAX_FIELDS: usize = 8192;

impl<'a> Fields<'a> {
    /// Takes a message apart; nothing if it is cut off, too long or uses wire types that nobody uses.
    pub(super) fn of(mut input: &'a [u8]) -> Option<Self> {
        let mut fields = Vec::new();
        while !input.is_empty() {
            if fields.len() == MAX_FIELDS {
                return None;
            }
            let tag = varint(&mut input)?;
            let field = u32::try_from(tag >> 3).ok().filter(|&field| field > 0)?;
            let value = match tag & 7 {
                0 => Value::Number(varint(&mut input)?),
                2 => {
                    let length = usize::try_from(varint(&mut input)?).ok()?;
                    Value::Bytes(take(&mut input, length)?)
                }
                1 => Value::Bytes(take(&mut input, 8)?),
                5 => Value::Bytes(take(&mut input, 4)?),
                _ => return None,
            };
            fields.push((field, value));
        }
        Some(Self(fields))
    }

    /// A number, the last one if there are several.
    pub(super) fn number(&self, field: u32) -> Option<u32> {
        match self.last(field)? {
            Value::Number(number) => u32::try_from(number).ok(),
            Value::Bytes(_) => None,
        }
    }

    /// Bytes, the last ones if there are several.
    pub(super) fn bytes(&self, field: u32) -> Option<&'a [u8]> {
        match self.last(field)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::Number(_) => None,
        }
    }

    /// Exactly as many bytes.
    pub(super) fn array<const N: usize>(&self, field: u32) -> Option<[u8; N]> {
        self.bytes(field)?.try_into().ok()
    }

    /// All values of a field that is a message.
    pub(super) fn each(&self, field: u32) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.0
            .iter()
            .filter_map(move |&(number, value)| match value {
                Value::Bytes(bytes) if number == field => Some(bytes),
                _ => None,
            })
    }

    fn last(&self, field: u32) -> Option<Value<'a>> {
        let mut found = self.0.iter().rev().filter(|(number, _)| *number == field);
        found.next().map(|&(_, value)| value)
    }
}

fn varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let (&byte, rest) = input.split_first()?;
        *input = rest;
        let part = u64::from(byte & 0x7f);
        if shift == 63 && part > 1 {
            return None;
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn take<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_zeros_are_written() {
        assert_eq!(Writer::default().number(2, 0).end(), [0x10, 0]);
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = Writer::default()
            .number(1, u32::MAX)
            .bytes(17, b"text")
            .number(1, 300)
            .end();
        let fields = Fields::of(&bytes).unwrap();
        assert_eq!(fields.number(1), Some(300));
        assert_eq!(fields.bytes(17), Some(&b"text"[..]));
        assert_eq!(fields.array::<4>(17), Some(*b"text"));
        assert_eq!(fields.array::<5>(17), None);
        assert_eq!(fields.number(17), None);
        assert_eq!(fields.number(2), None);
    }

    #[test]
    fn f48_lengths_that_lie_are_refused() {
        for input in [
            &[0x0a, 5, 1][..],
            &[
                0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
            ],
            &[
                0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2,
            ],
            &[
                0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1,
            ],
            &[0x08],
            &[0x0b],
            &[0x00, 1],
            &[0x09, 1, 2, 3],
        ] {
            assert!(Fields::of(input).is_none(), "{input:?}");
        }
        let fields = Fields::of(&[0x08, 0xff, 0xff, 0xff, 0xff, 0x7f]).unwrap();
        assert_eq!(fields.number(1), None, "more than 32 bits");
    }
}
