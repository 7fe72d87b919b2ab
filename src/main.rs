//! Starts the program.

mod cli;

use clap::Parser;

fn main() -> std::process::ExitCode {
    tessera::ui::startup::run(cli::Arguments::parse().into())
}
