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
