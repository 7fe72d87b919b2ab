//! What can go wrong at the start and while it runs: every time a clear sentence, a way on, and nothing overwritten.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tessera::profile::Profile;

use crate::{ADDRESS, PORT, PROGRAM, Peer, Prosody, Screen, password_of, pictures};

/// A profile folder of its own, and the screen on which it is used.
struct Scene {
    screen: Screen,
    folder: tempfile::TempDir,
}

impl Scene {
    fn new(name: &str) -> Self {
        Self {
            screen: Screen::start(&pictures().join(name)),
            folder: tempfile::tempdir().expect("a folder for the profile"),
        }
    }

    fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    fn opens(&mut self) {
        let profile = self.profile();
        let profile = profile.to_str().expect("a path in UTF-8");
        self.screen.opens(PROGRAM, &["--profile", profile]);
    }

    /// Starts and ends the program once, so that there is a profile.
    fn makes_a_profile(&mut self) {
        self.opens();
        self.screen.has_focus_on("Log In");
        self.screen.quits();
    }

    /// Starts the program, which says why it cannot go on, and ends it; every file is as it was.
    fn is_told(&mut self, title: &str, ways: &[&str]) {
        let before = contents(&self.profile());
        self.opens();
        self.screen.sees(title);
        for way in ways {
            self.screen.sees(way);
        }
        self.screen.picture("told");
        self.screen.presses("Quit");
        self.screen.is_closed();
        assert!(
            contents(&self.profile()) == before,
            "{title}: files have changed"
        );
    }
}

/// All files of a folder and what is in them, but for the lock.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), fs::read(path).expect("a file")))
        .collect();
    files.sort();
    files
}

/// A malformed address, a server that is not there, and one that never answers.
pub(crate) fn servers_that_do_not_help() {
    let mut scene = Scene::new("servers");
    scene.opens();
    let screen = &mut scene.screen;
    screen.presses("Log In");
    screen.fills(ADDRESS, "alice");
    screen.fills("Password", "secret");
    screen.presses("Log in");
    screen.sees_part("such as name@example.org.");
    screen.picture("malformed");
    screen.fills(ADDRESS, "alice@exa mple");
    screen.presses("Log in");
    screen.sees_part("after the @");
    screen.fills(ADDRESS, "alice@tessera.test");
    screen.clicks("More options");
    screen.fills("Host of the server", "127.0.0.1");
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = |listener: &TcpListener| {
        let address = listener.local_addr().expect("it is bound");
        address.port().to_string()
    };
    let closed = port(&TcpListener::bind("127.0.0.1:0").expect("a free port"));
    screen.fills(PORT, &closed);
    screen.presses("Log in");
    screen.sees("The server cannot be reached");
    screen.has_focus_on("The server cannot be reached");
    screen.picture("unreachable");
    // This one takes the connection and says nothing.
    screen.fills(PORT, &port(&silent));
    screen.presses("Log in");
    screen.sees("Finding the server and logging in…");
    screen.picture("silent");
    screen.presses("Stop");
    screen.sees("Log in");
    screen.presses("Back");
    screen.sees("Welcome to Tessera");
    screen.quits();
}

/// Profiles that cannot be opened.
pub(crate) fn profiles_that_cannot_be_opened() {
    let mut scene = Scene::new("profiles");
    scene.makes_a_profile();
    let database = scene.profile().join("tessera.db");
    let whole = fs::read(&database).expect("the database");

    // Somebody else has it.
    let path = scene.profile();
    let lock = Profile::open(path.to_str()).expect("nobody has it");
    scene.opens();
    scene.screen.sees("This profile is open already");
    scene.screen.picture("locked");
    drop(lock);
    scene.screen.presses("Try Again");
    scene.screen.has_focus_on("Log In");
    scene.screen.quits();

    // The database is broken, or cut off.
    let mut garbage = whole.clone();
    garbage[..4096].fill(0x5a);
    let cannot_be_read = "The stored chats cannot be read";
    for broken in [garbage, whole[..100].to_vec()] {
        fs::write(&database, broken).expect("the database is written");
        scene.is_told(cannot_be_read, &["Open the Folder", "Try Again"]);
    }

    // A newer version wrote it.
    fs::write(&database, &whole).expect("the database is written");
    let note = scene.profile().join("profile.json");
    let old = fs::read_to_string(&note).expect("the note");
    let new = old.replace("\"version\": 1", "\"version\": 99");
    assert_ne!(old, new);
    fs::write(&note, new).expect("the note is written");
    scene.is_told("This profile belongs to a newer Tessera", &[]);

    // And with everything in its place it opens again.
    fs::write(&note, old).expect("the note is written");
    scene.makes_a_profile();
}

/// Whether the kernel lets a program here have a small disk that nobody else sees; many containers forbid that.
pub(crate) fn has_disks_of_its_own() -> bool {
    Command::new("unshare")
        .args([
            "--map-root-user",
            "--mount",
            "mount",
            "-t",
            "tmpfs",
            "tmpfs",
            "/mnt",
        ])
        .stderr(Stdio::null())
        .status()
        .expect("unshare is missing: sudo apt-get install util-linux")
        .success()
}

/// No room at the first start, and none later: nothing typed is lost.
pub(crate) fn a_full_disk() {
    let server = Prosody::with(&["alice", "bob"]);
    let bob = Peer::login("bob", server.port());
    let mut scene = Scene::new("full-disk");
    let disk = scene.folder.path().join("disk");
    fs::create_dir(&disk).expect("a folder for the disk");
    let profile = disk.join("profile");
    let ballast = disk.join("ballast");
    // A disk of this program's own, and full: 12 MiB in memory.
    let script = format!(
        "mount -t tmpfs -o size=12m tmpfs '{disk}' && {{ cat /dev/zero >'{ballast}' 2>/dev/null; \
         exec unshare --user --map-user={user} --map-group={group} -- \"$@\"; }}",
        disk = disk.display(),
        ballast = ballast.display(),
        user = own("-u"),
        group = own("-g"),
    );
    let profile = profile.to_str().expect("a path in UTF-8");
    let screen = &mut scene.screen;
    screen.opens(
        "unshare",
        &[
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            &script,
            "sh",
            PROGRAM,
            "--profile",
            profile,
        ],
    );
    screen.sees("The disk is full");
    screen.picture("at-the-start");
    let seen = PathBuf::from(format!(
        "/proc/{}/root{}",
        screen.process(),
        ballast.display()
    ));
    fs::remove_file(&seen).expect("room is made");
    screen.presses("Try Again");
    screen.presses("Log In");
    screen.fills(ADDRESS, "alice@tessera.test");
    screen.fills("Password", &password_of("alice"));
    screen.clicks("More options");
    screen.fills("Host of the server", "127.0.0.1");
    screen.fills(PORT, &server.port().to_string());
    screen.presses("Log in");
    screen.sees("No chats yet");
    screen.keys(&["ctrl+n"]);
    screen.is_in("Go to a Chat");
    screen.types(&bob.address());
    screen.keys(&["Return"]);
    screen.is_in("Tessera");
    screen.has_focus_on("not encrypted");

    fill(&seen);
    screen.types("there is no room for this");
    screen.keys(&["Return"]);
    screen.sees_part("disk is full");
    screen.has_focus_on("there is no room for this");
    screen.picture("while-it-runs");
    fs::remove_file(&seen).expect("room is made");
    screen.keys(&["Return"]);
    bob.reads("alice@tessera.test", "there is no room for this");
    screen.quits();
}

/// The number of the person or group who runs this.
fn own(which: &str) -> String {
    let out = Command::new("id").arg(which).output();
    let out = out.expect("id is missing: sudo apt-get install coreutils");
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// Writes into a file until there is no room for a single byte.
fn fill(file: &Path) {
    let mut file = fs::File::create(file).expect("a file");
    for size in [64 * 1024, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}
