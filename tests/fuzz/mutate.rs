//! Small damages to a file, the same ones in every run.

use crate::random::Random;

/// Pieces that break parsers more often than chance does.
const TOKENS: &[&[u8]] = &[
    b"<",
    b"</",
    b"/>",
    b"&amp;",
    b"&#0;",
    b"&#x110000;",
    b"&lt;!ENTITY",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<![CDATA[",
    b"]]>",
    b"<?xml?>",
    b"<!-- -->",
    b"\0",
    b"\xc0\x80",
    b"\xed\xa0\x80",
    b"\xff\xfe",
    b"\xf4\x90\x80\x80",
    b"</stream:stream>",
    b"<stream:stream>",
    b" xmlns=''",
    b" xmlns='jabber:client'",
    b" xmlns:a='b'",
    b"a:",
    b" from='alice@memory.example'",
    b" from='mallory@evil.example/x'",
    b" type='error'",
    b" type='result'",
    b" id=''",
    b"<body>x</body>",
    b"\xe2\x80\xae",
    b"\xcc\x81\xcc\x81\xcc\x81",
    b"@",
    b"/",
    b"%00",
    b"-1",
    b"4294967295",
    b"18446744073709551616",
];

/// A copy with one to four damages.
pub(crate) fn mutated(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..=random.below(4) {
        damage(&mut bytes, random);
    }
    bytes
}

fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let length = random.below(bytes.len() - at + 1).min(random.below(64));
    match random.below(7) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
        1 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = u8::try_from(random.below(256)).unwrap_or(0);
            }
        }
        2 => drop(bytes.drain(at..at + length)),
        3 => {
            let piece = bytes[at..at + length].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, piece);
        }
        4 => {
            // Repetition finds what grows faster than its input.
            let piece = bytes[at..at + length].repeat(1 + random.below(40));
            bytes.splice(at..at, piece);
        }
        5 => bytes.truncate(at),
        _ => {
            let token = TOKENS[random.below(TOKENS.len())];
            bytes.splice(at..at, token.iter().copied());
        }
    }
}
