//! Pictures and self-given names of people.

use rusqlite::{Connection, OptionalExtension};

use super::{Reader, StoreError, Txn};
use crate::model::{AccountId, Avatar, BareJid};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Keeps a picture (shared by all who use it) and says that this person has it.
    pub fn set_avatar(&self, account: AccountId, jid: &BareJid, avatar: &Avatar) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into avatar (sha1, png) values (?1, ?2)
                 on conflict (sha1) do update set png = excluded.png",
            )?
            .execute((&avatar.sha1, &avatar.png))?;
        self.set_person_avatar(account, jid, Some(&avatar.sha1))
    }

    /// Says that this person has a picture that is already kept; answers whether it is kept, and changes nothing when not.
    pub fn link_avatar(&self, account: AccountId, jid: &BareJid, sha1: &str) -> Result<bool> {
        let kept = self
            .0
            .prepare_cached("select 1 from avatar where sha1 = ?1")?
            .exists([sha1])?;
        if kept {
            self.set_person_avatar(account, jid, Some(sha1))?;
        }
        Ok(kept)
    }

    /// Says that this person has no picture.
    pub fn remove_avatar(&self, account: AccountId, jid: &BareJid) -> Result<()> {
        if self.avatar_of(account, jid)?.is_some() {
            self.set_person_avatar(account, jid, None)?;
        }
        Ok(())
    }

    /// SHA-1 (hex) of the picture of this person.
    pub fn avatar_of(&self, account: AccountId, jid: &BareJid) -> Result<Option<String>> {
        avatar_of(&self.0, account, jid)
    }

    /// The name that somebody gave itself, empty when none.
    pub fn nickname(&self, account: AccountId, jid: &BareJid) -> Result<String> {
        Ok(self
            .0
            .prepare_cached("select nickname from person where account = ?1 and jid = ?2")?
            .query_row((account, jid.as_str()), |row| row.get(0))
            .optional()?
            .unwrap_or_default())
    }

    /// Keeps the name that somebody gave itself; empty forgets it.
    pub fn set_nickname(&self, account: AccountId, jid: &BareJid, nickname: &str) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into person (account, jid, nickname) values (?1, ?2, ?3)
                 on conflict (account, jid) do update set nickname = excluded.nickname",
            )?
            .execute((account, jid.as_str(), nickname))?;
        Ok(())
    }

    fn set_person_avatar(
        &self,
        account: AccountId,
        jid: &BareJid,
        sha1: Option<&str>,
    ) -> Result<()> {
        let former = self.avatar_of(account, jid)?;
        self.0
            .prepare_cached(
                "insert into person (account, jid, avatar) values (?1, ?2, ?3)
                 on conflict (account, jid) do update set avatar = excluded.avatar",
            )?
            .execute((account, jid.as_str(), sha1))?;
        // Removes the former picture when nobody has it any more.
        self.0
            .prepare_cached(
                "delete from avatar where sha1 = ?1
                 and not exists (select 1 from person where avatar = ?1)",
            )?
            .execute([former])?;
        Ok(())
    }

    /// Removes pictures that nobody has any more.
    pub(super) fn remove_unused_avatars(&self) -> Result<()> {
        self.0
            .prepare_cached(
                "delete from avatar where not exists (select 1 from person where person.avatar = avatar.sha1)",
            )?
            .execute([])?;
        Ok(())
    }
}

impl Reader {
    /// The picture with this SHA-1 (hex).
    pub fn avatar(&self, sha1: &str) -> Result<Option<Avatar>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached("select sha1, png from avatar where sha1 = ?1")?
                .query_row([sha1], |row| {
                    Ok(Avatar {
                        sha1: row.get(0)?,
                        png: row.get(1)?,
                    })
                })
                .optional()?)
        })
    }

    /// SHA-1 (hex) of the picture of this person; works for the own address, too.
    pub fn avatar_of(&self, account: AccountId, jid: &BareJid) -> Result<Option<String>> {
        self.read(|connection| avatar_of(connection, account, jid))
    }
}

fn avatar_of(connection: &Connection, account: AccountId, jid: &BareJid) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached("select avatar from person where account = ?1 and jid = ?2")?
        .query_row((account, jid.as_str()), |row| row.get(0))
        .optional()?
        .flatten())
}
