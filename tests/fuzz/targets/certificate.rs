//! A certificate that does not validate, as a person is shown it.

use tessera::xmpp::stream::probe;

pub(super) fn run(bytes: &[u8]) {
    let problem = probe::certificate(bytes);
    if let Some(summary) = problem.summary {
        for text in summary
            .names
            .iter()
            .chain([&summary.subject, &summary.issuer])
        {
            assert!(text.chars().count() <= 260, "an endless name is shown");
        }
    }
}
