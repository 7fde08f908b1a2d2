"""Pages of artifacts: what they hold, what a build writes of them, what is said of those that are damaged."""

from __future__ import annotations

import base64
import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

import tracklog
from site_builder import Options, Wanted, build, single
from tests.site_builder.test_build import entry, files
from tracklog.store import versions

LOGS, SITE = Path("logs"), Path("site")
QUIET = {"disable_git": True, "disable_stats": True, "disable_code": True}


def options(**more: Any) -> Options:
    return Options(**{"roots": (LOGS,), "site": SITE, "jobs": 1, **more})


def run(name: str) -> Any:
    return tracklog.init(dir=LOGS, project="p", id=name, name=name, settings=QUIET)


def log(name: str, content: dict[str, bytes | str], by: str = "made", **more: Any) -> None:
    """Have a run log a version of an artifact."""
    aliases = more.pop("aliases", None)
    with run(by) as one:
        artifact = tracklog.Artifact(name, "data", **more)
        for path, data in content.items():
            with artifact.new_file(path, "wb") as file:
                file.write(data if isinstance(data, bytes) else data.encode())
        one.log_artifact(artifact, aliases=aliases)


def block(name: str) -> Any:
    """Return the JSON of a packed block, as the page reads it."""
    for file in sorted((SITE / "data").rglob("*.js")):
        found = re.search(rf"\['{re.escape(name)}',1,\"([^\"]*)\"\]", file.read_text(encoding="utf-8"))
        if found:
            return orjson.loads(gzip.decompress(base64.b64decode(found[1])))
    raise KeyError(name)


def listed(name: str, version: int) -> dict[str, Any]:
    """Return the files of a version by name."""
    head = entry(f"a/p/{name}")
    found = block(f"a/p/{name}/{head['versions'][version]['listed']}")
    return {one["file"]["path"]: one for one in found}


def test_versions_aliases_and_who_logged_and_used_them() -> None:
    log("set", {"a.csv": "1\n"}, by="first", metadata={"rows": 1, "split": {"test": 0.5}}, description="one row")
    log("set", {"a.csv": "1\n2\n"}, by="second", aliases=["good"])
    with run("user") as one:
        one.use_artifact("set:v0")
    build(options())
    head = entry("a/p/set")
    assert [(v["number"], v["aliases"], v["logged"], v["used"]) for v in head["versions"]] == [
        (0, [], ["r/p/first"], ["r/p/user"]),
        (1, ["latest", "good"], ["r/p/second"], []),
    ]
    assert head["versions"][0]["metadata"] == [["rows", "1"], ["split.test", "0.5"]]
    assert entry("p/p")["artifacts"][0]["digests"] == [v["digest"] for v in head["versions"]]
    assert [(a["use"], a["name"], a["version"]) for a in entry("r/p/user")["artifacts"]] == [("used", "set", 0)]
    assert listed("set", 1)["a.csv"]["file"]["kind"] == "text"
    page = (SITE / "p/artifacts/set.html").read_text()
    assert "v1" in page
    assert "a.csv" in page
    assert 'href="../../p/artifacts/set.html#version=' in (SITE / "p/runs/user.html").read_text()
    assert 'href="../p/artifacts/set.html"' in (SITE / "p/artifacts.html").read_text()


def test_a_build_writes_the_artifacts_that_changed_and_no_others() -> None:
    log("set", {"a.csv": "1\n"})
    log("other", {"b.csv": "1\n"}, by="elsewhere")
    build(options())
    assert build(options()).written == []
    with run("user") as one:
        one.use_artifact("set:latest")
    written = set(build(options()).written)
    assert {name for name in written if "artifacts/" in name} == {"data/p/artifacts/set.0.js"}
    log("set", {"a.csv": "1\n2\n"}, by="again")
    before = set(files())
    written = set(build(options()).written)
    assert {name for name in written if "artifacts" in name} == {
        "p/artifacts/set.html", "data/p/artifacts/set.0.js", "p/artifacts.html",
    }  # fmt: skip
    (new,) = {name for name in files() if name.startswith("data/media/")} - before
    assert new in written
    shutil.rmtree("logs/p/artifacts/set")
    assert {"p/artifacts/set.html", "data/p/artifacts/set.0.js", new} <= set(build(options()).removed)
    assert [row["name"] for row in entry("p/p")["artifacts"]] == ["other"]


def test_a_content_that_several_versions_hold_is_in_the_site_once() -> None:
    log("set", {"a.csv": "same\n", "b.csv": "1\n"})
    log("set", {"a.csv": "same\n", "b.csv": "2\n"})
    log("copy", {"c.csv": "same\n"})
    build(options())
    found = {one["file"]["content"] for n in (0, 1) for one in listed("set", n).values()}
    assert len(found) == 3
    contents = {listed("set", n)["a.csv"]["file"]["content"] for n in (0, 1)}
    assert contents == {listed("copy", 0)["c.csv"]["file"]["content"]}


def test_pictures_and_tables_are_values_and_references_are_addresses() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    with run("made") as one:
        artifact = tracklog.Artifact("set", "data")
        artifact.add(tracklog.Image(noise, caption="noise"), "picture")
        artifact.add(tracklog.Table(columns=["n", "picture"], data=[[1, tracklog.Image(noise)]]), "rows")
        artifact.add_reference("s3://bucket/far.tar", name="far.tar", checksum=False)
        one.log_artifact(artifact)
    report = build(options())
    assert report.damage == []
    found = listed("set", 0)
    picture, table = found["picture.image-file.json"], found["rows.table.json"]
    assert (picture["kind"], picture["value"]["items"][0]["caption"]) == ("image", "noise")
    assert (SITE / picture["value"]["items"][0]["src"]).is_file()
    assert (table["kind"], table["value"]["items"][0]["rows"]) == ("table", 1)
    assert (found["far.tar"]["ref"], found["far.tar"]["file"]["content"]) == ("s3://bucket/far.tar", "")
    viewers = {name.split(".")[0] for name in files() if name.startswith("assets/")}
    assert {"assets/artifact", "assets/image", "assets/table"} <= viewers


def test_what_is_too_large_is_listed_and_said() -> None:
    log("set", {"large.bin": b"\0" * 2000, **{f"{n}.bin": bytes([n]) * 900 for n in range(8)}})
    build(options(max_file=1000))
    found = listed("set", 0)
    assert "larger than 0.001 MB (--max-file)" in found["large.bin"]["file"]["note"]
    here = [path for path, one in found.items() if one["file"]["content"]]
    assert len(here) == 5
    assert entry("a/p/set")["versions"][0]["note"].startswith("3 files are listed and not in this site")


def test_damage_costs_the_version_that_it_is_in() -> None:
    for n in range(3):
        log("set", {"a.csv": f"{n}\n"}, by=f"r{n}")
    whole = versions.read(Path("logs/p/artifacts/set")).versions
    (whole[0].folder / "manifest.json").write_text('{"format":1,"entr')
    entry_ = whole[1].manifest().entries["a.csv"]
    place = Path("logs/p/artifacts/.objects") / entry_.sha256[:2] / entry_.sha256
    kept = place.read_bytes()
    place.unlink()
    report = build(options())
    assert report.damage == [
        "p/artifacts/set: a.csv: its content is missing",
        "p/artifacts/set: v0: its manifest is damaged",
    ]
    head = entry("a/p/set")
    assert [v["listed"] >= 0 for v in head["versions"]] == [False, True, True]
    assert listed("set", 2)["a.csv"]["file"]["content"]
    assert listed("set", 1)["a.csv"]["file"]["note"] == "its content is missing"
    assert str(Path.cwd()) not in "".join(head["damage"])
    place.write_bytes(kept)
    shutil.rmtree(whole[0].folder)
    assert build(options()).damage == []
    assert listed("set", 1)["a.csv"]["file"]["content"]
    assert entry("a/p/set")["versions"][0]["note"] == "Its files were deleted"


def test_a_link_among_the_contents_is_not_followed() -> None:
    Path("secret.txt").write_text("2\n")
    log("set", {"a.csv": "1\n"})
    (version,) = versions.read(Path("logs/p/artifacts/set")).versions
    sha256 = version.manifest().entries["a.csv"].sha256
    place = Path("logs/p/artifacts/.objects") / sha256[:2] / sha256
    place.unlink()
    place.symlink_to(Path("secret.txt").resolve())
    build(options())
    assert listed("set", 0)["a.csv"]["file"]["note"] == "its content is missing"


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "javascript:alert(1)"])
def test_nothing_of_an_artifact_acts_on_the_page(name: str) -> None:
    with run("made") as one:
        artifact = tracklog.Artifact("set", name, description=name, metadata={name: name})
        with artifact.new_file(f"{name}.txt") as file:
            file.write(name)
        artifact.add_reference("javascript://alert(1)", name="ref", checksum=False)
        one.log_artifact(artifact, aliases=["a"])
    build(options())
    for page in ("p/artifacts/set.html", "p/artifacts.html", "p/runs/made.html"):
        text = (SITE / page).read_text()
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text


def test_a_selection_shows_what_its_runs_logged_and_used_alone() -> None:
    log("mine", {"a.csv": "1\n"}, by="wanted")
    log("theirs", {"b.csv": "1\n"}, by="other")
    with run("bare") as one:
        one.log({"loss": 1.0})
    build(options(wanted=Wanted(runs=("bare",))))
    assert "artifacts.html" not in (SITE / "p/runs/bare.html").read_text()
    shutil.rmtree(SITE)
    only = Wanted(runs=("wanted",))
    build(options(wanted=only))
    assert [row["name"] for row in entry("p/p")["artifacts"]] == ["mine"]
    assert not (SITE / "p/artifacts/theirs.html").exists()
    single.write(options(wanted=only), Path("one.html"), single.MAX_SIZE)
    assert "page:p/artifacts/mine.html" in Path("one.html").read_text()
    assert "theirs" not in Path("one.html").read_text()
    build(options())
    assert [row["name"] for row in entry("p/p")["artifacts"]] == ["mine", "theirs"]


def test_a_budget_leaves_out_what_is_in_artifacts_first() -> None:
    noise = np.random.default_rng(0)
    log("set", {"a.bin": noise.bytes(200_000)})
    with run("long") as one:
        for value in noise.normal(size=20_000):
            one.log({"loss": value})
    single.write(options(), Path("one.html"), single.MAX_SIZE)
    size = Path("one.html").stat().st_size
    report = single.write(options(), Path("one.html"), size - 100_000)
    (warning,) = report.warnings
    assert "1 files of artifacts" in warning
    assert Path("one.html").stat().st_size <= size - 100_000


def test_one_file_holds_artifacts_too() -> None:
    log("set", {"a.csv": "1\n"})
    single.write(options(), Path("one.html"), single.MAX_SIZE)
    text = Path("one.html").read_text()
    for name in ("page:p/artifacts.html", "page:p/artifacts/set.html", "a/p/set", "viewer:artifact"):
        assert f'data-entry="{name}"' in text
