"""The gate: what it finds of planted secrets, what it finds where there are none, and how long it takes."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from site_builder import Builder, Options, output, packed, passage, plain
from site_builder.gate import Gate, GateError
from tests import planted
from tests.bench import builds
from tests.bench.measure import CHECKOUT, Figure, World, interleaved, median, python, say, world_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_builder.gate import Hit

EXAMPLES = ("cars_numpy.py", "digits_sklearn.py", "digits_torch.py", "everything.py", "two_ideas.py")
LOG = 100_000_000
"""Characters of text that are looked through."""


def hits(root: Path, site: Path) -> list[Hit]:
    """Return what stands in the way of the site of a log folder."""
    try:
        Builder(Options((root,), site, gate=Gate())).build()
    except GateError as error:
        return error.hits
    return []


def shown(site: Path) -> str:
    """Return all that a site says, unpacked, as people read it."""
    texts = []
    for path in sorted(site.rglob("*")):
        name = path.relative_to(site).as_posix()
        if path.is_file() and name.startswith("data/"):
            for entry in output.entries_of(path.read_bytes()):
                raw = packed.raw(entry.data)
                texts.append(raw.decode("utf-8", "replace"))
        elif path.is_file() and path.suffix == ".html":
            texts.append(plain.of(path.read_text(encoding="utf-8"), markup=True).text)
    whole = "\n".join(texts)
    return whole + plain.quick(whole) + plain.quick(plain.quick(whole))


def missed(root: Path, site: Path, secrets: list[planted.Secret]) -> tuple[list[planted.Secret], list[planted.Secret]]:
    """Return the secrets that the site would hold, and those of them that the gate does not find."""
    Builder(Options((root,), site)).build()
    text = shown(site)
    shutil.rmtree(site)
    leaving = [one for one in secrets if one.value in text]
    found: dict[str, list[str]] = {}
    for hit in hits(root, site):
        found.setdefault(hit.run.rpartition("/")[2], []).append(hit.value)
    return leaving, [one for one in leaving if not any(one.value in value for value in found.get(one.run, ()))]


def gate(world: World) -> Iterator[Figure]:
    """Look for planted secrets, through the examples and the demo, and at the clock."""
    root = world.home / "planted"
    secrets = planted.plant(root)
    leaving, lost = missed(root, world.home / "planted-site", secrets)
    for one in lost:
        say(f"  not found: {one.kind} in {one.place}")
    kinds, places = {one.kind for one in leaving}, {one.place for one in leaving}
    note = f"{len(leaving) - len(lost)} of {len(leaving)} secrets of {len(kinds)} kinds in {len(places)} places"
    yield Figure(
        "gate, recall on planted secrets", 100 * (1 - len(lost) / len(leaving)), None, "%", (), f"{note}; at least 95 %"
    )
    yield from _alarms(world)
    yield from _times(world)


def _alarms(world: World) -> Iterator[Figure]:
    root = world.home / "examples-logs"
    for script in EXAMPLES:
        say(f"  {script}")
        command = [sys.executable, str(CHECKOUT / "examples" / script)]
        subprocess.run(
            command, env={**world_of(), "TRACKLOG_DIR": str(root)}, check=True, capture_output=True, cwd=world.home
        )
    say("  demo")
    subprocess.run(
        [sys.executable, "-m", "tracklog", "demo", str(world.home / "demo")],
        env=world_of(),
        check=True,
        capture_output=True,
    )
    found = [*hits(root, world.home / "examples-site"), *hits(world.home / "demo/tracklogs", world.home / "demo-site")]
    # What tells of whoever runs this is true: the account, the machine and the home folder.
    own = {os.environ.get("USER", ""), os.uname().nodename, str(Path.home())}
    false = [hit for hit in found if hit.value not in own]
    for hit in false:
        say(f"  false alarm: {hit.kind} in {hit.run}: {hit.place}, line {hit.line}")
    yield Figure(
        "gate, false alarms on examples and demo",
        len(false),
        None,
        "hits",
        (),
        f"at most 0; {len(found) - len(false)} true ones",
    )


def _times(world: World) -> Iterator[Figure]:
    source, target = builds.logs(world), world.home / "gated"

    def build(*how: str) -> float:
        shutil.rmtree(target, ignore_errors=True)
        return python("-m", "tracklog", "build", str(source), "-o", str(target), *how)

    bare, gated = interleaved(world.repeats, build, lambda: build("--gate"))
    ratios = [b / a for a, b in zip(bare, gated, strict=True)]
    note = f"{median(gated):.1f} s against {median(bare):.1f} s"
    yield Figure("cold build of 1000 runs with the gate, over one without", median(ratios), 1.5, "×", ratios, note)
    chance = random.Random(0)
    words = [
        "loss of",
        "token",
        "tokens/s",
        "password",
        "key",
        "lr=0.001",
        "acc: 0.92 it/s",
        "a/b.txt",
        "x@y",
        "10.0.1",
        "def f(x):",
    ]
    lines = [f"[{chance.random():.6f}] {' '.join(chance.choices(words, k=14))}" for _ in range(20_000)]
    text = "\n".join(lines)
    passage.gate(redact=False)
    rounds = LOG // len(text)
    began = time.perf_counter()
    for _ in range(rounds):
        assert not list(Gate().look(text, "log"))
    seconds = time.perf_counter() - began
    yield Figure("gate, 100 MB of log", seconds * LOG / (rounds * len(text)), 20, "s", (), "one process")
