//! A picture that somebody published.

use tessera::xmpp::picture;

pub(super) fn run(bytes: &[u8]) {
    if let Ok(png) = picture::kept(bytes) {
        assert!(
            picture::kept(&png).is_ok(),
            "we cannot read what we made ourselves"
        );
    }
}
