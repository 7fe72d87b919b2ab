//! What the window asks of the worker; with [`crate::event`] the only types that cross the thread border.

use crate::model::{
    AccountId, BareJid, ConversationId, Encryption, Endpoint, Fingerprint, Jid, MessageId,
    NewAccount, Notifications, OwnPresence, PasswordStorage, Profile, Proxy, Secret, Settings,
};

/// Everything the window can ask for.
#[derive(Clone, Debug)]
pub enum Command {
    /// About an account.
    Account(AccountCommand),
    /// About a chat.
    Chat(ChatCommand),
    /// About the roster and those who want to be on it.
    Contact(ContactCommand),
    /// Replaces the settings of the profile.
    ApplySettings(Settings),
    /// Keeps a small value of the window under a name (its size, the last chat, folded groups …).
    Remember {
        /// The name, as for [`crate::store::Reader::value`].
        name: &'static str,
        /// The value, empty to forget it.
        value: String,
    },
    /// The window was shown or hidden (XEP-0352: hidden means inactive).
    WindowActive(bool),
    /// The network changed or the machine woke up: try again at once.
    NetworkChanged,
}

/// About an account.
#[derive(Clone, Debug)]
pub enum AccountCommand {
    /// Adds an account and connects it.
    Add {
        /// What to add.
        account: NewAccount,
        /// Its password.
        password: Secret,
    },
    /// Connects it, now.
    Connect(AccountId),
    /// Disconnects it and keeps it so.
    Disconnect(AccountId),
    /// A password that was asked for or corrected; connects.
    SupplyPassword {
        /// Which.
        account: AccountId,
        /// The password.
        password: Secret,
        /// Where to keep it from now on.
        storage: PasswordStorage,
    },
    /// Opens the file of sealed passwords for this run, or makes it when there is none.
    UnlockPasswords(Secret),
    /// Pins the certificate that was shown, and connects.
    PinCertificate {
        /// Which.
        account: AccountId,
        /// The one that was shown; a different one at the next connection stops again.
        fingerprint: Fingerprint,
    },
    /// Forgets the pinned certificate: from the next connection on only a certificate that validates is accepted.
    ForgetPin(AccountId),
    /// Allows or forbids mechanisms that send the password itself (inside TLS).
    AllowPlain {
        /// Which.
        account: AccountId,
        /// Whether it may.
        allow: bool,
    },
    /// Accepts that the server now offers less than before, and connects.
    AcceptWeakerLogin(AccountId),
    /// Changes where it connects to.
    SetEndpoint {
        /// Which.
        account: AccountId,
        /// An explicit server, or what DNS says.
        endpoint: Option<Endpoint>,
        /// The proxy.
        proxy: Option<Proxy>,
    },
    /// Shows another presence to contacts.
    SetPresence {
        /// Which account, or all.
        account: Option<AccountId>,
        /// What to show.
        presence: OwnPresence,
    },
    /// Publishes a nickname (XEP-0172).
    SetNickname {
        /// Which.
        account: AccountId,
        /// The name, empty to remove it.
        nickname: String,
    },
    /// Publishes an avatar (XEP-0084), or removes it.
    SetAvatar {
        /// Which.
        account: AccountId,
        /// The picture file's bytes.
        picture: Option<Vec<u8>>,
    },
    /// Publishes the own profile (XEP-0054).
    SetProfile {
        /// Which.
        account: AccountId,
        /// What it says.
        profile: Profile,
    },
    /// Goes on fetching the whole archive in the background, or stops that; kept over restarts.
    FetchHistory {
        /// Which.
        account: AccountId,
        /// Whether to go on.
        on: bool,
    },
    /// Sends a stanza that the person typed into the console; it may hold anything, and is not printed.
    SendTyped {
        /// Which.
        account: AccountId,
        /// The stanza.
        stanza: Secret,
    },
    /// Says after how many days messages are removed from this device; what is too old goes at once.
    ForgetAfter {
        /// Whose messages.
        account: AccountId,
        /// How many days they are kept; nothing: for ever.
        days: Option<u32>,
    },
    /// Changes the password on the server (XEP-0077), then here.
    ChangePassword {
        /// Which.
        account: AccountId,
        /// The new one.
        password: Secret,
    },
    /// Removes the account and everything of it here; on the server only when asked.
    Remove {
        /// Which.
        account: AccountId,
        /// Whether to delete it on the server first (XEP-0077); when that fails, nothing is removed here.
        on_server: bool,
    },
}

/// About a chat.
#[derive(Clone, Debug)]
pub enum ChatCommand {
    /// Encrypts what is written in a chat from now on, or no longer does.
    Encrypt {
        /// Where.
        conversation: ConversationId,
        /// How.
        encryption: Encryption,
    },
    /// Begins new encrypted sessions with all devices of the contact, because the old ones are out of step.
    RenewSessions(ConversationId),
    /// Opens the chat with an address, making it when there is none.
    Open {
        /// The account that talks.
        account: AccountId,
        /// Whom it talks to.
        peer: BareJid,
    },
    /// Takes the chat off the list; its messages stay.
    Close(ConversationId),
    /// Puts the chat away: off the list, among those put away, until something new comes.
    Archive(ConversationId),
    /// Makes the newest message of the peer unread again, on this device.
    MarkUnread(ConversationId),
    /// Stores a message whose text is shown only when the reader asks for it, and sends it (XEP-0382).
    SendSpoiler {
        /// Where.
        conversation: ConversationId,
        /// What.
        body: String,
        /// What the text is about, shown at once; may be empty.
        hint: String,
    },
    /// Stores a copy of the text of a message in another chat, saying who wrote it, and sends it.
    Forward {
        /// Which.
        message: MessageId,
        /// To where.
        to: ConversationId,
    },
    /// Stores a message and sends it.
    Send {
        /// Where.
        conversation: ConversationId,
        /// What.
        body: String,
    },
    /// Stores a message that replies to another one, and sends it (XEP-0461).
    Reply {
        /// The message it replies to; says where, too.
        to: MessageId,
        /// What.
        body: String,
    },
    /// Replaces the text of a message of ours (XEP-0308).
    Correct {
        /// Which.
        message: MessageId,
        /// The new text.
        body: String,
    },
    /// Takes back a message of ours (XEP-0424): erased here, and for all who honour it.
    Retract(MessageId),
    /// Puts an emoji under a message, or takes it away (XEP-0444).
    React {
        /// Which.
        message: MessageId,
        /// The emoji.
        emoji: String,
        /// Whether it is to be there.
        on: bool,
    },
    /// Sends a failed message again: same row, same origin id.
    Retry(MessageId),
    /// Gives up a message that waits or failed: it stays visible as cancelled.
    Cancel(MessageId),
    /// Everything up to this message was seen.
    MarkRead {
        /// Where.
        conversation: ConversationId,
        /// The newest message that was seen.
        up_to: MessageId,
    },
    /// Keeps what is in the composer.
    SaveDraft {
        /// Where.
        conversation: ConversationId,
        /// The text, empty to forget it.
        text: String,
    },
    /// The person types, or stopped.
    Typing {
        /// Where.
        conversation: ConversationId,
        /// Whether typing goes on.
        composing: bool,
    },
    /// Puts the chat above the others, or back.
    Pin {
        /// Where.
        conversation: ConversationId,
        /// Whether it is above.
        pinned: bool,
    },
    /// Says what the chat may show on the desktop.
    Notify {
        /// Where.
        conversation: ConversationId,
        /// What it may show.
        notifications: Notifications,
    },
    /// Fetches messages older than everything stored, from the archive.
    FetchOlder(ConversationId),
    /// Takes a stranger's chat out of the inbox into the chats.
    AcceptStranger(ConversationId),
    /// Removes a chat and all its messages from this device, and nowhere else.
    Delete(ConversationId),
    /// Removes one message from this device, and nowhere else.
    DeleteMessage(MessageId),
}

/// About the roster.
#[derive(Clone, Debug)]
pub enum ContactCommand {
    /// Adds somebody and asks for the presence.
    Add {
        /// Whose roster.
        account: AccountId,
        /// Whom.
        jid: BareJid,
        /// The name to give, empty for none.
        name: String,
        /// Groups to put it in.
        groups: Vec<String>,
        /// Words that go with the request (RFC 6121, section 3.1.1), empty for none.
        message: String,
    },
    /// Changes name and groups.
    Edit {
        /// Whose roster.
        account: AccountId,
        /// Whom.
        jid: BareJid,
        /// The name to give, empty for none.
        name: String,
        /// Groups to be in.
        groups: Vec<String>,
    },
    /// Takes somebody off the roster; this ends both subscriptions.
    Remove {
        /// Whose roster.
        account: AccountId,
        /// Whom.
        jid: BareJid,
    },
    /// Lets a stranger see our presence, and asks for theirs when `add` is set.
    Approve {
        /// Who is asked.
        account: AccountId,
        /// Who asked.
        jid: BareJid,
        /// Whether to add them in return.
        add: bool,
    },
    /// Refuses a stranger, or takes back the permission to see us.
    Deny {
        /// Who is asked.
        account: AccountId,
        /// Who asked.
        jid: BareJid,
    },
    /// Asks again to see their presence.
    AskAgain {
        /// Whose roster.
        account: AccountId,
        /// Whom.
        jid: BareJid,
    },
    /// Blocks an address (XEP-0191).
    Block {
        /// For which account.
        account: AccountId,
        /// Whom.
        jid: BareJid,
    },
    /// Unblocks an address.
    Unblock {
        /// For which account.
        account: AccountId,
        /// The entry of the block list, which may be a server or one device, too.
        jid: Jid,
    },
    /// Fetches the profile of somebody the person looks at (XEP-0054); never done by itself.
    FetchProfile {
        /// With which account.
        account: AccountId,
        /// Whose.
        jid: BareJid,
    },
}
