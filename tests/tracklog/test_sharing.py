"""Runs for other people: several log folders as one, some runs as a zip file, runs in brief."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import tracklog as recorder
from site_builder import Builder, Options
from tests.site_builder.logs import write_run
from tracklog.store import artifacts, fold, layout, reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tracklog.conftest import Said

DONE, FAILED, USAGE, DAMAGED = 0, 1, 2, 3
MERGED = Path("merged")


def train(who: str, run: str = "same", **config: object) -> None:
    """Log a run with a picture and a model into the log folder of a person."""
    with recorder.init(
        project="digits",
        id=run,
        name=f"{who}'s",
        dir=f"{who}/tracklogs",
        config=config,
        settings={"disable_stats": True},
    ) as one:
        for step in range(30):
            one.log({"loss": 1 / (step + 1), "val/acc": step / 40})
        one.log({"picture": recorder.Image(np.arange(64, dtype=np.uint8).reshape(8, 8))})
        Path("model.txt").write_text(who, encoding="utf-8")
        one.save("model.txt")
        model = recorder.Artifact("model", type="model")
        model.add_file("model.txt")
        one.log_artifact(model, aliases=[who])


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return all that is in a folder, and when it was written."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def site(root: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Build a site; return its files but for what tells when it was built."""
    monkeypatch.setattr("site_builder.manifest.secrets.token_hex", lambda _: "0" * 12)
    Builder(Options((root,), target)).build()
    left = ("version.js", ".tracklog")
    return {name: data for name, (data, _) in tree(target).items() if not name.startswith(left)}


# -- merge


def test_two_people_with_one_id_keep_both_runs_and_all_versions(tracklog: Callable[..., Said]) -> None:
    train("alice", lr=0.1)
    train("bob", lr=0.2)
    before = tree(Path("alice")), tree(Path("bob"))

    done = tracklog("merge", "alice/tracklogs", "bob/tracklogs", "-o", str(MERGED))

    assert done.code == DONE
    assert "bob/tracklogs/digits/same is same.bob there" in done.err
    ids = [json.loads(line)["id"] for line in tracklog("runs", str(MERGED), "--format", "jsonl").out.splitlines()]
    assert sorted(ids) == ["same", "same.bob"]
    model = artifacts.collection(MERGED / "digits", "model")
    assert model is not None
    assert [(v.number, v.logged[0][0], "latest" in v.aliases) for v in model.versions] == [
        (0, "same", False),
        (1, "same.bob", True),
    ]
    assert [v.aliases[-1] for v in model.versions] == ["alice", "bob"]
    assert tracklog("check", str(MERGED)).code == DONE
    assert (tree(Path("alice")), tree(Path("bob"))) == before


def test_merging_again_takes_only_what_is_new(tracklog: Callable[..., Said]) -> None:
    train("alice")
    train("bob")
    tracklog("merge", "alice/tracklogs", "bob/tracklogs", "-o", str(MERGED))
    before = tree(MERGED)

    assert (
        "0 runs copied, 2 as they were, 0 files"
        in tracklog("merge", "alice/tracklogs", "bob/tracklogs", "-o", str(MERGED)).err
    )
    assert tree(MERGED) == before

    train("bob", "second")
    assert "1 run copied, 1 as they were" in tracklog("merge", "bob/tracklogs", "-o", str(MERGED)).err
    assert {name: file for name, file in tree(MERGED).items() if name in before} == before


def test_one_run_in_two_states_is_united_and_loses_nothing(tracklog: Callable[..., Said]) -> None:
    train("late")
    shutil.copytree("late/tracklogs", "early/tracklogs")
    run = Path("early/tracklogs/digits/same")
    history = next(run.glob("history-*"))
    whole = history.read_bytes()
    history.write_bytes(whole[: len(whole) // 2])  # as copied while it was written, in the middle of a line
    saved = run / "files/model.txt"
    saved.write_text("of an earlier epoch", encoding="utf-8")
    os.utime(saved, (1_700_000_000, 1_700_000_000))

    for order in (("early/tracklogs", "late/tracklogs"), ("late/tracklogs", "early/tracklogs")):
        target = Path(f"from-{order[0].split('/')[0]}")
        assert tracklog("merge", *order, "-o", str(target)).code == DONE
        there = target / "digits/same"
        assert (there / history.name).read_bytes() == whole
        assert (there / "files/model.txt").read_text(encoding="utf-8") == "late"
        assert (there / "files/model.txt.older").read_text(encoding="utf-8") == "of an earlier epoch"
        assert len(fold.history(reader.read_run(there), fold.sessions(reader.read_run(there))).tracks[0].rows) == 31


def test_lines_that_contradict_each_other_are_named_and_both_folders_stay(tracklog: Callable[..., Said]) -> None:
    train("late")
    shutil.copytree("late/tracklogs", "other/tracklogs")
    history = next(Path("other/tracklogs/digits/same").glob("history-*"))
    history.write_bytes(history.read_bytes().replace(b'"loss":1.0', b'"loss":7.0', 1))
    done = tracklog("merge", "late/tracklogs", "other/tracklogs", "-o", str(MERGED))
    assert done.code == DAMAGED
    assert "have the same name and different lines; the latter stays" in done.err
    assert (MERGED / "digits/same" / history.name).read_bytes() != history.read_bytes()


@pytest.mark.parametrize("target", ["alice/tracklogs", "alice/tracklogs/all", "alice"])
def test_a_target_within_a_source_is_refused(tracklog: Callable[..., Said], target: str) -> None:
    train("alice")
    before = tree(Path("alice"))
    done = tracklog("merge", "alice/tracklogs", "-o", target)
    assert done.code == USAGE
    assert "merge into a folder of its own" in done.err
    assert tree(Path("alice")) == before


def test_a_link_leads_nowhere(tracklog: Callable[..., Said]) -> None:
    train("alice")
    Path("secret.txt").write_text("secret", encoding="utf-8")
    Path("alice/tracklogs/digits/same/files/link.txt").symlink_to(Path("secret.txt").resolve())
    tracklog("merge", "alice/tracklogs", "-o", str(MERGED))
    tracklog("export", "same", "--root", "alice/tracklogs", "-o", "runs.zip")
    assert not (MERGED / "digits/same/files/link.txt").exists()
    assert not any("link.txt" in name for name in zipfile.ZipFile("runs.zip").namelist())


# -- export


def test_a_zip_that_is_unzipped_elsewhere_gives_the_same_pages(
    tracklog: Callable[..., Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    train("alice")
    train("alice", "other")
    shutil.copytree("alice/tracklogs/digits", "tracklogs/digits")
    everything = site(Path("tracklogs"), Path("site"), monkeypatch)

    assert tracklog("export", "same", "other", "-o", "runs.zip").code == DONE
    Path("far/away").mkdir(parents=True)
    subprocess.run(["python3", "-m", "zipfile", "-e", "../../runs.zip", "."], cwd="far/away", check=True)

    assert site(Path("far/away/runs"), Path("again"), monkeypatch) == everything


def test_a_zip_holds_of_the_project_what_its_runs_touched(tracklog: Callable[..., Said]) -> None:
    train("alice")
    train("alice", "other")
    root = ("--root", "alice/tracklogs")
    tracklog("export", "same", *root, "-o", "one.zip")
    tracklog("export", "--filter", "name ~ alice", *root, "-o", "all.zip", "--without-artifacts")
    one, every = (zipfile.ZipFile(name).namelist() for name in ("one.zip", "all.zip"))
    assert any(name.startswith("one/digits/artifacts/.objects/") for name in one)
    assert not any("/other/" in name for name in one)
    assert any("/other/" in name for name in every)
    assert not any("/artifacts/" in name for name in every)


def test_a_zip_of_one_run_is_whole_without_the_versions_of_others(tracklog: Callable[..., Said]) -> None:
    train("alice")
    Path("bob").symlink_to("alice")
    train("bob", "other")
    assert tracklog("export", "same", "--root", "alice/tracklogs", "-o", "one.zip").code == DONE
    zipfile.ZipFile("one.zip").extractall("far")
    assert tracklog("check", "far/one").code == DONE
    model = artifacts.collection(Path("far/one/digits"), "model")
    assert model is not None
    assert [version.logged[0][0] for version in model.versions] == ["same"]


def test_an_export_needs_runs(tracklog: Callable[..., Said]) -> None:
    train("alice")
    assert tracklog("export", "-o", "runs.zip", "--root", "alice/tracklogs").code == USAGE
    assert tracklog("export", "nobody", "-o", "runs.zip", "--root", "alice/tracklogs").code == USAGE
    assert not Path("runs.zip").exists()


# -- summary


@pytest.fixture
def _measured() -> None:
    rows = [{"loss": 1 / (n + 1), "val/acc": n / 10, "odd|name": n, "mAP@0.5": 0.5} for n in range(10)]
    write_run(Path("tracklogs"), "new", rows, name="a `new` | run", created="2026-09-22T00:00:00+00:00")
    write_run(Path("tracklogs"), "main", [{"loss": 0.2, "val/acc": 0.8}], created="2026-09-21T00:00:00+00:00")
    write_run(Path("tracklogs"), "nan", [{"loss": "NaN", "val/acc": 0.99}], created="2026-09-20T00:00:00+00:00")


@pytest.mark.usefixtures("_measured")
def test_a_summary_tells_values_changes_and_trends(tracklog: Callable[..., Said]) -> None:
    said = tracklog("summary", "new", "--baseline", "main").out.splitlines()
    assert said[0] == "a `new` | run (new): finished, 0.9 s, 10 rows"
    assert said[2].split() == ["loss", "0.1", "0.2", "−0.1", "(−50.0%)", "█▄▂▂▁▁▁▁▁▁"]
    assert said[3].split() == ["val/acc", "0.9", "0.8", "+0.1", "(+12.5%)", "▁▁▂▃▄▄▅▆▇█"]
    assert said[4].split() == ["odd|name", "9", "▁▁▂▃▄▄▅▆▇█"]


@pytest.mark.usefixtures("_measured")
def test_markdown_holds_no_markup_of_strangers(tracklog: Callable[..., Said]) -> None:
    said = tracklog("summary", "new", "--format", "markdown", "--baseline", "main").out
    assert said.startswith(
        "**`a 'new' | run`** (`new`) · finished · 0.9 s · 10 rows\n\n| metric | value | `run main` |"
    )
    assert "| `odd\\|name` | 9 |  |  | ▁▁▂▃▄▄▅▆▇█ |" in said
    rows = [line for line in said.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6}


@pytest.mark.usefixtures("_measured")
def test_json_holds_numbers_and_what_json_has_not(tracklog: Callable[..., Said]) -> None:
    told = json.loads(tracklog("summary", "nan", "--baseline", "main", "--format", "json").out)
    assert told["runs"][0]["metrics"]["loss"] == {"value": "NaN", "trend": "", "baseline": 0.2, "change": "NaN"}
    assert told["runs"][0]["metrics"]["val/acc"]["change"] == pytest.approx(0.19)
    assert told["baseline"]["id"] == "main"


@pytest.mark.usefixtures("_measured")
def test_without_names_the_newest_runs_are_told(tracklog: Callable[..., Said]) -> None:
    for n in range(4):
        write_run(Path("tracklogs"), f"old{n}", [{"loss": 1}], created="2026-01-01T00:00:00+00:00")
    said = tracklog("summary", "--baseline", "main", "--format", "json")
    ids = [run["id"] for run in json.loads(said.out)["runs"]]
    assert ids[:2] == ["new", "nan"]
    assert len(ids) == 5
    assert "and 1 older run: name them" in said.err


@pytest.mark.usefixtures("_measured")
@pytest.mark.parametrize(
    ("run", "condition", "sentence"),
    [
        ("new", "val/acc < 0.95", "fails by 'val/acc < 0.95': val/acc is 0.9"),
        ("new", "val/acc < 0.85", None),
        ("new", "state != finished", None),
        ("new", "val/f1 < 0.5", "val/f1 is missing"),
        ("nan", "loss > 3", "loss is nan"),
        ("new", "val/acc < 0.95 and loss > 3", None),
        ("new", "mAP@0.5 < 0.4", None),
        ("new", "mAP@0.5 < 0.6", "mAP@0.5 is 0.5"),
        ("new", "val/acc < abc", "val/acc is 0.9"),
    ],
)
def test_a_job_fails_by_what_was_measured_and_by_what_was_not(
    tracklog: Callable[..., Said], run: str, condition: str, sentence: str | None
) -> None:
    said = tracklog("summary", run, "--fail-if", condition)
    assert said.code == (FAILED if sentence else DONE)
    assert (sentence or "") in said.err
    assert said.out  # what was measured is told all the same


@pytest.mark.usefixtures("_measured")
def test_a_condition_or_a_key_that_nobody_can_read_is_the_callers_mistake(tracklog: Callable[..., Said]) -> None:
    assert tracklog("summary", "new", "--fail-if", "val/acc <").code == USAGE
    assert tracklog("summary", "new", "--fail-if", "").code == USAGE
    assert "it has loss, val/acc" in tracklog("summary", "new", "--keys", "accuracy").err
    assert tracklog("summary", "--root", "nowhere").code == USAGE


def test_the_format_of_ids_is_a_file_name(tracklog: Callable[..., Said]) -> None:
    """A folder may be called anything: its name comes into an id, and that into a file name."""
    train("alice")
    train("bob")
    Path("bob").rename("Bob & co")
    tracklog("merge", "alice/tracklogs", "Bob & co/tracklogs", "-o", str(MERGED))
    names = {folder.name for folder in reader.run_folders(MERGED / "digits")}
    assert names == {"same", layout.file_name("same.Bob & co")}
    assert tracklog("summary", "same.Bob & co", "--root", str(MERGED)).code == DONE
