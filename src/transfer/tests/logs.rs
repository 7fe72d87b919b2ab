//! Logs of Pidgin, made here in the form that it gives them.

use std::{fs, path::Path};

use super::*;
use crate::transfer::import::Skipped;

const BOB: &str = "bob@example.org";

pub(super) fn log(root: &Path, place: &str, text: &str) {
    let file = root.join(place);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

const HTML: &str = "<html><head><title>Conversation with bob@example.org</title></head><body>\n\
    <font color=\"#A82F2F\"><font size=\"2\">(23:59:50)</font> <b>Bob:</b></font> hello &amp; good night<br/>\n\
    <font color=\"#16569E\"><font size=\"2\">(00:00:10)</font> <b>Alice:</b></font> good morning<br/>\n\
    <font color=\"#062585\"><font size=\"2\">(00:00:11)</font> <b>***Bob</b></font> yawns<br/>\n\
    <font size=\"2\">(00:00:12)</font><b> Bob has signed off.</b><br/>\n\
    </body></html>\n";

#[test]
fn pidgin_with_everything() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let bob = "logs/jabber/alice@example.org/bob@example.org";
    log(root, &format!("{bob}/2010-01-31.235900+0100CET.html"), HTML);
    log(
        root,
        &format!("{bob}/2010-02-02.120000+0100CET.txt"),
        "Conversation with bob@example.org at …\n(12:00:00) Bob: first\nsecond line\n(12:00:05) alice@example.org/Home: yes\n",
    );
    log(
        root,
        "logs/jabber/alice@example.org/carol%40example.org/2010-03-01.120000+0000UTC.txt",
        "title\n(12:00:00) Somebody: hm\n(12:00:01) Another: hm\n",
    );
    log(
        root,
        "logs/jabber/alice@example.org/room@chat.example.org.chat/2010-03-01.120000+0000UTC.html",
        HTML,
    );
    log(
        root,
        "logs/jabber/alice@example.org/.system/2010-03-01.120000+0000UTC.html",
        HTML,
    );
    log(
        root,
        "logs/jabber/other@example.org/bob@example.org/2010-03-01.120000+0000UTC.html",
        HTML,
    );
    log(
        root,
        "logs/irc/alice/x/2010-03-01.120000+0000UTC.html",
        HTML,
    );
    log(root, &format!("{bob}/notes.html"), HTML);
    let (store, _) = alices();
    let report = imported(&store, root);
    assert_eq!(
        told(&store, BOB),
        [
            "< hello & good night",
            "> good morning",
            "< /me yawns",
            "< first\nsecond line",
            "> yes"
        ]
    );
    assert!(is_marked(&store, BOB, ImportedFrom::Pidgin));
    let times: Vec<_> = messages_with(&store, BOB)
        .iter()
        .map(|m| m.message.at.0 / 1000)
        .collect();
    assert_eq!(times[..3], [1_264_978_790, 1_264_978_810, 1_264_978_811]);
    assert_eq!(found(&store, "yawns"), 1);
    let skipped: Vec<_> = report.skipped.into_iter().collect();
    assert_eq!(
        skipped,
        [
            (Skipped::NoAccount, 3),
            (Skipped::Room, 1),
            (Skipped::NoText, 3),
            (Skipped::NoAuthor, 2),
            (Skipped::NoTime, 1)
        ]
    );
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_not_followed() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let bob = root.join("logs/jabber/alice@example.org/bob@example.org");
    log(root, "secret/2010-01-31.235900+0100CET.html", HTML);
    log(
        root,
        "logs/jabber/alice@example.org/bob@example.org/2010-01-31.235900+0100CET.html",
        HTML,
    );
    symlink(
        root.join("secret/2010-01-31.235900+0100CET.html"),
        bob.join("2011-01-31.235900+0100CET.html"),
    )
    .unwrap();
    symlink("/dev/zero", bob.join("2012-01-31.235900+0100CET.txt")).unwrap();
    symlink(root, bob.join("2013-01-31.235900+0100CET.html")).unwrap();
    symlink(
        root.join("logs"),
        root.join("logs/jabber/alice@example.org/loop@example.org"),
    )
    .unwrap();
    let (store, _) = alices();
    let report = imported(&store, root);
    assert_eq!(messages_with(&store, BOB).len(), 3);
    assert_eq!(report.skipped[&Skipped::Unreadable], 4);
    assert_eq!(report.chats.len(), 1);
}
