"""Names for what nobody named."""

from __future__ import annotations

import re
import secrets
import string
from typing import TYPE_CHECKING

from tracklog.store import reader

if TYPE_CHECKING:
    from pathlib import Path

_ALPHABET = string.ascii_lowercase + string.digits
_LONGEST_ARTIFACT = 128

_ADJECTIVES = [
    "amber",
    "autumn",
    "bold",
    "brave",
    "breezy",
    "bright",
    "brisk",
    "calm",
    "clear",
    "clever",
    "cosmic",
    "crimson",
    "crisp",
    "daring",
    "deep",
    "dry",
    "eager",
    "early",
    "fair",
    "fresh",
    "gentle",
    "glad",
    "golden",
    "grand",
    "happy",
    "hidden",
    "icy",
    "jolly",
    "keen",
    "kind",
    "late",
    "light",
    "lively",
    "lucky",
    "mellow",
    "mild",
    "misty",
    "noble",
    "northern",
    "pale",
    "patient",
    "plain",
    "polished",
    "proud",
    "quick",
    "quiet",
    "rapid",
    "rare",
    "ruby",
    "rustic",
    "silent",
    "silver",
    "smooth",
    "snowy",
    "solar",
    "spring",
    "steady",
    "still",
    "stoic",
    "summer",
    "sunny",
    "super",
    "swift",
    "tidy",
    "vivid",
    "warm",
    "wild",
    "winter",
    "wise",
    "young",
]
_NOUNS = [
    "acorn",
    "anchor",
    "aspen",
    "badger",
    "bay",
    "beacon",
    "birch",
    "bird",
    "bloom",
    "breeze",
    "brook",
    "canyon",
    "cedar",
    "cloud",
    "comet",
    "coral",
    "creek",
    "crow",
    "dawn",
    "delta",
    "dew",
    "dune",
    "eagle",
    "ember",
    "falcon",
    "fern",
    "field",
    "finch",
    "fjord",
    "flame",
    "forest",
    "fox",
    "frost",
    "garden",
    "gate",
    "glade",
    "grove",
    "harbor",
    "hawk",
    "heron",
    "hill",
    "island",
    "jay",
    "lake",
    "lark",
    "leaf",
    "lynx",
    "maple",
    "meadow",
    "mesa",
    "moon",
    "moss",
    "mountain",
    "oak",
    "ocean",
    "orchid",
    "osprey",
    "otter",
    "owl",
    "pebble",
    "pine",
    "planet",
    "plover",
    "pond",
    "rain",
    "raven",
    "reef",
    "ridge",
    "river",
    "robin",
    "sky",
    "snow",
    "spruce",
    "star",
    "stone",
    "stream",
    "sun",
    "tern",
    "thunder",
    "tide",
    "tree",
    "valley",
    "voyage",
    "water",
    "wave",
    "willow",
    "wind",
    "wolf",
    "wood",
    "wren",
]


def default_name(project: Path) -> str:
    """Return `adjective-noun-n`, where n counts the runs of the project's folder."""
    number = len(reader.run_folders(project)) + 1
    return f"{secrets.choice(_ADJECTIVES)}-{secrets.choice(_NOUNS)}-{number}"


def default_project(folder: Path) -> str:
    """Return the name of the Git checkout that holds `folder` (with its sub-folder), else ``uncategorized``."""
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            parts = [parent.name, *folder.relative_to(parent).parts]
            name = "-".join(["_".join(parts[:1]), *(["_".join(parts[1:])] if parts[1:] else [])])
            return "".join("_" if c in "/\\#?%:" else c for c in name)[:128] or "uncategorized"
    return "uncategorized"


def generate_id(length: int = 8) -> str:
    """Return a new id of lower-case letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def make_artifact_name_safe(name: str) -> str:
    """Return a name of letters, digits, ``_``, ``-`` and ``.`` for any name; at most 128 characters, its middle cut out."""
    safe = re.sub(r"[^a-zA-Z0-9_\-.]", "_", name)
    if len(safe) <= _LONGEST_ARTIFACT:
        return safe
    half = (_LONGEST_ARTIFACT - 2) // 2
    return f"{safe[:half]}..{safe[-half:]}"
