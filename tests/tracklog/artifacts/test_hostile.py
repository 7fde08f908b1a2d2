"""Files as they should not be, disks that are full, folders that strangers have made: a clear word, and nothing else suffers."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.tracklog.test_log import QUIET, begin
from tracklog import Artifact
from tracklog.cli import main
from tracklog.errors import FormatError, forget_warnings
from tracklog.public_api import Api

LOGS = Path("logs")


@pytest.fixture(autouse=True)
def _no_warnings_said() -> None:
    forget_warnings()


def made(run: Any, text: str = "content", name: str = "x") -> Artifact:
    artifact = Artifact(name, "t")
    with artifact.new_file("a.txt", "w") as file:
        file.write(text)
    logged: Artifact = run.log_artifact(artifact)
    return logged


def check() -> tuple[int, str]:
    done = CliRunner().invoke(main, ["check", str(LOGS)])
    return done.exit_code, done.output


def test_names_of_any_kind_stay_different() -> None:
    home = Path("d")
    home.mkdir()
    names = ["A", "a", "ä", "a:b", "a\nb", "a b", "%41", "~41", "x" * 200, "…", "__proto__", "-", ".hidden", "a\\b"]
    for name in names:
        (home / name).write_text(name)
    raw = os.fsencode(home) + b"/\xff\xfe"
    Path(os.fsdecode(raw)).write_text("raw")
    Path(os.fsdecode(os.fsencode(home) + b"/\xff")).write_text("raw 2")
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        artifact.add_dir("d")
        run.log_artifact(artifact)
        found = run.use_artifact("x")
        assert set(found.manifest.entries) == {*names, "\\xff\\xfe", "\\xff"}
        place = Path(found.download("back"))
        assert {name: (place / name).read_text() for name in names} == {name: name for name in names}
        assert (place / "\\xff").read_text() == "raw 2"
        found.verify("back")
    assert check()[0] == 0


def test_links_pipes_and_empty_files(capfd: pytest.CaptureFixture[str]) -> None:
    Path("d/real").mkdir(parents=True)
    Path("d/real/f").write_text("f")
    Path("d/empty").touch()
    for target, link in (
        ("real", "d/link"),
        ("..", "d/real/up"),
        (".", "d/self"),
        ("real/f", "d/file"),
        ("no", "d/none"),
    ):
        Path(link).symlink_to(target)
    os.mkfifo("d/pipe")
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        artifact.add_dir("d")
        run.log_artifact(artifact)
        assert sorted(artifact.manifest.entries) == ["empty", "file", "link/f", "real/f"]
        assert Path(artifact.download(), "empty").read_bytes() == b""
        with pytest.raises(ValueError, match="no such file"):
            Artifact("y", "t").add_file("d/pipe")
    said = capfd.readouterr().err
    assert "d/none leads nowhere: it is left out" in said
    assert "d/pipe is a named pipe, not a file: it is left out" in said
    assert said.count("is a link to a folder that holds it") == 3


def test_a_file_that_changes_while_it_is_copied_is_kept_as_it_was_read(capfd: pytest.CaptureFixture[str]) -> None:
    # A file of the kernel's has another size than it says, as one that somebody writes to.
    with begin(LOGS) as run:
        artifact = Artifact("x", "t")
        artifact.add_file("/proc/self/status", "status")
        run.log_artifact(artifact)
        artifact.download("here")
        artifact.verify("here")
        assert artifact.size == Path("here/status").stat().st_size > 100
    assert "changed while it was copied: what was read of it is kept" in capfd.readouterr().err
    assert check()[0] == 0


CLAIMS = '{"claim":"log"\n[]\n\0\0\n{"digest":"../../../r","claim":"log"}\n{"torn'
DAMAGES = {
    "cut": "is damaged",
    "gone": "manifest cannot be read",
    "content": "is not what was logged",
    "missing": "is missing",
    "claims": "is no claim",
    "newer": "has format 99",
    "outside": "cannot be one",
    "digest": "not that of its folder",
}
"""What is done to a version, and what is said of it."""


def spoil(damage: str, manifest: Path) -> None:
    whole = manifest.read_text()
    sha256 = json.loads(whole)["entries"]["a.txt"]["sha256"]
    content = LOGS / "p/artifacts/.objects" / sha256[:2] / sha256
    content.chmod(0o644)
    (claims,) = manifest.parents[1].glob("claims-*")
    {
        "cut": lambda: manifest.write_text(whole[:50]),
        "gone": manifest.unlink,
        "content": lambda: content.write_text("FIRST"),
        "missing": content.unlink,
        "claims": lambda: claims.write_text(claims.read_text() + CLAIMS),
        "newer": lambda: manifest.write_text(whole.replace('"format":1', '"format":99')),
        "outside": lambda: manifest.write_text(whole.replace('"a.txt"', '"../../a.txt"')),
        "digest": lambda: manifest.write_text(whole.replace('"a.txt"', '"b.txt"')),
    }[damage]()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_and_costs_its_own_version_alone(damage: str) -> None:
    with begin(LOGS, id="r") as run:
        first, second = made(run, "first"), made(run, "second")
    spoil(damage, LOGS / "p/artifacts/x" / first.digest / "manifest.json")
    code, said = check()
    assert code == 3
    assert DAMAGES[damage] in said
    api = Api({"dir": LOGS})
    assert Path(api.artifact("p/x").download("back"), "a.txt").read_text() == "second"
    assert api.artifact("p/x").version == second.version == "v1"
    if damage in ("claims", "outside", "digest"):
        api.artifact("p/x:v0").download("old")
    else:
        with pytest.raises((FormatError, ValueError, FileNotFoundError)):
            api.artifact("p/x:v0").download("old")
    assert not Path("a.txt").exists()


@pytest.mark.parametrize("damage", ["cut", "gone", "missing", "outside", "digest"])
def test_what_is_logged_again_is_mended(damage: str) -> None:
    with begin(LOGS, id="r") as run:
        spoil(damage, LOGS / "p/artifacts/x" / made(run, "first").digest / "manifest.json")
        assert made(run, "first").version == "v0"
        assert Path(run.use_artifact("x:v0").download("mended"), "a.txt").read_text() == "first"
    assert check()[0] == 0


FULL = f"""
import resource, sys
import tracklog
run = tracklog.init(project="p", id="r", dir="logs", settings={QUIET!r})
run.log({{"n": 1}})
open("big", "wb").write(bytes(300_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
artifact = tracklog.Artifact("x", "t")
artifact.add_file("big")
assert run.log_artifact(artifact).wait() is artifact
run.log({{"n": 2}})
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2) if sys.argv[1:] else None
run.finish()
"""


def test_a_full_disk_is_said_and_stops_nothing() -> None:
    assert resource.RLIM_INFINITY  # a file that may not grow stands for a disk that is full
    done = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "the artifact 'x' could not be kept in" in done.stderr
    run = Api({"dir": LOGS}).run("p/r")
    assert run.summary["n"] == 2
    assert run.logged_artifacts() == []
    assert check() == (0, "1 run checked, 0 problems\n")
    assert not list(LOGS.glob("p/artifacts/.objects/.parts/*"))


def test_a_hundred_thousand_entries() -> None:
    from tracklog.store.manifests import Entry, digest, read, write

    entries = {f"{n // 1000}/{n}": Entry(f"{n // 1000}/{n}", f"{n:022d}==", n, f"{n:064x}") for n in range(100_000)}
    own = write(Path("x"), "x", entries)
    assert own == digest(entries.values())
    assert read(Path("x") / own).entries == entries
