"""Offline experiments that Comet itself writes, value by value."""

from __future__ import annotations

import itertools
import json
import math
import shutil
import signal
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from tests.tracklog.importers import peers
from tests.tracklog.importers.support import about, config, everything, lines, rows, series, state, summary, take
from tracklog.store import layout

ROOT, SOURCE = Path("tracklogs"), Path("runs")
BEGIN = """
import glob, os, sys, time
import comet_ml
exp = comet_ml.OfflineExperiment(project_name="proj", workspace="w", offline_directory="runs", log_code=False,
    log_git_metadata=False, log_env_details="env" in sys.argv, log_env_gpu=False, display_summary_level=0)
"""
WHOLE = """
exp.set_name("run a")
exp.add_tags(["t1", "t2"])
exp.log_parameters({"lr": 0.1, "net": {"a": 1, "b": [1, 2]}, "none": None, "on": True, "s": "1e-3", "nan": float("nan")})
exp.log_other("note", "o")
print("hello")
print("bad", file=sys.stderr)
for n in range(5):
    exp.log_metric("loss", 1 / (n + 1), step=n * 10)
for value, step in ((float("nan"), 50), (float("inf"), 45), (-float("inf"), 45), (3, 7.5)):
    exp.log_metric("odd", value, step=step)
exp.log_metric("text", "a text", step=8)
exp.log_metric("sticky", 2**53 + 1)
exp.log_metrics({"a": 1, "b": 2}, step=9, epoch=2)
with exp.train():
    exp.log_metric("inner", 1, step=10)
exp.log_metric("after", 4, step=11)
exp.log_image("p.png", name="pic", step=12)
exp.log_text("some text", step=12)
exp.log_histogram_3d([0, 1, 1, -2, 40], name="hist", step=12)
exp.log_asset_data({"a": 1}, name="deep/data.json")
exp.log_asset("f.txt")
exp.log_html("<p>hi</p>")
exp.end()
"""
GROWING = """
for first in (0, 20):
    for n in range(first, first + 20):
        exp.log_metric("loss", n, step=n, epoch=n // 10)
        exp.log_parameter(f"p{first}|x", float("nan"))
    while sum(open(path).read().count('"loss"') for path in glob.glob("tmp/tmp*/messages.json")) < first + 20: time.sleep(0.02)
    print("ready", file=sys.__stdout__, flush=True)
    sys.stdin.readline()
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that has ended."""
    home = tmp_path_factory.mktemp("comet")
    Image.new("RGB", (8, 6), (10, 20, 30)).save(home / "p.png")
    (home / "f.txt").write_text("content", encoding="utf-8")
    peers.run("trackers", BEGIN + WHOLE, home, "env")
    return home / "runs"


@pytest.fixture
def source(written: Path) -> Path:
    """Return a copy of that folder, which a test may change."""
    shutil.copytree(written, SOURCE)
    return SOURCE


def the_run(project: str = "p") -> Path:
    (found,) = (ROOT / project).glob("*/run.json")
    return found.parent


def the_zip(source: Path) -> Path:
    (found,) = source.glob("*.zip")
    return found


def test_a_run_that_ended_is_all_there(source: Path) -> None:
    outcome = take(source, ROOT)
    assert outcome.damage == []
    folder = the_run()
    found = {
        key: [(row["step"], row[key]) for row in rows(folder) if key in row] for row in rows(folder) for key in row
    }
    assert found["loss"] == [(n * 10, 1 / (n + 1)) for n in range(5)]
    assert [step for step, _ in found["odd"]] == [50, 45, 45, 7.5]
    assert math.isnan(found["odd"][0][1])
    assert [value for _, value in found["odd"][1:]] == [math.inf, -math.inf, 3]
    assert found["text"] == [(8, "a text")]
    assert found["sticky"] == [(8, 2**53 + 1)], "the last step that was given"
    assert (found["a"], found["b"], found["epoch"]) == ([(9, 1)], [(9, 2)], [(9, 2)])
    assert (found["train_inner"], found["after"]) == ([(10, 1)], [(11, 4)])
    assert not {"curr_step", "process duration", "inner"} & found.keys()
    settings = config(folder)
    assert math.isnan(settings.pop("nan"))
    assert settings == {"lr": 0.1, "net": {"a": 1, "b": [1, 2]}, "none": None, "on": True, "s": "1e-3"}
    assert summary(folder)["other"] == {"note": "o"}
    said = about(folder)
    assert [said[key] for key in ("name", "tags", "entity")] == ["run a", ["t1", "t2"], "w"]
    assert said["python"].startswith("3.")
    assert (folder / "files/requirements.txt").read_text(encoding="utf-8").count("comet") >= 1
    printed = {(line["stream"], line["text"]) for line in lines(folder, layout.CONSOLE)}
    assert {("stdout", "hello\n"), ("stderr", "bad\n")} <= printed
    assert any("ram.total" in line for line in lines(folder, layout.SYSTEM))
    assert state(folder, 2e9) == "finished"
    before = everything(ROOT)
    assert take(source, ROOT).changed == []
    assert everything(ROOT) == before


def test_media_and_files_come_along(source: Path) -> None:
    take(source, ROOT)
    folder = the_run()
    found = {key: value for line in lines(folder) for key, value in line.items()}
    with Image.open(folder / "files" / found["pic"]["path"]) as picture:
        assert (picture.size, picture.convert("RGB").getpixel((0, 0))) == ((8, 6), (10, 20, 30))
    assert found["text-sample"] == "some text"
    histogram = found["hist"]
    edges, counts = histogram["bins"], histogram["counts"]
    for value, count in ((0, 1), (1, 2), (-2, 1), (40, 1)):
        (there,) = [n for n, (left, right) in enumerate(itertools.pairwise(edges)) if left <= value < right]
        assert counts[there] == count
    assert sum(counts) == 5
    assert json.loads((folder / "files/assets/deep/data.json").read_bytes()) == {"a": 1}
    assert (folder / "files/assets/f.txt").read_text(encoding="utf-8") == "content"
    assert b"<p>hi</p>" in next((folder / "files/assets").glob("*.html")).read_bytes()


def test_a_run_goes_on_in_the_temporary_folder_and_is_killed() -> None:
    Path("tmp").mkdir()
    process = peers.start("trackers", BEGIN + GROWING, Path.cwd(), TMPDIR=str(Path("tmp").resolve()))
    assert process.stdin is not None
    assert process.stdout is not None
    assert "ready\n" in iter(process.stdout.readline, "")
    outcome = take(SOURCE, ROOT)
    (note,) = [note for note in outcome.notes if "is empty" in note]
    assert "messages.json of a folder tmp… in the temporary folder" in note
    assert outcome.damage == []
    assert rows(the_run()) == []
    here = Path("here")
    (messages,) = Path("tmp").glob("tmp*/messages.json")
    assert take(messages.parent, here).damage == []
    folder = here / "p" / messages.parent.name
    assert series(folder, "loss") == [(n, n) for n in range(20)]
    process.stdin.write("\n")
    process.stdin.flush()
    assert "ready\n" in iter(process.stdout.readline, "")
    (taken,) = take(messages.parent, here).changed
    assert (taken.rows, taken.is_afresh) == (20, False)
    process.communicate("\n")
    assert process.returncode == -signal.SIGKILL
    assert series(folder, "loss") == [(n, n) for n in range(40)]
    assert series(folder, "epoch") == [(n, n // 10) for n in (0, 10, 20, 30)]
    assert {key: math.isnan(value["x"]) for key, value in config(folder).items()} == {"p0": True, "p20": True}
    before = everything(here)
    assert take(messages.parent, here).changed == []
    assert everything(here) == before
    assert {state(folder, 2e9), state(the_run(), 2e9)} == {"crashed"}


def test_an_empty_zip_that_is_filled_is_its_run(source: Path) -> None:
    path = the_zip(source)
    whole = path.read_bytes()
    with zipfile.ZipFile(path, "w"):
        pass
    take(source, ROOT)
    path.write_bytes(whole)
    (taken,) = take(source, ROOT).changed
    assert taken.is_afresh
    assert about(the_run())["name"] == "run a"
    assert state(the_run(), 2e9) == "finished"


def test_an_archive_that_was_unpacked_is_read(source: Path) -> None:
    with zipfile.ZipFile(the_zip(source)) as packed:
        packed.extractall("unpacked")
    take(Path("unpacked"), ROOT)
    assert (about(the_run())["name"], state(the_run(), 2e9)) == ("run a", "finished")
    take(Path("unpacked/messages.json"), Path("again"))
    assert len(list(Path("again/p").glob("*/run.json"))) == 1


def test_damaged_and_hostile_zips_are_named(source: Path) -> None:
    whole = the_zip(source)
    with zipfile.ZipFile(whole) as packed:
        experiment = json.loads(packed.read("experiment.json"))
    (source / f"{'1' * 32}.zip").write_bytes(whole.read_bytes()[:-300])
    upload = {"file_path": "../../secret.txt", "upload_type": "asset", "additional_params": {"fileName": "x"}}
    inside = {"file_path": "tmp1", "upload_type": "asset", "additional_params": {"fileName": "../../up.txt"}}
    broken = {"file_path": "tmp1", "upload_type": "histogram3d", "additional_params": {"fileName": "h"}}
    payloads = [
        ("file_upload", upload), ("file_upload", inside), ("file_upload", broken), ("metric_msg", {"metric": 3}), ("x", 3),
        ("metric_msg", {"metric": {"metricName": "loss", "metricValue": 1.5, "step": 4}, "local_timestamp": 10**400}),
    ]  # fmt: skip
    with zipfile.ZipFile(source / f"{'2' * 32}.zip", "w") as packed:
        packed.writestr("experiment.json", json.dumps({**experiment, "offline_id": "hostile", "tags": {}}))
        packed.writestr("../secret.txt", "outside")
        packed.writestr("tmp1", "inside")
        text = "".join(json.dumps({"type": kind, "payload": payload}) + "\n" for kind, payload in payloads)
        packed.writestr("messages.json", text + "{cut\n[1]")
    with zipfile.ZipFile(source / f"{'3' * 32}.zip", "w") as packed:
        packed.writestr("experiment.json", json.dumps({**experiment, "offline_id": "bomb"}))
        packed.writestr("messages.json", "x")
        packed.filelist[-1].file_size = 1 << 50  # what its directory says
    with zipfile.ZipFile(source / "other.zip", "w") as packed:
        packed.writestr("a.txt", "of somebody else")
    damaged = bytearray(whole.read_bytes())
    with zipfile.ZipFile(whole) as packed:
        damaged[packed.getinfo("messages.json").header_offset + 200] ^= 255
    (source / f"{'4' * 32}.zip").write_bytes(damaged)
    outcome = take(source, ROOT)
    said = "\n".join(outcome.damage)
    assert f"{'4' * 32}.zip: messages.json cannot be read; it is left out" in said
    assert f"{'1' * 32}.zip cannot be read" in said
    assert "'../secret.txt' has a name that leads elsewhere" in said
    assert "'x': its file '../../secret.txt' is not there" in said
    assert "'h' cannot be shown" in said
    assert "a metric has no name" in said
    assert "messages.json: the line at byte" in said
    assert said.count("a line holds no message") == 2
    assert f"{'3' * 32}.zip cannot be read: it would unpack to" in said
    assert "other.zip" not in said
    runs = {about(found.parent)["id"]: found.parent for found in (ROOT / "p").glob("*/run.json")}
    assert runs.keys() == {experiment["offline_id"], "hostile"}
    assert series(runs["hostile"], "loss") == [(4, 1.5)]
    assert (runs["hostile"] / "files/assets/up.txt").read_text(encoding="utf-8") == "inside"
    assert not list(Path().rglob("*secret*"))
