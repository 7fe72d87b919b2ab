//! A private Prosody on loopback: own folder, own ports, own accounts; gone when the value is dropped.

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;
use tessera::model::Endpoint;

use crate::{
    certificates::{self, Certificate},
    waiting::{Log, PATIENCE},
};

/// The domain of every account in these tests; it exists nowhere else (RFC 6761).
pub(crate) const DOMAIN: &str = "tessera.test";

/// Ends the server when the test program is gone, however that came to be.
const LEASH: &str = r#"
module:set_global();
require "net.server".watchfd(0, function () require "prosody".shutdown("the tests are over"); os.exit(0); end);
"#;

/// What a server is to be like.
pub(crate) struct Wishes {
    certificate: Certificate,
    accounts: Vec<(String, String)>,
    authentication: &'static str,
    archive: &'static str,
    lines: String,
    absent: Vec<&'static str>,
}

/// A running server.
pub(crate) struct Prosody {
    folder: TempDir,
    child: Option<Child>,
    log: Log<String>,
    port: u16,
    direct_port: u16,
}

/// The password of every account that a test does not give one.
pub(crate) fn password_of(name: &str) -> String {
    format!("the secret of {name}")
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            certificate: certificates::valid(DOMAIN),
            accounts: vec![],
            authentication: "internal_hashed",
            archive: "internal",
            lines: String::new(),
            absent: vec![],
        }
    }
}

impl Wishes {
    /// Accounts that are there from the beginning.
    pub(crate) fn accounts(mut self, names: &[&str]) -> Self {
        let named = names
            .iter()
            .map(|name| ((*name).to_owned(), password_of(name)));
        self.accounts.extend(named);
        self
    }

    /// Another certificate than a good one.
    pub(crate) fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = certificate;
        self
    }

    /// An archive in memory: much faster, gone with a restart.
    pub(crate) fn fleeting_archive(mut self) -> Self {
        self.archive = "memory";
        self
    }

    /// A module that this server lacks.
    pub(crate) fn without(mut self, module: &'static str) -> Self {
        self.absent.push(module);
        self
    }

    /// More lines of configuration.
    pub(crate) fn line(mut self, line: &str) -> Self {
        self.lines.push_str(line);
        self.lines.push('\n');
        self
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn start(self) -> Prosody {
        let folder = tempfile::Builder::new()
            .prefix("tessera-prosody-")
            .tempdir()
            .expect("a temporary folder");
        let mut server = Prosody {
            port: free_port(),
            direct_port: free_port(),
            folder,
            child: None,
            log: Log::default(),
        };
        // A port that was free may have been taken by somebody else since.
        for _ in 0..2 {
            server.write_files(&self);
            if server.comes_up() {
                return server;
            }
            server.kill();
            (server.port, server.direct_port) = (free_port(), free_port());
        }
        server.write_files(&self);
        server.run();
        server
    }
}

impl Prosody {
    /// A server with these accounts and everything a good server has.
    pub(crate) fn with(accounts: &[&str]) -> Self {
        Wishes::default().accounts(accounts).start()
    }

    /// Where STARTTLS is offered.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where to connect with STARTTLS.
    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint(self.port)
    }

    /// Where to connect with TLS from the first byte.
    pub(crate) fn direct_endpoint(&self) -> Endpoint {
        Endpoint {
            direct_tls: true,
            ..endpoint(self.direct_port)
        }
    }

    /// Stops the server hard, as a power cut does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("the server can be killed");
            child.wait().expect("the server ends");
        }
    }

    /// Starts it again, on the same ports with the same data.
    pub(crate) fn run(&mut self) {
        assert!(
            self.comes_up(),
            "Prosody did not start:\n{}",
            self.last_lines()
        );
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).expect("Prosody answers");
    }

    fn comes_up(&mut self) -> bool {
        assert!(self.child.is_none(), "the server runs already");
        let before = self.log.len();
        self.child = Some(spawn(self.folder.path(), &self.log));
        let needles = [self.port, self.direct_port].map(|port| format!("[127.0.0.1]:{port}"));
        let up = self.log.wait(PATIENCE, |lines| {
            needles
                .iter()
                .all(|needle| {
                    lines
                        .iter()
                        .skip(before)
                        .any(|line| line.contains("Activated service") && line.contains(needle))
                })
                .then_some(())
        });
        up.is_some()
    }

    /// Stops it hard and starts it again.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.run();
    }

    /// Exchanges the certificate; to be followed by a restart.
    pub(crate) fn replace_certificate(&self, certificate: &Certificate) {
        write_certificate(self.folder.path(), certificate);
    }

    /// Exchanges the way passwords are kept; to be followed by a restart.
    pub(crate) fn replace_in_configuration(&self, from: &str, to: &str) {
        let file = self.folder.path().join("prosody.cfg.lua");
        let text = fs::read_to_string(&file).expect("the configuration");
        assert!(text.contains(from), "no {from:?} in the configuration");
        fs::write(file, text.replace(from, to)).expect("the configuration is written");
    }

    /// Waits until the server has logged a line with all these words; lists what it logged when that does not happen.
    pub(crate) fn logs(&self, words: &[&str]) {
        self.logs_times(words, 1);
    }

    /// Waits until the server has logged this many lines with all these words.
    pub(crate) fn logs_times(&self, words: &[&str], count: usize) {
        let seen = self.log.wait(PATIENCE, |lines| {
            let fits = |line: &&String| words.iter().all(|word| line.contains(word));
            (lines.iter().filter(fits).count() >= count).then_some(())
        });
        assert!(
            seen.is_some(),
            "Prosody never logged {words:?}:\n{}",
            self.last_lines()
        );
    }

    /// All stanzas that clients sent to the server so far.
    pub(crate) fn received_stanzas(&self) -> Vec<String> {
        self.log.look(|lines| {
            lines
                .iter()
                .filter_map(|line| line.split_once("RECV: "))
                .map(|(_, stanza)| stanza.to_owned())
                .collect()
        })
    }

    /// All stanzas that sessions of one account sent to the server so far.
    pub(crate) fn received_from(&self, address: &str) -> Vec<String> {
        self.log.look(|lines| {
            let proof = format!("Authenticated as {address}");
            let sessions: Vec<&str> = lines
                .iter()
                .filter(|line| line.ends_with(&proof))
                .filter_map(|line| line.split_whitespace().next())
                .collect();
            lines
                .iter()
                .filter_map(|line| line.split_once("RECV: "))
                .filter(|(start, _)| {
                    let session = start.split_whitespace().next().unwrap_or_default();
                    sessions.contains(&session)
                })
                .map(|(_, stanza)| stanza.to_owned())
                .collect()
        })
    }

    /// The end of what the server logged.
    pub(crate) fn last_lines(&self) -> String {
        self.log.look(|lines| {
            let from = lines.len().saturating_sub(60);
            lines[from..].join("\n")
        })
    }

    fn write_files(&self, wishes: &Wishes) {
        let folder = self.folder.path();
        write_certificate(folder, &wishes.certificate);
        fs::create_dir_all(folder.join("modules")).expect("a folder");
        fs::write(folder.join("modules/mod_leash.lua"), LEASH).expect("the leash");
        let configuration = configuration(folder, self.port, self.direct_port, wishes);
        fs::write(folder.join("prosody.cfg.lua"), configuration).expect("the configuration");
        let accounts = folder.join("data/tessera%2etest/accounts");
        fs::create_dir_all(&accounts).expect("a folder");
        for (name, password) in &wishes.accounts {
            let text = format!("return {{ [\"password\"] = {password:?}; }};\n");
            fs::write(accounts.join(format!("{name}.dat")), text).expect("an account");
        }
    }
}

impl Drop for Prosody {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- the end of Prosody's log ---\n{}", self.last_lines());
        }
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Loopback at a port, with STARTTLS.
pub(crate) fn endpoint(port: u16) -> Endpoint {
    Endpoint {
        host: "127.0.0.1".into(),
        port,
        direct_tls: false,
    }
}

/// A port of loopback that nobody used a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}

fn spawn(folder: &Path, log: &Log<String>) -> Child {
    let mut child = Command::new("prosody")
        .arg("--config")
        .arg(folder.join("prosody.cfg.lua"))
        .arg("-F")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Prosody is missing: sudo apt-get install prosody");
    let out = child.stdout.take().expect("stdout is a pipe");
    let err = child.stderr.take().expect("stderr is a pipe");
    follow(BufReader::new(out), log.clone());
    follow(BufReader::new(err), log.clone());
    child
}

fn follow(lines: impl BufRead + Send + 'static, log: Log<String>) {
    thread::spawn(move || {
        for line in lines.split(b'\n').map_while(Result::ok) {
            log.push(String::from_utf8_lossy(&line).into_owned());
        }
    });
}

fn write_certificate(folder: &Path, certificate: &Certificate) {
    fs::write(folder.join("server.crt"), &certificate.certificate).expect("the certificate");
    fs::write(folder.join("server.key"), &certificate.key).expect("the key");
}

fn configuration(folder: &Path, port: u16, direct_port: u16, wishes: &Wishes) -> String {
    let modules: String = [
        "roster",
        "saslauth",
        "tls",
        "disco",
        "blocklist",
        "carbons",
        "csi_simple",
        "pep",
        "mam",
        "smacks",
        "offline",
        "ping",
        "vcard_legacy",
        "vcard4",
        "register",
        "stanza_debug",
        "leash",
    ]
    .into_iter()
    .filter(|name| !wishes.absent.contains(name))
    // The one that keeps vCards without converting them from and to PEP (XEP-0398).
    .chain(wishes.absent.contains(&"vcard_legacy").then_some("vcard"))
    .fold(String::new(), |mut list, name| {
        let _ = write!(list, "{name:?};");
        list
    });
    format!(
        r#"
run_as_root = true;
daemonize = false;
pidfile = "{folder}/prosody.pid";
data_path = "{folder}/data";
plugin_paths = {{ "{folder}/modules" }};
interfaces = {{ "127.0.0.1" }};
c2s_ports = {{ {port} }};
c2s_direct_tls_ports = {{ {direct_port} }};
modules_enabled = {{ {modules} }};
modules_disabled = {{ "s2s"; "posix" }};
c2s_require_encryption = true;
authentication = "{authentication}";
storage = {{ archive = "{archive}"; }};
default_storage = "internal";
storage_archive_item_limit = 1000000;
archive_expires_after = "never";
allow_registration = true;
smacks_hibernation_time = 600;
log = {{ {{ levels = {{ min = "debug" }}, to = "stdout" }} }};
ssl = {{ certificate = "{folder}/server.crt"; key = "{folder}/server.key"; }};
{lines}
VirtualHost "{DOMAIN}"
"#,
        folder = folder.display(),
        authentication = wishes.authentication,
        archive = wishes.archive,
        lines = wishes.lines,
    )
}
