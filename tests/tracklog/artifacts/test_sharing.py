"""Several processes and several people: versions are whole, numbered alike everywhere, and nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracklog.test_log import QUIET, begin
from tracklog import Artifact
from tracklog.errors import forget_warnings
from tracklog.listing import damage
from tracklog.public_api import Api
from tracklog.store import versions

LOGS = Path("logs")
LOG = f"""
import sys
import tracklog
run = tracklog.init(project="p", id=sys.argv[1], dir="logs", settings={QUIET!r})
for n in range(int(sys.argv[2])):
    artifact = tracklog.Artifact("x", "t")
    with artifact.new_file("common", "w") as file:
        file.write(str(n))
    with artifact.new_file("own", "w") as file:
        file.write(sys.argv[1] * 10000)
    print(run.log_artifact(artifact, aliases=[f"n{{n}}"]).version, flush=True)
run.finish()
"""


def process(name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOG, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_eight_processes_log_the_same_name() -> None:
    live = [process(name, 5) for name in "abcdefgh"]
    ended = [one.communicate() for one in live]
    assert [errors for _, errors in ended] == [""] * 8
    said = [version for output, _ in ended for version in output.split()]
    assert sorted(said, key=lambda version: int(version[1:])) == [f"v{n}" for n in range(40)]
    assert damage(LOGS) == (8, [])
    api = Api({"dir": LOGS})
    assert api.artifact("p/x:latest").version == "v39"
    for n in range(5):
        assert Path(api.artifact(f"p/x:n{n}").download(f"back{n}"), "common").read_text() == str(n)
    assert len(list(LOGS.glob("p/artifacts/.objects/??/*"))) == 5 + 8
    assert not list(LOGS.glob("p/artifacts/.objects/.parts/*"))


def test_the_same_content_of_eight_processes_is_one_version() -> None:
    live = [process("same", 1) for _ in range(8)]
    assert {one.communicate()[0] for one in live} == {"v0\n"}


def test_a_kill_leaves_no_half_version() -> None:
    dice = random.Random(0)
    for turn in range(8):
        one = process("k", 1000)
        assert one.stdout is not None
        for _ in range(dice.randrange(1, 12)):
            one.stdout.readline()
        os.kill(one.pid, signal.SIGKILL)
        one.communicate()
        assert damage(LOGS)[1] == [], turn
    found = Api({"dir": LOGS}).artifact_versions("t", "p/x")
    assert [version.version for version in found] == [f"v{n}" for n in reversed(range(len(found)))]
    for version in found:
        version.download("back")
    assert process("after", 1).communicate()[0] == f"v{len(found)}\n"


def test_a_forked_child_logs_beside_its_parent() -> None:
    with begin(LOGS, id="r") as run:
        child = os.fork()
        if child == 0:
            one = Artifact("x", "t")
            with one.new_file("a", "w") as file:
                file.write("child")
            run.log_artifact(one)
            os._exit(0)
        two = Artifact("x", "t")
        with two.new_file("a", "w") as file:
            file.write("parent")
        run.log_artifact(two)
        os.waitpid(child, 0)
        texts = {Path(run.use_artifact(f"x:v{n}").download(f"v{n}"), "a").read_text() for n in range(2)}
    assert texts == {"child", "parent"}
    assert damage(LOGS)[1] == []


def log(root: Path, run: str, *texts: str) -> None:
    with begin(root, id=run) as begun:
        for text in texts:
            artifact = Artifact("x", "t")
            with artifact.new_file("a", "w") as file:
                file.write(text)
            begun.log_artifact(artifact, aliases=[text])


def numbers(root: Path) -> dict[str, str]:
    found = Api({"dir": root}).artifact_versions("t", "p/x")
    return {Path(version.download(f"back/{version.digest}"), "a").read_text(): version.version for version in found}


def test_folders_of_two_people_merge_by_copying_and_number_alike() -> None:
    forget_warnings()
    ada, bob = Path("ada"), Path("bob")
    log(ada, "a", "one", "two")
    log(bob, "b", "three", "one", "four")
    merged = []
    for first, second in ((ada, bob), (bob, ada)):
        whole = Path(f"whole-{first}")
        shutil.copytree(first, whole)
        shutil.copytree(second, whole, dirs_exist_ok=True)
        merged.append(whole)
    assert numbers(merged[0]) == numbers(merged[1])
    # One was Ada's first and Bob's second; three was Bob's first, and later.
    assert numbers(merged[0]) == {"one": "v0", "three": "v1", "two": "v2", "four": "v3"}
    assert Api({"dir": merged[0]}).artifact("p/x:latest").aliases == ["latest", "four"]
    assert damage(merged[0]) == (2, [])
    log(merged[0], "c", "five")
    assert numbers(merged[0])["five"] == "v4"
    both = [sorted(run for run, _ in version.logged) for version in versions.read(merged[0] / "p/artifacts/x").versions]
    assert both == [["a", "b"], ["b"], ["a"], ["b"], ["c"]]


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 3), st.sets(st.sampled_from("xyz"))), max_size=12))
def test_versions_are_as_a_simple_model_says(claims: list[tuple[str, int, set[str]]]) -> None:
    """Each content has the number of its first claim, `latest` is the last, an alias is where it was put last."""
    folder = Path(tempfile.mkdtemp(dir="."))
    order: list[str] = []
    aliases: dict[str, str] = {}
    for writer, content, names in claims:
        digest = f"{content:032x}"
        (folder / digest).mkdir(parents=True, exist_ok=True)
        said = {"name": "n", "type": "t", "run": writer, "aliases": sorted(names), "size": 0, "files": 0}
        version = versions.claim(folder, writer, digest, said)
        order += [digest] if digest not in order else []
        aliases |= dict.fromkeys(names, digest) | {"latest": digest}
        assert version.number == order.index(digest)
    found = versions.read(folder).versions
    assert [version.digest for version in found] == order
    assert {alias: version.digest for version in found for alias in version.aliases} == aliases


@pytest.mark.parametrize("name", ["x", "X", "a.b", ".x", "con", "x" * 128, "-"])
def test_names_of_any_case_and_length_are_artifacts_of_their_own(name: str) -> None:
    with begin(LOGS) as run:
        run.log_artifact(Artifact(name, "t"))
        run.log_artifact(Artifact("other", "t"))
        assert run.use_artifact(f"{name}:v0").wait().name == f"{name}:v0"
    assert {each.name for each in Api({"dir": LOGS}).artifact_type("t", "p").collections()} == {name, "other"}
