//! The tests' own world: folders, environment and authority that no other program of this machine shares.
//! The environment of a running process cannot be changed safely, so the test program starts itself once more in it.

use std::{
    env,
    path::Path,
    process::{Command, ExitCode},
};

use crate::certificates;

/// Whether this process already runs in the tests' own world.
pub(crate) fn is_entered() -> bool {
    env::var_os(certificates::FOLDER).is_some()
}

/// Starts this program again, with the same arguments, in a world that is thrown away afterwards.
pub(crate) fn enter() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let status = in_world(
        Command::new(env::current_exe().expect("a program has a file"))
            .args(env::args_os().skip(1)),
        folder.path(),
    )
    .status()
    .expect("the test program starts itself");
    drop(folder);
    u8::try_from(status.code().unwrap_or(1)).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Gives a command the environment of the tests: no keyring, no display, no folders and no authority but ours.
fn in_world<'a>(command: &'a mut Command, folder: &Path) -> &'a mut Command {
    let trusted = certificates::create_authority(folder);
    for name in [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "SSL_CERT_DIR",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    for (name, folder_name) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "runtime"),
    ] {
        let path = folder.join(folder_name);
        std::fs::create_dir_all(&path).expect("a folder of the world");
        command.env(name, path);
    }
    command
        .env(certificates::FOLDER, folder)
        .env("SSL_CERT_FILE", trusted)
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
}
