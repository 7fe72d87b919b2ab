//! XEP-0092: telling contacts which program this is; never on which system it runs.

use xmpp_parsers::{iq::Iq, ns, version::VersionResult};

use super::{Cx, Extension, Handled};
use crate::store::StoreError;

/// Answers with name and version, to those who may see us.
#[derive(Debug, Default)]
pub struct Version;

impl Extension for Version {
    fn xep(&self) -> &'static str {
        "XEP-0092"
    }

    fn features(&self) -> &'static [&'static str] {
        &[ns::VERSION]
    }

    fn iq(&mut self, cx: &mut Cx<'_, '_>, iq: &Iq) -> Result<Handled, StoreError> {
        let Iq::Get { payload, .. } = iq else {
            return Ok(Handled::No);
        };
        if !payload.is("query", ns::VERSION) || !cx.may_see_us(iq.from())? {
            return Ok(Handled::No);
        }
        let version = VersionResult {
            name: "Tessera".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            os: None,
        };
        cx.answer(iq, Some(version.into()));
        Ok(Handled::Yes)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;
    use crate::{model::Subscription, xmpp::testing::Stage};

    #[test]
    fn contacts_learn_name_and_version_and_k87_never_the_system() {
        let mut stage = Stage::with(Version);
        stage.has_contact("bob@example.net", Subscription::Both);
        let told = stage.receive(
            "<iq type='get' id='1' from='bob@example.net/x'><query xmlns='jabber:iq:version'><odd/></query></iq>",
        );
        assert!(told.sent[0].contains("<name>Tessera</name>"), "{told:?}");
        assert!(told.sent[0].contains(env!("CARGO_PKG_VERSION")));
        assert!(!told.sent[0].contains("<os"));
    }

    #[test]
    fn k87_strangers_learn_nothing_and_nobody_sets_it() {
        let mut stage = Stage::with(Version);
        stage.has_contact("bob@example.net", Subscription::To);
        for iq in [
            "<iq type='get' id='1' from='mallory@evil.example/x'><query xmlns='jabber:iq:version'/></iq>",
            "<iq type='get' id='1' from='bob@example.net/x'><query xmlns='jabber:iq:version'/></iq>",
            "<iq type='set' id='1'><query xmlns='jabber:iq:version'/></iq>",
        ] {
            let got = stage.receive(iq);
            assert!(!got.handled && got.sent.is_empty(), "{iq}");
        }
    }
}
