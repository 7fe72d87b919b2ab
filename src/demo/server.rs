//! A private Prosody on loopback: own folder, own port, own certificate, own accounts.
//! Knows nothing of what is said over it.

use std::{
    fs,
    io::{self, ErrorKind},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::DemoError;
use crate::{
    i18n::gettext,
    model::{BareJid, Endpoint, Fingerprint, Secret},
};

/// The newcomer.
pub(super) const YOU: &str = "you@demo.example";
/// The partner who answers.
pub(super) const ROBIN: &str = "robin@demo.example";
/// A contact who is away.
pub(super) const NADIA: &str = "nadia@demo.example";
/// Somebody the newcomer does not know.
pub(super) const STRANGER: &str = "quill@elsewhere.example";

/// Everybody who has an account.
const PEOPLE: [&str; 4] = [YOU, ROBIN, NADIA, STRANGER];

/// A slow machine needs some seconds for the first start of Prosody.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long the server may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(3);

/// Often enough that nobody notices the waiting.
const GLANCE: Duration = Duration::from_millis(20);

/// How much of the server's log is shown when it does not start, in lines.
const SHOWN_LINES: usize = 12;

/// Ends the server and removes its folder when the pipe from this process closes, however this process came to its end.
const LEASH: &str = r#"
module:set_global();
local lfs = require "lfs";
local folder = module:get_option_string("demo_folder");
local function remove(path)
	if lfs.symlinkattributes(path, "mode") == "directory" then
		for name in lfs.dir(path) do
			if name ~= "." and name ~= ".." then remove(path .. "/" .. name); end
		end
		lfs.rmdir(path);
	else
		os.remove(path);
	end
end
require "net.server".watchfd(0, function () remove(folder); os.exit(0); end);
"#;

/// The private server.
pub(super) struct Server {
    folder: TempDir,
    child: Child,
    port: u16,
    fingerprint: Fingerprint,
    passwords: Vec<(&'static str, Secret)>,
}

/// One of the addresses above.
pub(super) fn jid(address: &str) -> BareJid {
    BareJid::new(address).expect("the addresses of the demonstration are addresses")
}

impl Server {
    /// Starts it and waits until it answers.
    pub(super) fn start() -> Result<Self, DemoError> {
        let folder = tempfile::Builder::new().prefix("tessera-demo-").tempdir()?;
        let passwords = PEOPLE
            .into_iter()
            .map(|address| Ok((address, random_password()?)))
            .collect::<io::Result<Vec<_>>>()?;
        let fingerprint = write_certificate(folder.path())?;
        let port = free_port()?;
        write_configuration(folder.path(), port)?;
        write_accounts(folder.path(), &passwords)?;
        let child = spawn(folder.path())?;
        let mut server = Self {
            folder,
            child,
            port,
            fingerprint,
            passwords,
        };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// Where to connect.
    pub(super) fn endpoint(&self) -> Endpoint {
        Endpoint {
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: self.port,
            direct_tls: false,
        }
    }

    /// The certificate to pin: nobody else vouches for it.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The password of one of the addresses above.
    pub(super) fn password(&self, address: &str) -> Secret {
        let found = self.passwords.iter().find(|(known, _)| *known == address);
        found
            .map(|(_, password)| password.clone())
            .expect("everybody has a password")
    }

    /// Where everything of it is.
    #[cfg(test)]
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn wait_until_it_answers(&mut self) -> Result<(), DemoError> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok() {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() {
                break;
            }
            thread::sleep(GLANCE);
        }
        let log = fs::read_to_string(self.folder.path().join("prosody.log"))?;
        let lines: Vec<_> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
        Err(DemoError::Prosody(shown.join("\n")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let asked = Instant::now();
        while asked.elapsed() < FAREWELL {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(GLANCE),
                Ok(Some(_)) => return,
                Err(_) => break,
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn random_password() -> io::Result<Secret> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Secret::new(
        bytes.map(|byte| format!("{byte:02x}")).concat(),
    ))
}

/// A port of loopback that nobody used a moment ago; should somebody take it first, the pin tells.
fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

fn write_certificate(folder: &Path) -> io::Result<Fingerprint> {
    let made = rcgen::generate_simple_self_signed(["demo.example".to_owned()])
        .map_err(io::Error::other)?;
    fs::write(folder.join("server.crt"), made.cert.pem())?;
    fs::write(folder.join("server.key"), made.signing_key.serialize_pem())?;
    Ok(Fingerprint(Sha256::digest(made.cert.der()).into()))
}

fn write_configuration(folder: &Path, port: u16) -> io::Result<()> {
    fs::create_dir(folder.join("modules"))?;
    fs::write(folder.join("modules/mod_demo_leash.lua"), LEASH)?;
    let text = format!(
        r#"
run_as_root = true; -- only loopback, only until the window closes
daemonize = false;
pidfile = "{folder}/prosody.pid";
demo_folder = "{folder}";
data_path = "{folder}/data";
plugin_paths = {{ "{folder}/modules" }};
interfaces = {{ "127.0.0.1" }};
c2s_ports = {{ {port} }};
modules_enabled = {{
	"demo_leash"; "roster"; "saslauth"; "tls"; "disco"; "blocklist"; "carbons"; "csi_simple"; "pep"; "mam";
	"smacks"; "offline"; "ping"; "vcard_legacy"; "vcard4"; "register";
}};
modules_disabled = {{ "s2s"; "posix"; }};
c2s_require_encryption = true;
authentication = "internal_hashed";
storage = {{ archive = "memory"; }};
log = {{ info = "{folder}/prosody.log"; }};
ssl = {{ certificate = "{folder}/server.crt"; key = "{folder}/server.key"; }};
VirtualHost "demo.example"
VirtualHost "elsewhere.example"
"#,
        folder = folder.display(),
    );
    fs::write(folder.join("prosody.cfg.lua"), text)?;
    fs::write(folder.join("prosody.log"), "")
}

/// Accounts in Prosody's own form: a command line would show the passwords.
fn write_accounts(folder: &Path, passwords: &[(&str, Secret)]) -> io::Result<()> {
    for (address, password) in passwords {
        let text = format!("return {{ [\"password\"] = {:?}; }};\n", password.reveal());
        write_data(folder, address, "accounts", &text)?;
    }
    let contact = |address: &str, name: &str, group: &str| {
        format!(
            "[{address:?}] = {{ [\"name\"] = {}; [\"subscription\"] = \"both\"; [\"groups\"] = {{ [{}] = true; }}; }};",
            lua_string(name),
            lua_string(group),
        )
    };
    let rosters = [
        (
            YOU,
            [
                contact(ROBIN, "Robin", &gettext("Friends")),
                contact(NADIA, "Nadia", &gettext("Work")),
            ]
            .concat(),
        ),
        (ROBIN, contact(YOU, "You", "Friends")),
        (NADIA, contact(YOU, "You", "Work")),
    ];
    for (address, contacts) in rosters {
        let text = format!(
            "return {{ [false] = {{ [\"version\"] = 1; [\"pending\"] = {{}}; }}; {contacts} }};\n"
        );
        write_data(folder, address, "roster", &text)?;
    }
    Ok(())
}

fn write_data(folder: &Path, address: &str, kind: &str, text: &str) -> io::Result<()> {
    let (name, host) = address.split_once('@').expect("every address has a name");
    let folder = folder
        .join("data")
        .join(host.replace('.', "%2e"))
        .join(kind);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("{name}.dat")), text)
}

/// A string of Lua, which knows bytes only.
fn lua_string(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("\\{byte:03}"));
    format!("\"{}\"", bytes.collect::<String>())
}

fn spawn(folder: &Path) -> Result<Child, DemoError> {
    let words = fs::File::options()
        .append(true)
        .open(folder.join("prosody.log"))?;
    let mut command = Command::new("prosody");
    command
        .arg("--config")
        .arg(folder.join("prosody.cfg.lua"))
        .arg("-F")
        .stdin(Stdio::piped())
        .stdout(words.try_clone()?)
        .stderr(words);
    // Ctrl+C in the terminal is for this process alone; the server then sees the pipe close and cleans up.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => DemoError::NoProsody,
        _ => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_dies_leaves_neither_server_nor_folder() {
        let mut server = match Server::start() {
            Ok(server) => server,
            Err(error) => panic!("{}", error.describe()),
        };
        let folder = server.folder().to_owned();
        assert!(folder.join("server.key").exists());
        // All that the system does for a process that was killed is to close its end of the pipe.
        drop(server.child.stdin.take());
        assert!(server.child.wait().unwrap().success());
        assert!(!folder.exists());
    }

    #[test]
    fn strings_of_lua_are_safe_whatever_is_in_them() {
        assert_eq!(lua_string("a\"]"), "\"\\097\\034\\093\"");
        assert_eq!(lua_string("ü"), "\"\\195\\188\"");
    }
}
