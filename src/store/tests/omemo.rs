//! Stories of keys: who is seen with which identity, and what is opened once.

use super::*;
use crate::{
    model::{DeviceId, IdentityPrint, MessageSeal, OmemoVersion, Standing, Unreadable},
    store::Sighting,
};

const FIRST: IdentityPrint = IdentityPrint([1; 32]);
const SECOND: IdentityPrint = IdentityPrint([2; 32]);

fn device(id: u32) -> DeviceId {
    DeviceId::new(id).unwrap()
}

#[test]
fn f44_the_key_of_a_device_is_never_replaced_silently() {
    let store = Store::in_memory().unwrap();
    let (account, _) = alice_and_bob(&store);
    let bob = jid("bob@example.org");
    let at = Timestamp(1);
    store
        .write(|txn| {
            let sight = |device_id, key: &IdentityPrint| {
                txn.sight_identity(account, &bob, device(device_id), key, at)
            };
            assert_eq!(sight(7, &FIRST)?, Sighting::New(Standing::Accepted));
            assert_eq!(sight(7, &FIRST)?, Sighting::Known(Standing::Accepted));
            assert_eq!(sight(7, &SECOND)?, Sighting::Changed);
            let devices = txn.omemo_devices(account, &bob)?;
            assert_eq!(devices[0].identity, Some(FIRST));
            // What was seen so is not accepted by itself later, either.
            assert_eq!(
                txn.standing(account, &bob, &SECOND)?,
                Some(Standing::Waiting)
            );
            Ok::<_, StoreError>(())
        })
        .unwrap();
}

#[test]
fn keys_are_accepted_until_a_person_has_decided_about_one() {
    for decision in [Standing::Verified, Standing::Rejected] {
        let store = Store::in_memory().unwrap();
        let (account, _) = alice_and_bob(&store);
        let bob = jid("bob@example.org");
        store
            .write(|txn| {
                let at = Timestamp(1);
                let first = txn.sight_identity(account, &bob, device(7), &FIRST, at)?;
                assert_eq!(first.standing(), Some(Standing::Accepted));
                txn.set_standing(account, &bob, &FIRST, decision)?;
                let second = txn.sight_identity(account, &bob, device(8), &SECOND, at)?;
                assert_eq!(second, Sighting::New(Standing::Waiting));
                let other = jid("carol@example.org");
                let of_other = txn.sight_identity(account, &other, device(8), &SECOND, at)?;
                assert_eq!(of_other, Sighting::New(Standing::Accepted));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
}

#[test]
fn f45_the_list_of_one_version_leaves_that_of_the_other() {
    let store = Store::in_memory().unwrap();
    let (account, _) = alice_and_bob(&store);
    let bob = jid("bob@example.org");
    let listed = |store: &Store| {
        let devices = store.reader().omemo_devices(account, &bob).unwrap();
        let flags = |known: &crate::model::KnownDevice| {
            (known.id.number(), known.listed_old, known.listed_new)
        };
        devices.iter().map(flags).collect::<Vec<_>>()
    };
    let set = |version, ids: &[u32]| {
        let devices: Vec<_> = ids.iter().map(|id| (device(*id), None)).collect();
        store
            .write(|txn| txn.set_omemo_list(account, &bob, version, &devices, Timestamp(1)))
            .unwrap();
    };
    set(OmemoVersion::V03, &[1, 2]);
    set(OmemoVersion::V2, &[2, 3]);
    assert_eq!(
        listed(&store),
        [(1, true, false), (2, true, true), (3, false, true)]
    );
    set(OmemoVersion::V03, &[]);
    assert_eq!(
        listed(&store),
        [(1, false, false), (2, false, true), (3, false, true)]
    );
}

#[test]
fn a_message_remembers_who_sealed_it_or_why_it_cannot_be_read() {
    let store = Store::in_memory().unwrap();
    let (account, _) = alice_and_bob(&store);
    let chat = write(&store, |txn| {
        txn.conversation_with(account, &jid("bob@example.org"), ConversationKind::Person)
    });
    let message = write(&store, |txn| txn.insert_message(&incoming(chat, 10, "hi")));
    let Inserted::New(message) = message else {
        panic!("a new message")
    };
    for (identity, unreadable) in [
        (Some(FIRST), None),
        (None, Some(Unreadable::NotForThisDevice)),
        (None, Some(Unreadable::Forged)),
    ] {
        let seal = MessageSeal {
            version: OmemoVersion::V2,
            device: device(9),
            identity,
            standing: identity.map(|_| Standing::Accepted),
            unreadable,
        };
        store.write(|txn| txn.set_seal(message, &seal)).unwrap();
        assert_eq!(store.reader().message_seal(message).unwrap(), Some(seal));
    }
}
