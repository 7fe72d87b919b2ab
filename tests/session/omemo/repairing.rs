//! What is published: for both versions, readable by everybody, and put right again.

use tessera::crypto::omemo::Bundle;

use super::*;

fn bundle(alice: &Script, profile: Profile) -> Bundle {
    let own = listed(alice, "", profile)[0];
    let (node, item) = bundle_place(profile, own);
    let element = alice.nodes.get("", &node, &item).expect("a bundle");
    tessera::xmpp::xep0384_omemo::bundles::parse(profile, element).expect("a whole one")
}

#[test]
fn a_device_is_announced_in_both_versions_with_one_identity() {
    let mut alice = Script::new();
    alice.comes_online();
    let ids = Profile::ALL.map(|profile| listed(&alice, "", profile));
    assert_eq!(ids[0].len(), 1);
    assert_eq!(ids[0], ids[1]);
    let identities = Profile::ALL.map(|profile| {
        let bundle = bundle(&alice, profile);
        assert_eq!(bundle.prekeys.len(), 100);
        assert!(bundle.prekeys.iter().all(|(id, _)| *id > 0));
        bundle.check().expect("a valid one")
    });
    assert_eq!(identities[0], identities[1]);
}

#[test]
fn p10_everybody_may_read_what_is_published() {
    let mut alice = Script::new();
    alice.comes_online();
    let options: Vec<String> = alice
        .asked
        .iter()
        .map(String::from)
        .filter(|xml| xml.contains("omemo") || xml.contains("axolotl"))
        .collect();
    assert_eq!(options.len(), 4);
    assert!(
        options
            .iter()
            .all(|xml| xml.contains("<value>open</value>"))
    );
    let many = options
        .iter()
        .filter(|xml| xml.contains("<value>max</value>"));
    assert_eq!(many.count(), 1, "the bundles of version 2");
}

#[test]
fn p10_a_node_with_other_rules_is_changed() {
    let mut alice = Script::new();
    alice.refusals = vec![
        "<error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>\
         <precondition-not-met xmlns='http://jabber.org/protocol/pubsub#errors'/></error>",
    ];
    alice.comes_online();
    let configured = alice.asked.iter().filter(|iq| shows(iq, "pubsub#owner"));
    assert_eq!(configured.count(), 1);
    bundle(&alice, Profile::Axolotl);
}

#[test]
fn f45_we_join_our_list_and_leave_everybody_on_it() {
    let mut alice = Script::new();
    for profile in Profile::ALL {
        alice
            .nodes
            .put("", list_node(profile), "current", list(profile, &[5, 6]));
    }
    alice.comes_online();
    for profile in Profile::ALL {
        let ids = listed(&alice, "", profile);
        assert_eq!((ids.len(), &ids[..2]), (3, &[5, 6][..]));
    }
}

#[test]
fn p11_whoever_takes_us_off_is_answered_a_few_times() {
    let mut alice = Script::new();
    alice.comes_online();
    let profile = Profile::Axolotl;
    let own = listed(&alice, "", profile)[0];
    let mut joined = 0;
    for _ in 0..10 {
        let without = list(profile, &[9]);
        alice
            .nodes
            .put("", list_node(profile), "current", without.clone());
        alice.receives(&format!(
            "<message from='{ALICE}' to='{ALICE}/Tessera' type='headline'>\
             <event xmlns='http://jabber.org/protocol/pubsub#event'><items node='{}'><item id='current'>{}\
             </item></items></event></message>",
            list_node(profile),
            String::from(&without)
        ));
        joined += usize::from(listed(&alice, "", profile).contains(&own));
    }
    // Once at the beginning.
    assert_eq!(joined, 2);
}

#[test]
fn f48_a_used_prekey_is_replaced_and_serves_nobody_else() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        let before = bundle(&alice, profile).prekeys;
        bob_begins(&alice, &mut bob, profile);
        alice.receives(&from_bob(&seals(&mut bob, profile, "hi"), "1"));
        assert_eq!(
            bundle(&alice, profile).prekeys,
            before,
            "collected for a moment"
        );
        assert!(alice.is_waiting());
        alice.waits(6);
        let after = bundle(&alice, profile).prekeys;
        assert_eq!(after.len(), 99);
        assert!(after.iter().all(|key| before.contains(key)));
    }
}

#[test]
fn prekeys_are_filled_up_and_ids_never_come_back() {
    let profile = Profile::Axolotl;
    let (mut alice, _) = alice_and_bob(profile);
    let own = listed(&alice, "", profile)[0];
    for id in 0..20 {
        let at: Where = (BOB, 10_000 + id);
        let mut device = OurDevice::new(profile, at, (ALICE, own));
        bob_begins(&alice, &mut device, profile);
        alice.receives(&from_bob(&device.sends(Some("hi")), &id.to_string()));
        alice.waits(6);
    }
    let bundle = bundle(&alice, profile);
    assert_eq!(bundle.prekeys.len(), 100);
    let highest = bundle.prekeys.iter().map(|(id, _)| *id).max();
    assert_eq!(highest, Some(120));
}

#[test]
fn the_signed_prekey_changes_every_week_and_the_old_one_still_opens() {
    let profile = Profile::Omemo2;
    let (mut alice, mut bob) = alice_and_bob(profile);
    bob_begins(&alice, &mut bob, profile);
    let first = bundle(&alice, profile).signed_prekey_id;
    alice.loses_the_session();
    alice.now = alice.now.plus_millis(8 * 24 * 60 * 60 * 1000);
    alice.comes_online();
    assert_eq!(bundle(&alice, profile).signed_prekey_id, first + 1);
    alice.receives(&from_bob(&seals(&mut bob, profile, "late"), "1"));
    assert_eq!(alice.texts(BOB), ["late"]);
}

#[test]
fn what_is_missing_on_the_server_is_published_again() {
    let mut alice = Script::new();
    alice.comes_online();
    let profile = Profile::Axolotl;
    let own = listed(&alice, "", profile)[0];
    let (node, item) = bundle_place(profile, own);
    alice.nodes.remove("", &node);
    alice.nodes.remove("", list_node(profile));
    alice.loses_the_session().comes_online().waits(1);
    assert_eq!(listed(&alice, "", profile), [own]);
    assert!(alice.nodes.get("", &node, &item).is_some());
}

#[test]
fn a_session_out_of_step_is_renewed_once_a_day() {
    let profile = Profile::Axolotl;
    let (mut alice, mut bob) = alice_and_bob(profile);
    bob_begins(&alice, &mut bob, profile);
    alice.receives(&from_bob(&seals(&mut bob, profile, "hi"), "1"));
    for element in encrypted(&mut alice) {
        bob.reads(&String::from(&element)).expect("read");
    }
    // Alice loses what she knows of the session.
    let jid = BareJid::new(BOB).expect("JID");
    let device = tessera::model::DeviceId::new(BOBS.1).expect("a device");
    let version = tessera::model::OmemoVersion::V03;
    let account = alice.account;
    alice
        .store
        .write(|txn| txn.set_omemo_session(account, &jid, device, version, &[]))
        .expect("written");
    for number in 2..6 {
        let element = seals(&mut bob, profile, "again");
        alice.receives(&from_bob(&element, &number.to_string()));
    }
    let renewed = encrypted(&mut alice);
    assert_eq!(renewed.len(), 1, "once");
    assert!(is_empty_message(&renewed[0]));
    assert_eq!(bob.reads(&String::from(&renewed[0])), Ok(None));
    alice.receives(&from_bob(&seals(&mut bob, profile, "well again"), "9"));
    assert_eq!(
        alice.texts(BOB).last().map(String::as_str),
        Some("well again")
    );
}

#[test]
fn a_person_renews_all_sessions_of_a_chat() {
    for profile in Profile::ALL {
        let (mut alice, mut bob) = alice_and_bob(profile);
        encrypts(&mut alice, BOB);
        alice.writes(BOB, "one");
        for element in encrypted(&mut alice) {
            reads(&mut bob, profile, &element);
        }
        let chat = alice.chat_with(BOB);
        alice.does(ChatCommand::RenewSessions(chat));
        let renewed = encrypted(&mut alice);
        assert_eq!(renewed.len(), 1);
        let xml = String::from(&renewed[0]);
        assert!(xml.contains("prekey=") || xml.contains("kex="));
        assert_eq!(bob.reads(&xml), Ok(None));
        alice.writes(BOB, "two");
        let element = encrypted(&mut alice).pop().expect("encrypted");
        assert_eq!(reads(&mut bob, profile, &element).as_deref(), Some("two"));
    }
}

#[test]
fn a_device_is_listed_only_where_its_bundle_can_be_fetched() {
    let mut alice = Script::new();
    let refused =
        "<error type='cancel'><not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    // The bundles of both versions, and that of version 2 once more with fewer items.
    alice.refusals = vec![refused, refused, refused];
    alice.comes_online();
    for profile in Profile::ALL {
        assert!(listed(&alice, "", profile).is_empty());
    }
    alice.loses_the_session().comes_online();
    for profile in Profile::ALL {
        assert_eq!(listed(&alice, "", profile).len(), 1);
    }
}

#[test]
fn a_device_without_a_bundle_of_version_2_is_served_by_0_3() {
    let (mut alice, mut bob) = alice_and_bob(Profile::Axolotl);
    let profile = Profile::Omemo2;
    alice
        .nodes
        .put(BOB, list_node(profile), "current", list(profile, &[BOBS.1]));
    encrypts(&mut alice, BOB);
    alice.writes(BOB, "hi");
    let element = encrypted(&mut alice).pop().expect("encrypted");
    assert_eq!(
        reads(&mut bob, Profile::Axolotl, &element).as_deref(),
        Some("hi")
    );
}
