//! Stories against real programs on loopback: servers, another client, and a network that fails.
//!
//! `cargo test --test live` runs all of them, `cargo test --test live -- NAME` some. What is missing on the machine
//! makes a story fail with the line that installs it.

mod certificates;
mod ejabberd;
mod harness_stories;
mod peer;
mod prosody;
mod proxy;
mod waiting;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Turns functions into trials with the name of their module.
#[macro_export]
macro_rules! stories {
    ($module:ident: $($name:ident),+ $(,)?) => {
        vec![$(libtest_mimic::Trial::test(
            concat!(stringify!($module), "::", stringify!($name)),
            || { $module::$name(); Ok(()) },
        )),+]
    };
}

fn main() -> ExitCode {
    if !world::is_entered() {
        return world::enter();
    }
    let mut arguments = Arguments::from_args();
    // Stories wait more than they compute.
    arguments.test_threads.get_or_insert(4);
    libtest_mimic::run(&arguments, trials()).exit_code()
}

fn trials() -> Vec<Trial> {
    stories!(harness_stories:
        two_other_clients_talk,
        two_other_clients_talk_over_ejabberd,
        the_proxy_cuts_at_the_byte,
        the_proxy_goes_silent_and_speaks_again,
        the_server_keeps_its_accounts_over_a_restart,
    )
}
