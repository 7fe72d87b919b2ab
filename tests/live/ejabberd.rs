//! A private ejabberd on loopback: own folder, own port, no Erlang distribution; gone when the value is dropped.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;
use tessera::model::Endpoint;

use crate::{
    certificates,
    prosody::{DOMAIN, endpoint, free_port, password_of},
    waiting::{Log, PATIENCE},
};

/// Where the packages of the usual systems put Erlang's libraries beside Erlang itself.
const LIBRARIES: [&str; 4] = [
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/ejabberd/lib",
    "/usr/local/lib/ejabberd",
];

/// A running server.
pub(crate) struct Ejabberd {
    folder: TempDir,
    child: Child,
    log: Log<String>,
    port: u16,
}

impl Ejabberd {
    /// Starts a server with these accounts and waits until it answers.
    pub(crate) fn with(accounts: &[&str]) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("tessera-ejabberd-")
            .tempdir()
            .expect("a temporary folder");
        let port = free_port();
        let certificate = certificates::valid(DOMAIN);
        let pem = format!("{}\n{}", certificate.certificate, certificate.key);
        fs::write(folder.path().join("server.pem"), pem).expect("the certificate");
        let text = configuration(&folder.path().display().to_string(), port);
        fs::write(folder.path().join("ejabberd.yml"), text).expect("the configuration");
        let mut child = spawn(&folder, accounts);
        let log = Log::default();
        follow(child.stdout.take(), &log);
        follow(child.stderr.take(), &log);
        let server = Self {
            folder,
            child,
            log,
            port,
        };
        let up = server.log.wait(PATIENCE, |lines| {
            lines.iter().any(|line| line == "up").then_some(())
        });
        assert!(up.is_some(), "ejabberd did not start:\n{}", server.story());
        server
    }

    /// Where clients connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where to connect with STARTTLS.
    pub(crate) fn endpoint(&self) -> Endpoint {
        endpoint(self.port)
    }

    fn story(&self) -> String {
        let file = fs::read_to_string(self.folder.path().join("ejabberd.log")).unwrap_or_default();
        self.log
            .look(|lines| format!("{}\n{file}", lines.join("\n")))
    }
}

impl Drop for Ejabberd {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- ejabberd's log ---\n{}", self.story());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(folder: &TempDir, accounts: &[&str]) -> Child {
    let path = folder.path().display();
    let registrations: String = accounts
        .iter()
        .map(|name| {
            format!(
                "ok = ejabberd_auth:try_register(<<{name:?}>>, <<{DOMAIN:?}>>, <<{:?}>>), ",
                password_of(name)
            )
        })
        .collect();
    // The second process ends the server with the test program.
    let script = format!(
        "{registrations} spawn(fun() -> io:get_line(\"\"), erlang:halt(0, [{{flush, false}}]) end), \
         io:format(\"up~n\")."
    );
    let libraries = LIBRARIES
        .into_iter()
        .find(|path| {
            fs::read_dir(path).is_ok_and(|entries| {
                entries
                    .flatten()
                    .any(|entry| entry.file_name().to_string_lossy().starts_with("ejabberd-"))
            })
        })
        .expect("ejabberd is missing: sudo apt-get install ejabberd");
    Command::new("erl")
        .args(["-noshell", "-mnesia", "dir"])
        .arg(format!("\"{path}/database\""))
        .args(["-s", "ejabberd", "-eval", &script])
        .env("ERL_LIBS", libraries)
        .env("ERL_CRASH_DUMP", format!("{path}/crash.dump"))
        .env("EJABBERD_CONFIG_PATH", format!("{path}/ejabberd.yml"))
        .env("EJABBERD_LOG_PATH", format!("{path}/ejabberd.log"))
        .env("HOME", folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Erlang is missing: sudo apt-get install ejabberd")
}

fn follow(pipe: Option<impl Read + Send + 'static>, log: &Log<String>) {
    let (pipe, log) = (pipe.expect("a pipe was asked for"), log.clone());
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            log.push(line);
        }
    });
}

fn configuration(folder: &str, port: u16) -> String {
    format!(
        r#"
hosts: ["{DOMAIN}"]
loglevel: info
certfiles: ["{folder}/server.pem"]
listen:
  - port: {port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    starttls: true
    starttls_required: true
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha256
acme: {{auto: false}}
shaper: {{}}
registration_timeout: infinity
modules:
  mod_adhoc: {{}}
  mod_avatar: {{}}
  mod_blocking: {{}}
  mod_caps: {{}}
  mod_carboncopy: {{}}
  mod_client_state: {{}}
  mod_disco: {{}}
  mod_mam: {{default: always, assume_mam_usage: true}}
  mod_offline: {{}}
  mod_ping: {{}}
  mod_privacy: {{}}
  mod_pubsub: {{plugins: [flat, pep]}}
  mod_register: {{captcha_protected: false, ip_access: all}}
  mod_roster: {{versioning: true}}
  mod_stream_mgmt: {{resend_on_timeout: if_offline}}
  mod_vcard: {{}}
  mod_vcard_xupdate: {{}}
"#
    )
}
