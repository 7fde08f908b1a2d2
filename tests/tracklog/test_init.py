"""Beginning a run, its config and its summary."""

from __future__ import annotations

import argparse
import copy
import dataclasses
import enum
import json
import math
import os
import subprocess
import sys
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import yaml

import tracklog
from tests.tracklog.test_log import QUIET, begin
from tracklog.errors import ConfigError, Error, UsageError
from tracklog.store import fold, reader

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Any]:
    with begin(tmp_path) as started:
        yield started


def read(run: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Return environment, config and summary as read back."""
    log = reader.read_run(Path(run.sync_dir))
    found = fold.sessions(log)
    return fold.environment(log, found), fold.config(log, found), fold.summary(log, found, fold.history(log, found))


def test_every_keyword_of_both_eras_is_taken(tmp_path: Path) -> None:
    run: Any = tracklog.init(
        "entity", project="p", dir=tmp_path, id="x", name="n", notes="# hi", tags=["a"], config={"k": 1}, group="g", job_type="j",
        config_exclude_keys=None, config_include_keys=None, allow_val_change=False, mode="online", force=False, reinit=False,
        resume=None, resume_from=None, fork_from=None, save_code=True, tensorboard=False, sync_tensorboard=False,
        monitor_gym=False, settings=QUIET, anonymous="never", magic=False,
    )  # fmt: skip
    run.finish()
    environment, config, _ = read(run)
    expected = {"id": "x", "name": "n", "notes": "# hi", "group": "g", "job_type": "j", "entity": "entity"}
    assert {key: getattr(run, key) for key in expected} == expected
    assert {key: environment[key] for key in expected} == expected
    assert (run.tags, environment["tags"]) == (("a",), ["a"])
    assert config == {"k": 1}
    assert run.path == "entity/p/x"


def test_names_and_ids_are_made_up_where_none_are_given(run: Any) -> None:
    assert len(run.id) == 8
    adjective, noun, number = run.name.split("-")
    assert adjective.isalpha()
    assert noun.isalpha()
    assert number == "1"


def test_a_second_init_returns_the_run_that_goes_on(run: Any, capfd: pytest.CaptureFixture[str]) -> None:
    repeated: Any = tracklog.init(project="other")
    assert repeated is run
    assert "arguments are ignored" in capfd.readouterr().err
    again = begin(Path(repeated.sync_dir).parent.parent, reinit=True)
    assert again is not run
    with pytest.raises(UsageError, match="it has finished"):
        run.log({})
    again.finish()


def test_in_a_notebook_a_second_init_begins_a_new_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = types.SimpleNamespace(IPKernelApp=types.SimpleNamespace(initialized=lambda: True))
    monkeypatch.setitem(sys.modules, "ipykernel.kernelapp", kernel)
    first = begin(tmp_path, config={"lr": 1})
    first.config.lr = 2
    second = begin(tmp_path)
    second.finish()
    assert first is not second
    assert read(first)[1] == {"lr": 2}


def test_module_names_are_those_of_the_run(tmp_path: Path) -> None:
    sentence = r"You must call wandb\.init\(\) before wandb\."
    with pytest.raises(Error, match=sentence):
        tracklog.log({})
    with pytest.raises(Error, match=sentence):
        tracklog.summary["great"]
    with pytest.raises(Error, match=sentence):
        tracklog.save("x")
    assert tracklog.run is None
    tracklog.config.early = 1
    run = begin(tmp_path, config={"late": 2})
    assert tracklog.run is run
    tracklog.log({"a": 1})
    tracklog.summary["b"] = 2
    tracklog.config.more = 3
    tracklog.finish()
    tracklog.finish()
    assert tracklog.run is None
    assert read(run)[1:] == ({"early": 1, "late": 2, "more": 3}, {"a": 1, "b": 2})


def test_a_name_that_is_not_there_yet_is_told_from_those_that_are() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'no_such'; of wandb's names there are .*\binit\b"):
        _ = tracklog.no_such
    assert not hasattr(tracklog, "__no_such__")


def test_config_is_a_mapping_with_attributes(run: Any) -> None:
    run.config.a = 1
    run.config["b"] = {"c": [1, 2]}
    run.config.update({"--d": 4, "_hidden": 5})
    assert (run.config.a, run.config["b"]["c"], run.config.d, run.config.get("e", 6)) == (1, [1, 2], 4, 6)
    assert list(run.config) == ["a", "b", "d"]
    assert dict(run.config) == {"a": 1, "b": {"c": [1, 2]}, "d": 4}
    assert {**run.config}["d"] == 4
    assert "a" in run.config
    with pytest.raises(AttributeError, match="has no attribute 'e'"):
        _ = run.config.e
    with pytest.raises(KeyError):
        _ = run.config["e"]


def test_config_values_change_only_by_leave(run: Any) -> None:
    run.config.lr = 0.1
    run.config.lr = 0.1
    with pytest.raises(ConfigError, match=r'Attempted to change value of key "lr" from 0\.1 to 0\.2'):
        run.config.lr = 0.2
    run.config.update({"lr": 0.2}, allow_val_change=True)
    run.config.setdefaults({"lr": 9, "new": 1})
    run.finish()
    assert read(run)[1] == {"lr": 0.2, "new": 1}


@dataclasses.dataclass
class Optimizer:
    name: str


class Size(enum.Enum):
    BIG = 3


def test_config_takes_what_scripts_have(run: Any) -> None:
    run.config.update(argparse.Namespace(epochs=3, flag=None))
    run.config.update({"o": Optimizer("adam"), "s": Size.BIG, "n": np.float32(0.5), "a": np.arange(3), "f": len, "p": Path("x"),
                       "t": (1, 2), "nan": float("nan"), "i": {np.int64(1): 2}})  # fmt: skip
    run.finish()
    assert read(run)[1] == {
        "epochs": 3, "flag": None, "o": {"name": "adam"}, "s": "BIG", "n": 0.5, "a": [0, 1, 2], "f": "len", "p": "x", "t": [1, 2],
        "nan": "NaN", "i": {"1": 2},
    }  # fmt: skip
    with pytest.raises(UsageError):
        run.config.update({"late": 1})


def test_media_do_not_belong_in_config(run: Any) -> None:
    with pytest.raises(TypeError, match="belongs in log"):
        run.config.x = tracklog.Histogram([1, 2, 3])


def test_the_summary_is_the_last_row_and_what_is_set(run: Any) -> None:
    run.log({"loss": 0.5, "nested": {"a": 1}})
    run.log({"loss": 0.25})
    run.summary["best"] = 0.25
    run.summary.update({"nested": {"b": 2}})
    run.summary["nested"]["c"] = 3
    assert (run.summary.loss, run.summary["nested"]["a"], run.summary.nested.b) == (0.25, 1, 2)
    del run.summary["best"]
    run.finish()
    assert read(run)[2] == {"loss": 0.25, "nested": {"a": 1, "b": 2, "c": 3}}


def test_people_get_plain_files_too(run: Any) -> None:
    run.config.update({"net": {"layers": 2}})
    run.log({"a": {"b": 1}, "nan": float("nan")})
    run.finish()
    folder = Path(run.sync_dir)
    assert yaml.safe_load((folder / "config.yaml").read_text()) == {"net": {"layers": 2}}
    assert json.loads((folder / "summary.json").read_text()) == {"a.b": 1, "nan": "NaN"}


def test_the_config_for_people_holds_what_was_given(run: Any) -> None:
    given: dict[str, Any] = {
        "whole": 1, "text": "1", "float": "1e5", "true": "true", "none": None, "word": "null", "empty": "", "name": "NaN",
        "seed": 6687881544318117707, "beyond": 2**70, "below": -(2**63), "list": [1, "1", None, 2**60, float("inf"), "Infinity"],
    }  # fmt: skip
    run.config.update({**given, "nan": float("nan")})
    run.finish()
    text = (Path(run.sync_dir) / "config.yaml").read_text()
    found = yaml.safe_load(text)
    assert math.isnan(found.pop("nan"))
    assert found == given
    assert {key: type(value) for key, value in found.items()} == {key: type(value) for key, value in given.items()}
    assert "float: '1e5'" in text  # a number to readers of YAML 1.2


def test_name_notes_and_tags_may_change(run: Any, capfd: pytest.CaptureFixture[str]) -> None:
    run.name, run.notes, run.tags = "new", "text", ["x"]
    run.tags = ["y" * 65]
    run.finish()
    environment = read(run)[0]
    assert (environment["name"], environment["notes"], environment["tags"]) == ("new", "text", ["x"])
    assert "a tag has 1 to 64" in capfd.readouterr().err


def test_saved_files_keep_their_folders(run: Any, tmp_path: Path) -> None:
    Path("a/b").mkdir(parents=True)
    Path("a/b/x.txt").write_text("x")
    Path("a/y.txt").write_text("y")
    assert run.save("a/**") == [f"{run.dir}/a/b/x.txt", f"{run.dir}/a/y.txt"]
    assert run.save("a/b/x.txt", base_path="a") == [f"{run.dir}/b/x.txt"]
    assert Path(run.dir, "b/x.txt").read_text() == "x"
    with pytest.raises(ValueError, match="lies outside base_path"):
        run.save("a/y.txt", base_path="a/b")
    with pytest.raises(ValueError, match="policy='never' does not exist"):
        run.save("a/y.txt", policy="never")
    assert tmp_path.exists()


def test_a_run_is_there_once(run: Any) -> None:
    assert copy.deepcopy(run) is run
    assert repr(run.name) in repr(run)


def test_the_url_is_the_page_once_it_is_built(run: Any) -> None:
    from site_builder import Options, build

    run.log({"a": 1})
    assert run.url is None
    build(Options((Path(run.sync_dir).parent.parent,), Path("site"), jobs=1))
    assert run.url == (Path("site/p/runs") / f"{run.id}.html").resolve().as_uri()


def test_a_script_that_has_run_a_notebook_is_a_script(tmp_path: Path) -> None:
    script = (
        "import ipykernel, tracklog\n"
        "run = tracklog.init(project='p', config={'lr': 1})\n"
        "assert tracklog.init(project='p') is run\n"
        "try:\n    run.config.lr = 2\nexcept tracklog.errors.ConfigError:\n    run.finish()\n"
    )
    environment = {**os.environ, "TRACKLOG_DIR": str(tmp_path / "logs")}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, capture_output=True)
    (run,) = (tmp_path / "logs/p").iterdir()
    assert '"finish"' in "".join(path.read_text() for path in run.glob("events-*.jsonl"))
