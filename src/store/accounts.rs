//! The table of accounts, and what vCards say.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::{Reader, StoreError, Txn, codes::StoredJid};
use crate::model::{
    Account, AccountId, BareJid, Endpoint, NewAccount, OwnPresence, Profile, Proxy, Show,
};

type Result<T> = std::result::Result<T, StoreError>;

impl Txn<'_> {
    /// Adds an account (enabled, last in order) with this resource; `None` when that address is already there. Its pin
    /// belongs into the ledger, with [`Txn::pin_certificate`].
    pub fn add_account(&self, new: &NewAccount, resource: &str) -> Result<Option<AccountId>> {
        let mut insert = self.0.prepare_cached(
            "insert into account (jid, resource, show, position)
             values (:jid, :resource, :show, (select coalesce(max(position), 0) + 1 from account))
             on conflict (jid) do nothing returning id",
        )?;
        let id: Option<AccountId> = insert
            .query_row(
                named_params! { ":jid": new.jid.as_str(), ":resource": resource, ":show": Show::Online },
                |row| row.get(0),
            )
            .optional()?;
        let Some(id) = id else {
            return Ok(None);
        };
        let account = Account {
            endpoint: new.endpoint.clone(),
            proxy: new.proxy.clone(),
            password_storage: new.password_storage,
            allow_plain: new.allow_plain,
            ..self.account(id)?
        };
        self.update_account(&account)?;
        Ok(Some(id))
    }

    /// Replaces everything that may change of an account: all but its id and address.
    pub fn update_account(&self, account: &Account) -> Result<()> {
        let endpoint = account.endpoint.as_ref();
        let proxy = account.proxy.as_ref();
        let mut update = self.0.prepare_cached(
            "update account set enabled = :enabled, endpoint_host = :endpoint_host,
             endpoint_port = :endpoint_port, endpoint_direct_tls = :endpoint_direct_tls,
             proxy_host = :proxy_host, proxy_port = :proxy_port, proxy_username = :proxy_username,
             resource = :resource, allow_plain = :allow_plain, password_storage = :password_storage,
             nickname = :nickname, show = :show, status = :status, position = :position
             where id = :id",
        )?;
        let changed = update.execute(named_params! {
            ":enabled": account.enabled,
            ":endpoint_host": endpoint.map_or("", |e| e.host.as_str()),
            ":endpoint_port": endpoint.map_or(0, |e| e.port),
            ":endpoint_direct_tls": endpoint.is_some_and(|e| e.direct_tls),
            ":proxy_host": proxy.map_or("", |p| p.host.as_str()),
            ":proxy_port": proxy.map_or(0, |p| p.port),
            ":proxy_username": proxy.map_or("", |p| p.username.as_str()),
            ":resource": account.resource,
            ":allow_plain": account.allow_plain,
            ":password_storage": account.password_storage,
            ":nickname": account.nickname,
            ":show": account.presence.show,
            ":status": account.presence.status,
            ":position": account.position,
            ":id": account.id,
        })?;
        one(changed)
    }

    /// Removes an account and every row that belongs to it.
    pub fn remove_account(&self, account: AccountId) -> Result<()> {
        one(self
            .0
            .prepare_cached("delete from account where id = ?1")?
            .execute([account])?)?;
        self.remove_unused_avatars()
    }

    /// All accounts in order.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        accounts(&self.0)
    }

    /// One account.
    pub fn account(&self, account: AccountId) -> Result<Account> {
        one_account(&self.0, account)
    }

    /// Keeps what somebody's vCard says (own address included).
    pub fn set_profile(&self, account: AccountId, jid: &BareJid, profile: &Profile) -> Result<()> {
        self.0
            .prepare_cached(
                "insert or replace into vcard
                 (account, jid, full_name, nickname, organisation, email, url, phone, note)
                 values (:account, :jid, :full_name, :nickname, :organisation, :email, :url, :phone, :note)",
            )?
            .execute(named_params! {
                ":account": account,
                ":jid": jid.as_str(),
                ":full_name": profile.full_name,
                ":nickname": profile.nickname,
                ":organisation": profile.organisation,
                ":email": profile.email,
                ":url": profile.url,
                ":phone": profile.phone,
                ":note": profile.note,
            })?;
        Ok(())
    }
}

impl Reader {
    /// All accounts in order.
    pub fn accounts(&self) -> Result<Vec<Account>> {
        self.read(accounts)
    }

    /// One account.
    pub fn account(&self, account: AccountId) -> Result<Account> {
        self.read(|connection| one_account(connection, account))
    }

    /// What somebody's vCard said when it was last fetched.
    pub fn profile(&self, account: AccountId, jid: &BareJid) -> Result<Option<Profile>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "select full_name, nickname, organisation, email, url, phone, note
                     from vcard where account = ?1 and jid = ?2",
                )?
                .query_row((account, jid.as_str()), |row| {
                    Ok(Profile {
                        full_name: row.get(0)?,
                        nickname: row.get(1)?,
                        organisation: row.get(2)?,
                        email: row.get(3)?,
                        url: row.get(4)?,
                        phone: row.get(5)?,
                        note: row.get(6)?,
                    })
                })
                .optional()?)
        })
    }
}

/// Turns the number of changed rows into an answer for what must have been there.
pub(super) fn one(changed: usize) -> Result<()> {
    if changed == 0 {
        Err(StoreError::Missing)
    } else {
        Ok(())
    }
}

const SELECT: &str = "select id, jid, enabled, endpoint_host, endpoint_port, endpoint_direct_tls,
    proxy_host, proxy_port, proxy_username, resource, allow_plain, password_storage, nickname,
    show, status, position from account";

fn accounts(connection: &Connection) -> Result<Vec<Account>> {
    let mut select = connection.prepare_cached(&format!("{SELECT} order by position, id"))?;
    let rows = select.query_map([], read_account)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn one_account(connection: &Connection, account: AccountId) -> Result<Account> {
    connection
        .prepare_cached(&format!("{SELECT} where id = ?1"))?
        .query_row([account], read_account)
        .optional()?
        .ok_or(StoreError::Missing)
}

fn read_account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let endpoint = Endpoint {
        host: row.get(3)?,
        port: row.get(4)?,
        direct_tls: row.get(5)?,
    };
    let proxy = Proxy {
        host: row.get(6)?,
        port: row.get(7)?,
        username: row.get(8)?,
    };
    Ok(Account {
        id: row.get(0)?,
        jid: row.get::<_, StoredJid>(1)?.0,
        enabled: row.get(2)?,
        endpoint: Some(endpoint).filter(|endpoint| !endpoint.host.is_empty()),
        proxy: Some(proxy).filter(|proxy| !proxy.host.is_empty()),
        resource: row.get(9)?,
        allow_plain: row.get(10)?,
        password_storage: row.get(11)?,
        nickname: row.get(12)?,
        presence: OwnPresence {
            show: row.get(13)?,
            status: row.get(14)?,
        },
        position: row.get(15)?,
    })
}
