//! The life of a login token against a scripted server: asked for, counted, renewed, and taken back.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use tokio::time::timeout;

use crate::{
    command::{AccountCommand, Command},
    model::{Account, NewAccount, PasswordStorage, Secret},
    secrets::Secrets,
    store::Store,
    worker::{self, Handle},
    xmpp::stream::scripted::{HEADER, Hash, Peer, ScramServer, Script},
};

const OFFER: &str = "<stream:features><authentication xmlns='urn:xmpp:sasl:2'>\
    <mechanism>SCRAM-SHA-256</mechanism><inline><bind xmlns='urn:xmpp:bind:0'/>\
    <fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-ENDP</mechanism></fast></inline>\
    </authentication></stream:features>";
const AFTER: &str = "<stream:features/>";
const BOUND: &str = "<bound xmlns='urn:xmpp:bind:0'/>";

/// A server that issues tokens.
struct Server {
    script: Script,
    token: String,
}

impl Server {
    /// The next connection, encrypted, with everything the client says by itself.
    async fn next(&self) -> (Peer, String) {
        let patience = Duration::from_secs(60);
        let mut peer = timeout(patience, self.script.accept_secure())
            .await
            .expect("the client comes back");
        let header = peer.hears("version='1.0'>").await;
        (peer, header)
    }

    fn success(&self, proof: &[u8], more: &str) -> String {
        format!(
            "<success xmlns='urn:xmpp:sasl:2'><additional-data>{}</additional-data>\
             <authorization-identifier>anna@chat.example/Tessera/x</authorization-identifier>\
             {more}</success>",
            BASE64.encode(proof)
        )
    }

    fn issue(&mut self, token: &str, expiry: &str) -> String {
        token.clone_into(&mut self.token);
        format!("<token xmlns='urn:xmpp:fast:0' token='{token}' expiry='{expiry}'/>")
    }

    /// The client logs in with its password, and is given this.
    async fn takes_password(&self, more: &str) -> Peer {
        let (mut peer, _) = self.next().await;
        peer.says(&[HEADER, OFFER].concat()).await;
        let asked = peer.hears("</authenticate>").await;
        assert!(asked.contains("mechanism='SCRAM-SHA-256'"), "{asked}");
        assert!(asked.contains("<request-token"), "{asked}");
        let mut server = ScramServer::new(Hash::Sha256, "pencil", None);
        let challenge = BASE64.encode(server.challenge(&inside(&asked, "initial-response")));
        peer.says(&format!(
            "<challenge xmlns='urn:xmpp:sasl:2'>{challenge}</challenge>"
        ))
        .await;
        let response = peer.hears("</response>").await;
        let proof = server.finish(&inside(&response, "response"));
        let success = self.success(proof.as_bytes(), &[BOUND, more].concat());
        peer.says(&[&success, AFTER].concat()).await;
        peer
    }

    /// The client logs in with its token, for the time that is said; is given this.
    async fn takes_token(&self, count: u32, more: &str) -> (Peer, String) {
        let (mut peer, _) = self.next().await;
        let asked = peer.hears("</authenticate>").await;
        assert!(asked.contains("mechanism='HT-SHA-256-ENDP'"), "{asked}");
        assert!(asked.contains(&format!("count='{count}'")), "{asked}");
        let said = [b"Responder".to_vec(), self.script.end_point()].concat();
        let proof = Hash::Sha256.hmac(self.token.as_bytes(), &said);
        let success = self.success(proof.as_ref(), more);
        peer.says(&[HEADER, OFFER, &success, AFTER].concat()).await;
        (peer, asked)
    }
}

/// What stands in an element, decoded.
fn inside(xml: &str, name: &str) -> String {
    let inner = xml.split(&format!("<{name}")).nth(1).expect("is there");
    let inner = inner.split_once('>').expect("ends").1;
    let inner = inner.split('<').next().expect("text");
    String::from_utf8(BASE64.decode(inner).expect("base64")).expect("text")
}

async fn anna(script: &Script, storage: PasswordStorage) -> (Handle, Store, Account) {
    let store = Store::in_memory().expect("a store");
    let handle = worker::start(store.clone(), Secrets::in_memory()).expect("a worker");
    let options = script.options();
    let account = NewAccount {
        jid: options.jid,
        endpoint: options.endpoint,
        proxy: None,
        password_storage: storage,
        allow_plain: false,
        pin: options.pin,
    };
    let password = Secret::new("pencil");
    let add = AccountCommand::Add { account, password };
    handle.request(Command::Account(add)).await.expect("added");
    let account = store.reader().accounts().expect("read").remove(0);
    (handle, store, account)
}

/// The line breaks when the session has begun, and somebody asks to try again at once.
async fn breaks(mut peer: Peer, handle: &Handle) {
    peer.hears("</iq>").await;
    drop(peer);
    handle.send(Command::NetworkChanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_counted_renewed_and_taken_back_when_the_person_logs_out() {
    let mut server = Server {
        script: Script::new().await,
        token: String::new(),
    };
    let (handle, _store, account) = anna(&server.script, PasswordStorage::Ask).await;
    let issued = server.issue("first", "2090-01-01T00:00:00Z");
    let peer = server.takes_password(&issued).await;
    breaks(peer, &handle).await;
    let (peer, asked) = server.takes_token(1, BOUND).await;
    assert!(!asked.contains("invalidate"), "{asked}");
    breaks(peer, &handle).await;
    let (peer, _) = server.takes_token(2, BOUND).await;
    breaks(peer, &handle).await;
    // A new one comes with the login, and is counted from the beginning.
    let (said_with, next) = (server.token.clone(), "second");
    let (mut peer, _) = server.next().await;
    let asked = peer.hears("</authenticate>").await;
    assert!(asked.contains("count='3'"), "{asked}");
    let said = [b"Responder".to_vec(), server.script.end_point()].concat();
    let proof = Hash::Sha256.hmac(said_with.as_bytes(), &said);
    let issued = server.issue(next, "2091-01-01T00:00:00Z");
    let success = server.success(proof.as_ref(), &[BOUND, &issued].concat());
    peer.says(&[HEADER, OFFER, &success, AFTER].concat()).await;
    breaks(peer, &handle).await;
    let (mut peer, _) = server.takes_token(1, BOUND).await;
    peer.hears("</iq>").await;
    // Logging out: the server is told that the token is worth nothing.
    handle.send(Command::Account(AccountCommand::Disconnect(account.id)));
    let (farewell, asked) = server.takes_token(2, "").await;
    assert!(asked.contains("invalidate='true'"), "{asked}");
    assert!(!asked.contains("<bind"), "no session: {asked}");
    drop((peer, farewell));
    // Whoever comes back needs the password.
    handle.send(Command::Account(AccountCommand::Connect(account.id)));
    let peer = server.takes_password("").await;
    drop(peer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_has_ended_is_not_used_and_a_removed_account_leaves_none() {
    let mut server = Server {
        script: Script::new().await,
        token: String::new(),
    };
    let (handle, _store, account) = anna(&server.script, PasswordStorage::Keyring).await;
    let issued = server.issue("old", "2020-01-01T00:00:00Z");
    let peer = server.takes_password(&issued).await;
    breaks(peer, &handle).await;
    let issued = server.issue("good", "2090-01-01T00:00:00Z");
    let peer = server.takes_password(&issued).await;
    breaks(peer, &handle).await;
    let (mut peer, _) = server.takes_token(1, BOUND).await;
    peer.hears("</iq>").await;
    let remove = AccountCommand::Remove {
        account: account.id,
        on_server: false,
    };
    let removing = handle.request(Command::Account(remove));
    let farewell = async {
        drop(peer.hears_all().await);
        server.takes_token(2, "").await
    };
    let (removed, (_peer, asked)) = tokio::join!(removing, farewell);
    assert_eq!(removed, Ok(()));
    assert!(asked.contains("invalidate='true'"), "{asked}");
}
