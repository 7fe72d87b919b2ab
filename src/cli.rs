//! The command line.

use std::path::PathBuf;

use clap::Parser;
use tessera::ui::{
    gallery::Look,
    startup::{Options, Task},
};

/// A desktop XMPP client for people who need to know who they are talking to.
#[derive(Debug, Parser)]
#[command(name = "tessera", version)]
pub(crate) struct Arguments {
    /// Keep the data of this run apart: a name, or a folder
    #[arg(long, value_name = "NAME-or-FOLDER")]
    profile: Option<String>,

    /// Try it with a private server, two accounts and a partner who answers; all gone when it closes
    #[arg(long, conflicts_with_all = ["profile", "gallery", "uri"])]
    demo: bool,

    /// Open one component with made-up data; "list" lists the pages
    #[arg(long, value_name = "PAGE")]
    gallery: Option<String>,

    /// Paint the gallery page into this PNG file and exit
    #[arg(long, value_name = "FILE", requires = "gallery")]
    screenshot: Option<PathBuf>,

    /// Show the gallery page dark
    #[arg(long, requires = "gallery")]
    dark: bool,

    /// Show the gallery page in one column
    #[arg(long, requires = "gallery")]
    narrow: bool,

    /// Show the gallery page with large text
    #[arg(long, requires = "gallery")]
    large: bool,

    /// What to log: error, warn, info, debug or trace, or filters such as tessera::worker=debug
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,

    /// An xmpp: address to open
    #[arg(value_name = "URI")]
    uri: Option<String>,
}

impl From<Arguments> for Options {
    fn from(arguments: Arguments) -> Self {
        let task = match arguments.gallery {
            Some(page) => Task::Gallery {
                page,
                look: Look {
                    screenshot: arguments.screenshot,
                    dark: arguments.dark,
                    narrow: arguments.narrow,
                    large: arguments.large,
                },
            },
            None if arguments.demo => Task::Demo,
            None => Task::Open {
                profile: arguments.profile,
                uri: arguments.uri,
            },
        };
        Self {
            task,
            log: arguments.log,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn task(line: &[&str]) -> Result<Task, clap::Error> {
        let words = ["tessera"].iter().chain(line);
        Arguments::try_parse_from(words).map(|arguments| Options::from(arguments).task)
    }

    #[test]
    fn the_description_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_profile_and_a_link_are_taken_as_they_are() {
        let opened = task(&["--profile", "work", "xmpp:bob@example.org?message"]).unwrap();
        assert!(matches!(
            opened,
            Task::Open { profile: Some(profile), uri: Some(uri) }
                if profile == "work" && uri == "xmpp:bob@example.org?message"
        ));
        assert!(matches!(
            task(&[]).unwrap(),
            Task::Open {
                profile: None,
                uri: None
            }
        ));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        for line in [
            &["--demo", "--profile", "work"][..],
            &["--demo", "xmpp:bob@example.org"],
            &["--dark"],
            &["--screenshot", "x.png"],
            &["xmpp:a@b", "xmpp:c@d"],
            &["--nonsense"],
        ] {
            assert!(task(line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_page_of_the_gallery_is_painted() {
        let painted = task(&["--gallery", "chats", "--screenshot", "x.png", "--dark"]).unwrap();
        assert!(matches!(
            painted,
            Task::Gallery { page, look }
                if page == "chats" && look.dark && !look.narrow && look.screenshot.is_some()
        ));
    }
}
