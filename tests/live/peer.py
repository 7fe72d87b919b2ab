"""An independent XMPP client for the tests: one JSON command a line on stdin, one JSON event a line on stdout.

Everything slixmpp receives comes out as it is ("stanza"), and once more as what it means ("message", "receipt" ...).
Ends with stdin.
"""

import asyncio
import base64
import json
import logging
import sys

import slixmpp
from slixmpp.xmlstream import ET
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath


def emit(event, **fields):
    print(json.dumps({"event": event, **fields}), flush=True)


class Peer(slixmpp.ClientXMPP):
    def __init__(self, command):
        super().__init__(command["jid"], command["password"])
        self.ca_certs = command["authority"]
        for number in ("0030", "0045", "0054", "0060", "0084", "0115", "0153", "0163", "0172", "0184", "0191",
                       "0199", "0280", "0297", "0313", "0333", "0334", "0085", "0359"):
            self.register_plugin("xep_" + number)
        self["xep_0184"].auto_ack = command.get("receipts", True)
        self["xep_0184"].auto_request = False
        self.auto_authorize = None  # each request is told and answered by command
        self.auto_subscribe = False
        self.add_filter("in", self.told)
        self.add_event_handler("session_start", self.started)
        self.add_event_handler("failed_auth", lambda _: emit("refused"))
        self.add_event_handler("disconnected", lambda _: emit("offline"))
        self.register_handler(Callback("every message", MatchXPath("{jabber:client}message"), self.message))
        self.add_event_handler("presence_subscribe", lambda p: self.presence_kind(p, "subscribe"))
        self.add_event_handler("presence_subscribed", lambda p: self.presence_kind(p, "subscribed"))
        self.add_event_handler("presence_unsubscribe", lambda p: self.presence_kind(p, "unsubscribe"))
        self.add_event_handler("presence_unsubscribed", lambda p: self.presence_kind(p, "unsubscribed"))
        for show in ("available", "away", "chat", "dnd", "xa"):
            self.add_event_handler("presence_" + show, self.available)
        self.add_event_handler("presence_unavailable", lambda p: self.presence_kind(p, "unavailable"))

    def told(self, stanza):
        emit("stanza", xml=str(stanza))
        return stanza

    async def started(self, _):
        await self.get_roster()
        try:
            await self["xep_0280"].enable()
        except slixmpp.exceptions.IqError:
            pass
        self.send_presence()

    def message(self, msg):
        if msg["type"] == "error":
            emit("message_error", **{"from": msg["from"].bare, "id": msg["id"], "condition": msg["error"]["condition"]})
            return
        fields = {"from": msg["from"].bare, "resource": msg["from"].resource, "id": msg["id"], "type": msg["type"]}
        child = lambda name: msg.xml.find(name)
        if child("{urn:xmpp:receipts}received") is not None:
            emit("receipt", **{**fields, "of": child("{urn:xmpp:receipts}received").get("id")})
        for marker in ("received", "displayed", "acknowledged"):
            found = child("{urn:xmpp:chat-markers:0}" + marker)
            if found is not None:
                emit("marker", **{**fields, "of": found.get("id"), "kind": marker})
        for state in ("active", "composing", "paused", "inactive", "gone"):
            if child("{http://jabber.org/protocol/chatstates}" + state) is not None:
                emit("chat_state", **{**fields, "state": state})
        if msg["body"]:
            emit("message", **{
                **fields,
                "body": msg["body"],
                "wants_receipt": child("{urn:xmpp:receipts}request") is not None,
                "markable": child("{urn:xmpp:chat-markers:0}markable") is not None,
            })

    def presence_kind(self, presence, kind):
        emit("presence", **{"from": presence["from"].bare, "resource": presence["from"].resource, "type": kind,
                            "status": presence["status"]})

    def available(self, presence):
        if presence["from"] == self.boundjid:
            emit("online", jid=str(self.boundjid))  # the server has taken it, messages come now
        self.presence_kind(presence, presence["type"])


class Commands:
    def __init__(self):
        self.peer = None

    async def connect(self, command):
        self.peer = Peer(command)
        self.peer.connect((command["host"], command["port"]))

    async def disconnect(self, _):
        await self.peer.disconnect(wait=2.0)

    async def send(self, command):
        msg = self.peer.make_message(mto=command["to"], mbody=command["body"], mtype="chat")
        msg["id"] = command["id"]
        if command.get("receipt"):
            msg.append(ET.Element("{urn:xmpp:receipts}request"))
        if command.get("markable"):
            msg.append(ET.Element("{urn:xmpp:chat-markers:0}markable"))
        msg.send()

    async def displayed(self, command):
        msg = self.peer.make_message(mto=command["to"], mtype="chat")
        msg.append(ET.Element("{urn:xmpp:chat-markers:0}displayed", {"id": command["id"]}))
        msg.send()

    async def chat_state(self, command):
        msg = self.peer.make_message(mto=command["to"], mtype="chat")
        msg.append(ET.Element("{http://jabber.org/protocol/chatstates}" + command["state"]))
        msg.send()

    async def presence(self, command):
        self.peer.send_presence(pto=command.get("to"), ptype=command.get("type"), pshow=command.get("show"),
                                pstatus=command.get("status"))

    async def raw(self, command):
        self.peer.send_raw(command["xml"])

    async def roster(self, _):
        await self.peer.get_roster()
        roster = self.peer.client_roster
        return {jid: {"subscription": roster[jid]["subscription"], "name": roster[jid]["name"],
                      "groups": sorted(roster[jid]["groups"])} for jid in roster}

    async def archive(self, command):
        found = []
        async for result in self.peer["xep_0313"].iterate(with_jid=slixmpp.JID(command["with"])):
            inner = result["mam_result"]["forwarded"]["stanza"]
            if inner["body"]:
                found.append({"from": inner["from"].bare, "body": inner["body"]})
        return found

    async def avatar(self, command):
        data = base64.b64decode(command["png"])
        answer = await self.peer["xep_0084"].publish_avatar(data)
        digest = answer["pubsub"]["publish"]["item"]["id"] if answer else ""
        info = {"id": command["sha1"], "type": "image/png", "bytes": len(data)}
        await self.peer["xep_0084"].publish_avatar_metadata(items=[info])
        return digest

    async def fetch_avatar(self, command):
        answer = await self.peer["xep_0084"].retrieve_avatar(slixmpp.JID(command["of"]), command["sha1"])
        value = answer["pubsub"]["items"]["item"]["avatar_data"]["value"]
        return base64.b64encode(value).decode()

    async def nickname(self, command):
        await self.peer["xep_0172"].publish_nick(command["name"])

    async def set_vcard(self, command):
        card = self.peer["xep_0054"].make_vcard()
        card["FN"] = command["full_name"]
        await self.peer["xep_0054"].publish_vcard(card)

    async def vcard(self, command):
        answer = await self.peer["xep_0054"].get_vcard(slixmpp.JID(command["of"]), cached=False)
        card = answer["vcard_temp"]
        return {"full_name": card["FN"], "nickname": card["NICKNAME"] or ""}

    async def version(self, command):
        query = ET.Element("{jabber:iq:version}query")
        iq = self.peer.make_iq_get(ito=command["to"])
        iq.append(query)
        answer = await iq.send(timeout=10)
        return {child.tag.split("}")[1]: child.text for child in answer.xml.find("{jabber:iq:version}query")}

    async def features(self, command):
        answer = await self.peer["xep_0030"].get_info(jid=command["of"], timeout=10)
        return sorted(answer["disco_info"]["features"])


async def main():
    commands = Commands()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    async def perform(command):
        try:
            emit("done", number=command["number"], value=await getattr(commands, command["do"])(command))
        except slixmpp.exceptions.IqError as error:
            emit("done", number=command["number"], error=error.condition)
        except Exception as error:  # the test shows it
            emit("done", number=command["number"], error=repr(error))

    while line := await reader.readline():
        await perform(json.loads(line))


logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
asyncio.set_event_loop(asyncio.new_event_loop())
asyncio.get_event_loop().run_until_complete(main())
