"""Writes the test vectors beside it: conversations between devices of oldmemo (0.3) and twomemo (2), with all secrets.

Needs what tests/live/omemo-requirements.txt names. The same seed gives the same vectors:
    PYTHONHASHSEED=0 python3 tests/data/omemo/generate.py
"""

import asyncio
import base64
import json
import pathlib
import random
import secrets
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "live"))

from doubleratchet.recommended.diffie_hellman_ratchet_curve25519 import DiffieHellmanRatchet  # noqa: E402

import omemo_device  # noqa: E402

SEED = 0x0384
STEPS = 80
PREKEYS = 5

drawn = []


def seed(number):
    """All randomness from here on is the same in every run, and is noted in `drawn`."""
    source = random.Random(number)

    def draw(count=32):
        value = source.randbytes(count)
        drawn.append(value.hex())
        return value

    secrets.token_bytes = draw
    secrets.choice = lambda values: sorted(values)[0]
    DiffieHellmanRatchet._generate_priv = staticmethod(draw)
    return source


def secrets_of(device):
    """Identity seed, signed prekey and one-time prekeys of a device, with their ids."""
    namespace = device.backend.namespace
    values = {key: json.loads(value) for key, value in device.storage.values.items()}
    state = values[f"/{namespace}/x3dh"]
    signed_ids = values[f"/{namespace}/signed_pre_key_ids"]
    prekey_ids = values[f"/{namespace}/pre_key_ids"]

    def key(ids, private):
        private = private.encode("iso-8859-1")
        public = DiffieHellmanRatchet._derive_pub(private)
        return {"id": ids[base64.b64encode(public).decode()], "secret": private.hex()}

    return {
        "seed": state["identity_key"]["secret"].encode("iso-8859-1").hex(),
        "signed": key(signed_ids, state["signed_pre_key"]["priv"]),
        "prekeys": sorted((key(prekey_ids, private) for private in state["pre_keys"]), key=lambda key: key["id"]),
    }


async def conversation(version, number):
    source = seed(SEED + number)
    names = {"alice": ("alice@example.org", 1001), "bob": ("bob@example.org", 2002)}
    devices, description = {}, {}
    for name, (jid, device_id) in names.items():
        device = devices[name] = omemo_device.Device(version, jid, device_id)
        await device.backend.generate_pre_keys(PREKEYS)
        bundle = await device.bundle()
        description[name] = {"jid": jid, "id": device_id, "bundle": bundle, **secrets_of(device)}
    devices["bob"].knows(*names["alice"], description["alice"]["bundle"])
    steps, under_way = [], {"alice": [], "bob": []}

    async def send(sender, bundle=None, plaintext=""):
        receiver = "bob" if sender == "alice" else "alice"
        drawn.clear()
        xml = await devices[sender].send(*names[receiver], plaintext, bundle)
        entropy = list(drawn)
        under_way[receiver].append((len(steps), xml, plaintext))
        steps.append({
            "do": "send", "by": sender, "text": plaintext, "xml": xml, "begins": bundle is not None,
            "drawn": entropy,
        })

    async def receive(receiver, place):
        sender = "bob" if receiver == "alice" else "alice"
        step, xml, plaintext = under_way[receiver].pop(place)
        drawn.clear()
        assert await devices[receiver].receive(*names[sender], xml) == plaintext
        # An empty message of 0.3 is read into an IV of its own; only keys matter.
        keys = [value for value in drawn if len(value) == 64]
        steps.append({"do": "receive", "by": receiver, "step": step, "drawn": keys})

    await send("alice", description["bob"]["bundle"], "Hello Bob")
    await send("alice", None, "Are you there?")
    await receive("bob", 0)
    # From now on in any order; some messages never arrive.
    for turn in range(STEPS):
        name = source.choice(["alice", "bob"])
        if under_way[name] and source.random() < 0.55:
            # The library loses the oldest ones of a chain that has ended; others do not have to.
            await receive(name, source.randrange(max(0, len(under_way[name]) - 4), len(under_way[name])))
        else:
            other = "bob" if name == "alice" else "alice"
            words = None if source.random() < 0.1 else f"{name} to {other}, turn {turn} \u2713"
            await send(name, None, words)
    return {"version": version, "devices": description, "steps": steps}


async def main():
    for version, name in (("0.3", "axolotl"), ("2", "omemo2")):
        vectors = [await conversation(version, number) for number in range(4)]
        (HERE / f"{name}.json").write_text(json.dumps(vectors, indent=1) + "\n")


asyncio.run(main())
