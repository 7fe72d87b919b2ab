//! What people who are not contacts want: to see our presence, or to talk.

use rusqlite::Connection;

use super::{Reader, StoreError, Txn, codes::StoredJid};
use crate::model::{AccountId, BareJid, Request, RequestKind, Timestamp};

type Result<T> = std::result::Result<T, StoreError>;

/// Requests kept per account: more than anybody answers, too few for strangers to fill the disk.
const REQUESTS_KEPT: u32 = 1_000;

impl Txn<'_> {
    /// Keeps a request to see our presence; a second one of the same address changes only its words. At most 1,000
    /// per account: the oldest go first.
    pub fn add_subscription_request(
        &self,
        account: AccountId,
        jid: &BareJid,
        nickname: &str,
        text: &str,
        at: Timestamp,
    ) -> Result<()> {
        self.0
            .prepare_cached(
                "insert into subscription_request (account, jid, nickname, text, at)
                 values (?1, ?2, ?3, ?4, ?5)
                 on conflict (account, jid) do update set
                 nickname = excluded.nickname, text = excluded.text",
            )?
            .execute((account, jid.as_str(), nickname, text, at))?;
        self.0
            .prepare_cached(
                "delete from subscription_request where id in (select id from subscription_request
                 where account = ?1 order by id desc limit -1 offset ?2)",
            )?
            .execute((account, REQUESTS_KEPT))?;
        Ok(())
    }

    /// Forgets a request; answers whether there was one.
    pub fn remove_subscription_request(&self, account: AccountId, jid: &BareJid) -> Result<bool> {
        let removed = self
            .0
            .prepare_cached("delete from subscription_request where account = ?1 and jid = ?2")?
            .execute((account, jid.as_str()))?;
        Ok(removed > 0)
    }
}

impl Reader {
    /// What strangers want of all accounts: subscription requests and chats of kind stranger that have messages;
    /// newest first, those who are blocked left out.
    pub fn requests(&self) -> Result<Vec<Request>> {
        self.read(requests)
    }
}

fn requests(connection: &Connection) -> Result<Vec<Request>> {
    // Both halves by address: request first, then the chat, whose words are newer.
    let mut select = connection.prepare_cached(
        "with stranger (account, jid, asks, conversation, at, nickname, text) as (
            select account, jid, 1, null, at, nickname, text from subscription_request
            union all
            select c.account, c.peer, 0, c.id, first.stored_at, '', last.body
            from conversation c
            join message first on first.id =
                (select min(id) from message where conversation = c.id)
            join message last on last.id =
                (select id from message where conversation = c.id order by at desc, id desc limit 1)
            where c.kind = 1 and c.unread > 0 and c.doomed = 0
        )
        select s.account, s.jid, max(s.asks), max(s.conversation), min(s.at),
            coalesce(nullif(max(s.nickname), ''), max(p.nickname), ''),
            group_concat(s.text, char(10) order by s.asks desc)
        from stranger s
        left join person p on p.account = s.account and p.jid = s.jid
        where not exists (select 1 from blocked b where b.account = s.account
            and b.jid in (s.jid, substr(s.jid, instr(s.jid, '@') + 1)))
        group by s.account, s.jid
        order by min(s.at) desc, s.jid",
    )?;
    let rows = select.query_map([], |row| {
        let asks: bool = row.get(2)?;
        Ok(Request {
            account: row.get(0)?,
            jid: row.get::<_, StoredJid>(1)?.0,
            kind: match (asks, row.get(3)?) {
                (true, Some(conversation)) => RequestKind::Both(conversation),
                (false, Some(conversation)) => RequestKind::Chat(conversation),
                (_, None) => RequestKind::Subscription,
            },
            at: row.get(4)?,
            nickname: row.get(5)?,
            text: row.get::<_, String>(6)?.trim().to_owned(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
