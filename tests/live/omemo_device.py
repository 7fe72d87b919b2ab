"""OMEMO devices of independent libraries: oldmemo (0.3) and twomemo (2).

One JSON command a line on stdin, one JSON answer a line on stdout. Elements travel as XML, as they do between
clients. What a device knows is stored and loaded again for every message.
"""

import asyncio
import json
import sys
import xml.etree.ElementTree as ET

import oldmemo
import oldmemo.etree
import twomemo
import twomemo.etree
from omemo.bundle import Bundle
from omemo.message import Message
from omemo.session import Initiation
from omemo.storage import Just, Nothing, Storage


class Memory(Storage):
    """Keeps everything as JSON text, so that nothing survives that would not survive on a disk."""

    def __init__(self):
        super().__init__(disable_cache=True)
        self.values = {}

    async def _load(self, key):
        return Just(json.loads(self.values[key])) if key in self.values else Nothing()

    async def _store(self, key, value):
        self.values[key] = json.dumps(value)

    async def _delete(self, key):
        self.values.pop(key, None)


class KnownSender:
    """Answers oldmemo's question for the sender's identity, which 0.3 carries without its sign."""

    def __init__(self, device_id, identity_key):
        self.device_id = device_id
        self.identity_key = identity_key

    async def get_device_information(self, _jid):
        return [self]


class Device:
    def __init__(self, version, jid, device_id):
        self.old = version == "0.3"
        self.jid = jid
        self.id = device_id
        self.storage = Memory()
        self.etree = oldmemo.etree if self.old else twomemo.etree
        self.backend = oldmemo.Oldmemo(self.storage) if self.old else twomemo.Twomemo(self.storage)
        self.identities = {}

    async def bundle(self):
        return text(self.etree.serialize_bundle(await self.backend.get_bundle(self.jid, self.id)))

    def knows(self, jid, device_id, bundle_xml):
        """Reads somebody's bundle."""
        bundle = self.etree.parse_bundle(ET.fromstring(bundle_xml), jid, device_id)
        self.identities[jid, device_id] = bundle.identity_key
        return bundle

    async def send(self, jid, device_id, plaintext, bundle_xml=None):
        """Encrypts for one device; with a bundle, begins a session. Without a text, only moves the ratchet."""
        if plaintext is None:
            content, material = await self.backend.encrypt_empty()
        else:
            content, material = await self.backend.encrypt_plaintext(plaintext.encode())
        if bundle_xml is not None:
            bundle = self.knows(jid, device_id, bundle_xml)
            session, encrypted = await self.backend.build_session_active(jid, device_id, bundle, material)
        else:
            session = await self.backend.load_session(jid, device_id)
            encrypted = await self.backend.encrypt_key_material(session, material)
        await self.backend.store_session(session)
        unanswered = session.initiation is Initiation.ACTIVE and not session.confirmed
        exchange = session.key_exchange if unanswered else None
        message = Message(self.backend.namespace, self.jid, self.id, content, frozenset({(encrypted, exchange)}))
        return text(self.etree.serialize_message(message))

    async def receive(self, jid, device_id, xml):
        """Decrypts what a device sent; answers its text, or nothing for a message that only moves the ratchet."""
        element = ET.fromstring(xml)
        if self.old:
            known = KnownSender(device_id, self.identities[jid, device_id])
            message = await self.etree.parse_message(element, jid, self.jid, known)
        else:
            message = self.etree.parse_message(element, jid)
        ((encrypted, exchange),) = [
            key for key in message.keys if key[0].bare_jid == self.jid and key[0].device_id == self.id
        ]
        session = await self.backend.load_session(jid, device_id)
        repeated = session is not None and exchange is not None and session.key_exchange.builds_same_session(exchange)
        if exchange is not None and not repeated:
            session, material = await self.backend.build_session_passive(jid, device_id, exchange, encrypted)
            # The library knows the sender by the message alone.
            session = type(session)(
                jid, device_id, session.initiation, session.key_exchange, session.associated_data, session.double_ratchet
            )
            await self.backend.hide_pre_key(session)
        else:
            material = await self.backend.decrypt_key_material(session, encrypted)
        if message.content.empty:
            plaintext = None
        else:
            plaintext = (await self.backend.decrypt_plaintext(message.content, material)).decode()
        await self.backend.store_session(session)
        return plaintext


def text(element):
    return ET.tostring(element, encoding="unicode")


async def perform(devices, command):
    what = command["do"]
    if what == "create":
        device = Device(command["version"], command["jid"], command["id"])
        await device.backend.generate_pre_keys(100)
        devices[command["device"]] = device
        return await device.bundle()
    device = devices[command["device"]]
    peer = (command["jid"], command["id"])
    if what == "knows":
        device.knows(*peer, command["bundle"])
        return None
    if what == "send":
        return await device.send(*peer, command["text"], command.get("bundle"))
    if what == "receive":
        return await device.receive(*peer, command["xml"])
    raise ValueError(what)


async def main():
    devices = {}
    for line in sys.stdin:
        try:
            answer = {"value": await perform(devices, json.loads(line))}
        except Exception as error:  # the test decides what an error means
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
