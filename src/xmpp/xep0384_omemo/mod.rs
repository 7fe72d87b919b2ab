//! XEP-0384: OMEMO, version 0.3 and version 2.

mod base64_text;
pub mod bundles;
pub mod devices;
pub mod encrypted;

#[cfg(test)]
mod tests;
