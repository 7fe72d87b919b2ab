//! The log: what happened, never what was said.

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// What is logged when nothing else is asked for. Relm4 writes whole messages at level `info`, so it never gets that.
const DEFAULT: &str = "tessera=info,relm4=warn";

/// Starts the log on the standard error stream; `levels` is a level, or filters such as `tessera::worker=debug`.
///
/// # Errors
/// A sentence about what is wrong with `levels`.
pub(super) fn start(levels: Option<&str>) -> Result<(), String> {
    let filter = EnvFilter::try_new(filters(levels)).map_err(|error| error.to_string())?;
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(std::io::stderr))
        .try_init()
        .map_err(|error| error.to_string())
}

/// The filters for what was asked for. A bare level means our own code; what others write has text in it that is
/// none of the log's business.
fn filters(levels: Option<&str>) -> String {
    let Some(levels) = levels.map(str::trim).filter(|levels| !levels.is_empty()) else {
        return DEFAULT.to_owned();
    };
    let is_level = ["off", "error", "warn", "info", "debug", "trace"]
        .iter()
        .any(|level| levels.eq_ignore_ascii_case(level));
    if is_level {
        format!("tessera={levels},relm4=warn")
    } else {
        // The last word on a target counts.
        format!("{levels},relm4=warn")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_about_our_own_code() {
        assert_eq!(filters(None), DEFAULT);
        assert_eq!(filters(Some(" ")), DEFAULT);
        assert_eq!(filters(Some("debug")), "tessera=debug,relm4=warn");
        assert_eq!(
            filters(Some("tessera::worker=trace")),
            "tessera::worker=trace,relm4=warn"
        );
    }

    #[test]
    fn messages_of_components_are_never_written() {
        // Relm4 puts every message, with what was typed, into a span of level `info`.
        for levels in [
            None,
            Some("trace"),
            Some("relm4=trace"),
            Some("info,relm4=info"),
        ] {
            assert!(filters(levels).ends_with("relm4=warn"), "{levels:?}");
            assert!(EnvFilter::try_new(filters(levels)).is_ok());
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(EnvFilter::try_new(filters(Some("tessera=loud"))).is_err());
    }
}
