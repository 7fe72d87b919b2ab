//! The roster.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Reader, StoreError, Txn, accounts::one, codes::StoredJid};
use crate::model::{AccountId, BareJid, Contact, RosterItem};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Version of the stored roster (XEP-0237), empty when never fetched.
    pub fn roster_version(&self, account: AccountId) -> Result<String> {
        self.0
            .prepare_cached("select roster_version from account where id = ?1")?
            .query_row([account], |row| row.get(0))
            .optional()?
            .ok_or(StoreError::Missing)
    }

    /// Remembers the version of the stored roster.
    pub fn set_roster_version(&self, account: AccountId, version: &str) -> Result<()> {
        one(self
            .0
            .prepare_cached("update account set roster_version = ?2 where id = ?1")?
            .execute((account, version))?)
    }

    /// Makes the stored roster equal to this one; answers who was added, changed or removed.
    pub fn replace_roster(&self, account: AccountId, items: &[RosterItem]) -> Result<Vec<BareJid>> {
        let mut former: BTreeMap<BareJid, RosterItem> = roster(&self.0, account)?
            .into_iter()
            .map(|contact| (contact.item.jid.clone(), contact.item))
            .collect();
        let mut changed = Vec::new();
        for item in items {
            let item = RosterItem {
                groups: in_order(&item.groups),
                ..item.clone()
            };
            if former.remove(&item.jid).as_ref() != Some(&item) {
                self.put_roster_item(account, &item)?;
                changed.push(item.jid);
            }
        }
        for jid in former.into_keys() {
            self.remove_roster_item(account, &jid)?;
            changed.push(jid);
        }
        Ok(changed)
    }

    /// Adds or changes one item. A stranger's chat with this address becomes a person's, and stands in the list when
    /// it has messages.
    pub fn put_roster_item(&self, account: AccountId, item: &RosterItem) -> Result<()> {
        let jid = item.jid.as_str();
        self.0
            .prepare_cached(
                "insert into roster_item (account, jid, name, subscription, ask)
                 values (:account, :jid, :name, :subscription, :ask)
                 on conflict (account, jid) do update set
                 name = excluded.name, subscription = excluded.subscription, ask = excluded.ask",
            )?
            .execute(named_params! {
                ":account": account,
                ":jid": jid,
                ":name": item.name,
                ":subscription": item.subscription,
                ":ask": item.ask,
            })?;
        self.0
            .prepare_cached("delete from roster_group where account = ?1 and jid = ?2")?
            .execute((account, jid))?;
        for group in &item.groups {
            self.0
                .prepare_cached(
                    "insert or ignore into roster_group (account, jid, name) values (?1, ?2, ?3)",
                )?
                .execute((account, jid, group))?;
        }
        self.0
            .prepare_cached(
                "update conversation set kind = 0, open = open or exists
                 (select 1 from message where conversation = conversation.id)
                 where account = ?1 and peer = ?2 and kind = 1",
            )?
            .execute((account, jid))?;
        Ok(())
    }

    /// Removes one item.
    pub fn remove_roster_item(&self, account: AccountId, jid: &BareJid) -> Result<()> {
        self.0
            .prepare_cached("delete from roster_item where account = ?1 and jid = ?2")?
            .execute((account, jid.as_str()))?;
        Ok(())
    }

    /// One item.
    pub fn roster_item(&self, account: AccountId, jid: &BareJid) -> Result<Option<RosterItem>> {
        Ok(contact(&self.0, account, jid)?.map(|contact| contact.item))
    }

    /// Whether anybody at this domain (or the domain itself) is a contact who may see our presence.
    pub fn has_watcher_at(&self, account: AccountId, domain: &str) -> Result<bool> {
        Ok(self
            .0
            .prepare_cached(
                "select 1 from roster_item where account = ?1 and subscription in (2, 3)
                 and substr(jid, instr(jid, '@') + 1) = ?2",
            )?
            .exists((account, domain))?)
    }
}

impl Reader {
    /// The whole roster of an account, by name.
    pub fn roster(&self, account: AccountId) -> Result<Vec<Contact>> {
        self.read(|connection| {
            let mut contacts = roster(connection, account)?;
            contacts.sort_by_cached_key(|contact| contact.display_name().to_lowercase());
            Ok(contacts)
        })
    }

    /// One contact of the roster.
    pub fn contact(&self, account: AccountId, jid: &BareJid) -> Result<Option<Contact>> {
        self.read(|connection| contact(connection, account, jid))
    }

    /// All group names in use, sorted.
    pub fn groups(&self, account: AccountId) -> Result<Vec<String>> {
        self.read(|connection| {
            let mut select = connection.prepare_cached(
                "select distinct name from roster_group where account = ?1 order by name",
            )?;
            let names = select.query_map([account], |row| row.get(0))?;
            Ok(names.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn in_order(groups: &[String]) -> Vec<String> {
    let mut groups = groups.to_vec();
    groups.sort();
    groups.dedup();
    groups
}

const SELECT_CONTACT: &str = "select r.jid, r.name, r.subscription, r.ask,
    coalesce(p.nickname, ''), p.avatar,
    exists (select 1 from blocked b where b.account = r.account
        and b.jid in (r.jid, substr(r.jid, instr(r.jid, '@') + 1))),
    c.id
    from roster_item r
    left join person p on p.account = r.account and p.jid = r.jid
    left join conversation c on c.account = r.account and c.peer = r.jid
    where r.account = ?1";

fn read_contact(account: AccountId, row: &Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        account,
        item: RosterItem {
            jid: row.get::<_, StoredJid>(0)?.0,
            name: row.get(1)?,
            groups: Vec::new(),
            subscription: row.get(2)?,
            ask: row.get(3)?,
        },
        nickname: row.get(4)?,
        avatar: row.get(5)?,
        blocked: row.get(6)?,
        conversation: row.get(7)?,
    })
}

/// The roster in the order of addresses, groups sorted.
fn roster(connection: &Connection, account: AccountId) -> Result<Vec<Contact>> {
    let mut select = connection.prepare_cached(&format!("{SELECT_CONTACT} order by r.jid"))?;
    let rows = select.query_map([account], |row| read_contact(account, row))?;
    let mut contacts: Vec<Contact> = rows.collect::<rusqlite::Result<_>>()?;
    let mut select = connection.prepare_cached(
        "select jid, name from roster_group where account = ?1 order by jid, name",
    )?;
    let mut groups = select.query([account])?;
    let mut position = 0;
    while let Some(row) = groups.next()? {
        let jid = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        while let Some(contact) = contacts.get_mut(position) {
            if contact.item.jid.as_str() == jid {
                contact.item.groups.push(row.get(1)?);
                break;
            }
            position += 1;
        }
    }
    Ok(contacts)
}

fn contact(connection: &Connection, account: AccountId, jid: &BareJid) -> Result<Option<Contact>> {
    let found = connection
        .prepare_cached(&format!("{SELECT_CONTACT} and r.jid = ?2"))?
        .query_row((account, jid.as_str()), |row| read_contact(account, row))
        .optional()?;
    let Some(mut contact) = found else {
        return Ok(None);
    };
    let mut select = connection.prepare_cached(
        "select name from roster_group where account = ?1 and jid = ?2 order by name",
    )?;
    let names = select.query_map((account, jid.as_str()), |row| row.get(0))?;
    contact.item.groups = names.collect::<rusqlite::Result<_>>()?;
    Ok(Some(contact))
}
