//! Made-up people and what they said, in a store that lives as long as its handle.

use crate::{
    model::{
        AccountId, Ask, BareJid, ConnectionState, ConversationId, ConversationKind, Delivery,
        Direction, MessageId, NewAccount, Notifications, PasswordStorage, Presence, RosterItem,
        Route, Security, SendFailure, Show, Subscription, Timestamp,
    },
    store::{Inserted, NewMessage, Store, StoreError, Txn},
    worker::Handle,
};

const MINUTE: i64 = 60 * 1000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

type Result<T> = std::result::Result<T, StoreError>;

/// Somebody of the roster: address, name, groups, availability, status text.
type Person = (
    &'static str,
    &'static str,
    &'static [&'static str],
    Show,
    &'static str,
);

const PEOPLE: &[Person] = &[
    (
        "bob@example.org",
        "Bob",
        &["Work"],
        Show::Online,
        "on a train",
    ),
    (
        "carol@example.org",
        "Carol",
        &["Work", "Climbing"],
        Show::Away,
        "lunch, back at two",
    ),
    (
        "dana@example.net",
        "Dana Ó Briain",
        &["Work"],
        Show::DoNotDisturb,
        "writing",
    ),
    (
        "erik@example.net",
        "Erik Sörensen",
        &["Climbing"],
        Show::Offline,
        "",
    ),
    (
        "fatima@example.com",
        "فاطمة",
        &["Climbing"],
        Show::Chat,
        "مرحبا",
    ),
    ("grace@example.com", "Grace", &[], Show::Online, ""),
    ("heidi@example.com", "", &[], Show::Offline, ""),
    (
        "ivan@example.org",
        "Ivan with a name so long that no sidebar has room for all of it",
        &[],
        Show::ExtendedAway,
        "until Monday; then again for a while, and after that nobody knows",
    ),
];

/// A handle on the account of Alice, who is online, with contacts, chats and strangers.
///
/// # Panics
/// When SQLite cannot keep them.
pub fn alice() -> Handle {
    alice_with(|store| Handle::for_gallery(store.clone()))
}

/// As [`alice`], with a handle of the caller's own making on the filled store.
///
/// # Panics
/// When SQLite cannot keep them.
pub fn alice_with(handle: impl FnOnce(&Store) -> Handle) -> Handle {
    let now = Timestamp::now();
    let (store, account) = store(|txn| {
        let account = account(txn, "alice@example.org")?;
        for (address, name, groups, ..) in PEOPLE {
            contact(txn, account, address, name, groups)?;
        }
        chats(txn, account, now)?;
        strangers(txn, account, now)?;
        Ok(account)
    });
    let handle = handle(&store);
    for (address, _, _, show, status) in PEOPLE {
        present(&handle, account, address, *show, status);
    }
    online(&handle, account, "alice@example.org/tessera");
    handle
}

/// As [`alice`], after long talks with Bob and Carol.
///
/// # Panics
/// When SQLite cannot keep them.
pub fn alice_who_talked() -> Handle {
    alice_with(|store| {
        let now = Timestamp::now();
        let talked = store.write(|txn| {
            let account = txn.accounts()?.first().map(|account| account.id);
            let account = account.ok_or(StoreError::Missing)?;
            let bob = chat(txn, account, "bob@example.org")?;
            let carol = chat(txn, account, "carol@example.org")?;
            for (day, text) in (1..).zip(TALK) {
                let at = now.plus_millis(-day * 3 * DAY);
                hears(txn, bob, text, at)?;
                says(txn, carol, text, at.plus_millis(HOUR), Delivery::Read)?;
            }
            for n in 0..400_i64 {
                let at = now.plus_millis(-70 * DAY + n * MINUTE);
                hears(txn, bob, &format!("and number {n} of the list"), at)?;
            }
            Ok::<_, StoreError>(())
        });
        talked.expect("made-up rows are valid");
        Handle::for_gallery(store.clone())
    })
}

/// What Bob and Carol talk about.
const TALK: &[&str] = &[
    "The trains to the coast leave every hour, but the last one does not stop at the village, so better take the one \
     before that; the <b>travel</b> office has the table",
    "I have read the whole book on the train",
    "Strange, the translation of the third chapter is missing: https://example.org/the/trail",
    "the tram\nor the train?",
];

/// A handle on an account with this many contacts in twenty groups, a third of whom are there.
///
/// # Panics
/// When SQLite cannot keep them.
pub fn crowd(number: usize) -> Handle {
    let address = |n: usize| format!("person{n:05}@example.org");
    let (store, account) = store(|txn| {
        let account = account(txn, "alice@example.org")?;
        for n in 0..number {
            let group = format!("Group {:02}", n % 20);
            contact(txn, account, &address(n), &format!("Person {n}"), &[&group])?;
        }
        Ok(account)
    });
    let handle = Handle::for_gallery(store);
    for n in (0..number).step_by(3) {
        let shows = [Show::Online, Show::Away, Show::DoNotDisturb];
        present(
            &handle,
            account,
            &address(n),
            shows[n % shows.len()],
            "somewhere",
        );
    }
    online(&handle, account, "alice@example.org/tessera");
    handle
}

/// A store in memory with something in it.
///
/// # Panics
/// When SQLite cannot keep it.
pub fn store<T>(fill: impl FnOnce(&Txn<'_>) -> Result<T>) -> (Store, T) {
    let store = Store::in_memory().expect("SQLite can always keep something in memory");
    let filled = store.write(fill).expect("made-up rows are valid");
    (store, filled)
}

/// A made-up address.
///
/// # Panics
/// When it is none.
pub fn jid(address: &str) -> BareJid {
    BareJid::new(address).expect("a made-up address is valid")
}

/// Adds an account that is enabled.
///
/// # Errors
/// Those of the store.
pub fn account(txn: &Txn<'_>, address: &str) -> Result<AccountId> {
    let new = NewAccount {
        jid: jid(address),
        endpoint: None,
        proxy: None,
        password_storage: PasswordStorage::Keyring,
        allow_plain: false,
        pin: None,
    };
    let id = txn
        .add_account(&new, "tessera")?
        .ok_or(StoreError::Missing)?;
    let mut account = txn.account(id)?;
    account.presence.show = Show::Online;
    txn.update_account(&account)?;
    Ok(id)
}

/// Adds a contact who sees us and whom we see.
///
/// # Errors
/// Those of the store.
pub fn contact(
    txn: &Txn<'_>,
    account: AccountId,
    address: &str,
    name: &str,
    groups: &[&str],
) -> Result<()> {
    txn.put_roster_item(
        account,
        &RosterItem {
            jid: jid(address),
            name: name.to_owned(),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            subscription: Subscription::Both,
            ask: Ask::None,
        },
    )
}

/// Opens a chat.
///
/// # Errors
/// Those of the store.
pub fn chat(txn: &Txn<'_>, account: AccountId, peer: &str) -> Result<ConversationId> {
    let chat = txn.conversation_with(account, &jid(peer), ConversationKind::Person)?;
    txn.set_conversation_open(chat, true)?;
    Ok(chat)
}

/// Stores what the peer of a chat said.
///
/// # Errors
/// Those of the store.
pub fn hears(txn: &Txn<'_>, chat: ConversationId, body: &str, at: Timestamp) -> Result<MessageId> {
    let (_, peer, _) = txn.conversation_peer(chat)?;
    say(
        txn,
        chat,
        Direction::Incoming,
        peer,
        body,
        at,
        Delivery::Sent,
    )
}

/// Stores what was said to the peer of a chat.
///
/// # Errors
/// Those of the store.
pub fn says(
    txn: &Txn<'_>,
    chat: ConversationId,
    body: &str,
    at: Timestamp,
    delivery: Delivery,
) -> Result<MessageId> {
    let (account, ..) = txn.conversation_peer(chat)?;
    let author = txn.account(account)?.jid;
    say(txn, chat, Direction::Outgoing, author, body, at, delivery)
}

fn say(
    txn: &Txn<'_>,
    conversation: ConversationId,
    direction: Direction,
    author: BareJid,
    body: &str,
    at: Timestamp,
    delivery: Delivery,
) -> Result<MessageId> {
    let message = NewMessage {
        conversation,
        direction,
        author,
        resource: None,
        body: body.to_owned(),
        at,
        stored_at: at,
        route: Route::Live,
        security: Security::Clear,
        delivery,
        origin_id: Some(uuid::Uuid::new_v4().to_string()),
        stanza_id: None,
        markable: false,
        reply_to: None,
        spoiler: None,
    };
    Ok(match txn.insert_message(&message)? {
        Inserted::New(id) | Inserted::Known(id) => id,
    })
}

fn chats(txn: &Txn<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    // A chat that comes onto the list stands above those whose messages are stored already.
    for (address, ..) in &PEOPLE[..5] {
        chat(txn, account, address)?;
    }
    let bob = chat(txn, account, "bob@example.org")?;
    let seen = hears(
        txn,
        bob,
        "did you get the file?",
        now.plus_millis(-9 * MINUTE),
    )?;
    says(
        txn,
        bob,
        "yes!",
        now.plus_millis(-8 * MINUTE),
        Delivery::Read,
    )?;
    txn.mark_read(bob, seen)?;
    hears(
        txn,
        bob,
        "Then see you at the station, the train is on time for once",
        now.plus_millis(-2 * MINUTE),
    )?;
    hears(txn, bob, "/me waves", now.plus_millis(-MINUTE))?;

    let carol = chat(txn, account, "carol@example.org")?;
    says(
        txn,
        carol,
        "the wall is open until ten",
        now.plus_millis(-3 * HOUR),
        Delivery::Delivered,
    )?;
    txn.set_draft(carol, "shall I bring the rope or")?;

    let dana = chat(txn, account, "dana@example.net")?;
    hears(
        txn,
        dana,
        "tests are green\non both machines",
        now.plus_millis(-DAY),
    )?;
    txn.set_pinned(dana, true)?;
    txn.set_notifications(dana, Notifications::Muted)?;

    let erik = chat(txn, account, "erik@example.net")?;
    let refused = Delivery::Failed(SendFailure::Refused("service-unavailable".into()));
    says(
        txn,
        erik,
        "are you still there?",
        now.plus_millis(-3 * DAY),
        refused,
    )?;

    let fatima = chat(txn, account, "fatima@example.com")?;
    let last = hears(txn, fatima, "شكرا جزيلا", now.plus_millis(-40 * DAY))?;
    txn.mark_read(fatima, last)?;
    Ok(())
}

fn strangers(txn: &Txn<'_>, account: AccountId, now: Timestamp) -> Result<()> {
    let wants = |address: &str, name: &str, text: &str, at: Timestamp| {
        txn.add_subscription_request(account, &jid(address), name, text, at)
    };
    wants(
        "mallory@example.com",
        "Bob\u{202e}gro",
        "It is me, Bob, on my new phone",
        now.plus_millis(-HOUR),
    )?;
    wants("nadja@example.net", "", "", now.plus_millis(-DAY))?;
    let offer = txn.conversation_with(
        account,
        &jid("olga@example.com"),
        ConversationKind::Stranger,
    )?;
    hears(
        txn,
        offer,
        "Good evening! I found your address on the notice board of the climbing hall, is the second rope still for sale?",
        now.plus_millis(-2 * HOUR),
    )?;
    Ok(())
}

/// Says how available somebody is.
pub fn present(handle: &Handle, account: AccountId, address: &str, show: Show, status: &str) {
    let presence = (show != Show::Offline).then(|| Presence {
        show,
        status: status.to_owned(),
        resources: vec![],
    });
    handle.live().set_presence(account, &jid(address), presence);
}

/// Says that an account is online.
///
/// # Panics
/// When the full address is none.
pub fn online(handle: &Handle, account: AccountId, full: &str) {
    let jid = full.parse().expect("a made-up address is valid");
    handle
        .live()
        .set_connection(account, ConnectionState::Online { jid });
}
