//! Stories against real programs on loopback: servers, another client, and a network that fails.
//!
//! `cargo test --test live` runs all of them, `cargo test --test live -- NAME` some. What is missing on the machine
//! makes a story fail with the line that installs it.

mod archive_stories;
mod certificates;
mod chat_stories;
mod child;
mod client;
mod contacts;
mod crash_stories;
mod ejabberd;
mod encrypted_stories;
mod harness_stories;
mod login_stories;
mod network_stories;
mod omemo_device;
mod omemo_stories;
mod our_device;
mod peer;
mod people_stories;
mod prosody;
mod proxy;
#[path = "../fuzz/random.rs"]
mod random;
mod registration_stories;
mod roster_stories;
mod waiting;
mod world;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

/// Turns functions into trials with the name of their module.
#[macro_export]
macro_rules! stories {
    ($module:ident: $($name:ident),+ $(,)?) => {
        vec![$(libtest_mimic::Trial::test(
            concat!(stringify!($module), "::", stringify!($name)),
            || { $module::$name(); Ok(()) },
        )),+]
    };
}

fn main() -> ExitCode {
    if let Ok(orders) = std::env::var(child::ORDERS) {
        return child::run(&orders);
    }
    if !world::is_entered() {
        return world::enter();
    }
    let mut arguments = Arguments::from_args();
    // Stories wait more than they compute.
    arguments.test_threads.get_or_insert(4);
    libtest_mimic::run(&arguments, trials()).exit_code()
}

fn trials() -> Vec<Trial> {
    [
        stories!(harness_stories:
            two_other_clients_talk,
            two_other_clients_talk_over_ejabberd,
            the_proxy_cuts_at_the_byte,
            the_proxy_goes_silent_and_speaks_again,
            the_server_keeps_its_accounts_over_a_restart,
        ),
        stories!(registration_stories:
            an_account_is_made_with_the_fields_of_prosody,
            an_account_is_made_with_the_form_of_ejabberd,
            a_server_that_registers_nobody_says_so,
            nobody_registers_behind_a_certificate_that_is_not_valid,
        ),
        stories!(login_stories:
            logs_in_and_out,
            logs_in_with_tls_from_the_first_byte,
            logs_in_to_ejabberd,
            a_wrong_password_is_final_until_corrected,
            a_password_that_is_not_kept_is_asked_for_at_each_start,
            trying_a_login_keeps_nothing,
            a_server_that_is_not_there_is_tried_again,
            a_host_that_does_not_exist_is_said_so,
            a_self_signed_certificate_stops_until_it_is_pinned,
            a_pinned_certificate_that_changes_stops_again,
            a_certificate_for_another_name_is_refused,
            a_certificate_for_the_address_of_the_server_is_refused,
            an_expired_certificate_is_refused,
            a_certificate_of_the_future_is_refused,
            plain_passwords_are_sent_only_when_allowed,
            a_server_that_offers_less_than_before_is_refused,
            the_password_shows_nowhere_on_disk,
            several_accounts_at_once,
        ),
        stories!(people_stories:
            contacts_find_each_other_and_see_who_is_there,
            a_request_brings_words_and_can_be_denied,
            contacts_are_changed_and_removed_on_all_devices,
            the_roster_is_there_after_a_restart_and_asked_for_by_version,
            names_pictures_and_profiles_reach_contacts_and_other_devices,
            pictures_reach_programs_that_only_know_vcards,
            a_server_without_conversion_gets_the_picture_in_the_vcard_too,
            the_blocked_are_silent_and_see_nothing,
            strangers_learn_nothing_of_a_device_they_can_name,
            a_changed_password_is_used_from_then_on,
            a_deleted_account_is_gone_on_both_sides,
        ),
        stories!(chat_stories:
            two_of_us_talk_with_receipts_and_markers,
            another_client_reads_us_and_we_read_it,
            another_client_reads_us_and_we_read_it_over_ejabberd,
            typing_is_told_to_contacts_and_stops,
            a_message_to_nobody_fails_and_can_be_sent_again,
            a_stranger_learns_nothing,
            a_stranger_who_is_accepted_becomes_a_chat,
            a_new_message_of_a_contact_is_announced_once,
            two_devices_of_one_account_see_the_same,
            everything_is_still_there_after_a_restart,
        ),
        stories!(archive_stories:
            messages_of_an_absence_come_once_and_in_order,
            messages_of_an_absence_come_once_over_ejabberd,
            without_an_archive_the_servers_own_store_brings_them,
            a_new_device_gets_the_history_when_it_is_asked_for,
        ),
        stories!(roster_stories:
            a_contact_is_added_approved_renamed_grouped_and_removed,
            the_other_clients_roster_shows_what_we_did,
            a_refused_request_leaves_nothing,
            a_roster_changed_elsewhere_while_away_is_right_again,
            presence_is_shown_both_ways,
            the_best_resource_is_shown,
            a_blocked_contact_reaches_us_no_more,
            a_block_made_elsewhere_is_known_here,
        ),
        stories!(network_stories:
            a_cut_connection_is_resumed_without_a_word,
            a_restarted_server_is_found_again,
            a_half_open_connection_is_noticed,
            a_quiet_connection_that_lives_is_kept,
            a_changed_network_is_checked_at_once,
            a_slow_line_is_enough,
            a_login_that_is_cut_at_any_byte_is_tried_again,
        ),
        stories!(encrypted_stories:
            two_of_us_talk_encrypted,
            what_is_encrypted_in_an_absence_is_read_later,
        ),
        stories!(omemo_stories:
            oldmemo_and_we_read_each_other,
            twomemo_and_we_read_each_other,
        ),
        stories!(crash_stories:
            being_killed_loses_and_duplicates_nothing,
            being_cut_loses_and_duplicates_nothing,
            being_killed_and_cut_loses_and_duplicates_nothing,
        ),
        // An encrypted answer over ejabberd did not come in time once in three runs; the cause is not known yet. Run by
        // `-- --ignored over_ejabberd`.
        stories!(encrypted_stories: two_of_us_talk_encrypted_over_ejabberd)
            .into_iter()
            .map(|story| story.with_ignored_flag(true))
            .collect(),
        // Loses and doubles nothing, but now and then the order of what was received is wrong; the cause is not known
        // yet. Run by `-- --ignored while_encrypting`.
        stories!(crash_stories: being_killed_while_encrypting_loses_and_duplicates_nothing)
            .into_iter()
            .map(|story| story.with_ignored_flag(true))
            .collect(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
