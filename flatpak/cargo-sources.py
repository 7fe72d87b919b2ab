#!/usr/bin/env python3
"""Writes the crates of a Cargo.lock as sources for flatpak-builder.

usage: cargo-sources.py CARGO_LOCK FOLDER

Each crate is an archive with the checksum of Cargo.lock, unpacked below cargo/vendor, and a configuration makes cargo
take it from there. Where archives are fetched from is what cargo itself learnt from the registry: its index in
CARGO_HOME must exist, as it does after any build.
"""

import json
import os
import pathlib
import sys
import tomllib


def download_template():
    """The registry's own word on where its archives are (the `dl` of its index)."""
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    found = sorted((home / "registry" / "index").glob("*/config.json"))
    if not found:
        sys.exit("cargo has no registry index yet: run `cargo fetch --locked` first")
    template = json.loads(found[0].read_text())["dl"]
    return template if "{" in template else template + "/{crate}/{version}/download"


def url(template, crate, version, checksum):
    """The address of one archive."""
    values = {"crate": crate, "version": version, "sha256-checksum": checksum}
    for name, value in values.items():
        template = template.replace("{" + name + "}", value)
    if "{" in template:
        sys.exit(f"this registry's addresses are not understood: {template}")
    return template


def sources(lock, template):
    """All sources, crates first."""
    registries = set()
    for package in lock["package"]:
        if "source" not in package:
            continue  # our own
        name, version = package["name"], package["version"]
        registries.add(package["source"])
        if "checksum" not in package:
            sys.exit(f"{name} {version} has no checksum: only crates of a registry can be pinned")
        checksum = package["checksum"]
        folder = f"cargo/vendor/{name}-{version}"
        yield {
            "type": "archive",
            "archive-type": "tar-gzip",
            "url": url(template, name, version, checksum),
            "sha256": checksum,
            "dest": folder,
        }
        yield {
            "type": "inline",
            "contents": json.dumps({"package": checksum, "files": {}}),
            "dest": folder,
            "dest-filename": ".cargo-checksum.json",
        }
    if len(registries) != 1:
        sys.exit(f"one registry is expected, not {sorted(registries)}")
    yield {
        "type": "inline",
        "contents": '[source.vendored]\ndirectory = "cargo/vendor"\n\n'
        '[source.crates-io]\nreplace-with = "vendored"\n',
        "dest": "cargo",
        "dest-filename": "config.toml",
    }


def main():
    lock, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    found = list(sources(tomllib.loads(lock.read_text()), download_template()))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "cargo-sources.json"
    target.write_text(json.dumps(found, indent=1) + "\n")
    print(f"{target}: {sum(source['type'] == 'archive' for source in found)} crates")


main()
