"""What tracklog does not do yet is said, never accepted in silence."""

from __future__ import annotations

import datetime as dt
import pickle
import pydoc
import sys
from pathlib import Path
from typing import Any

import pytest

import tracklog
from tests.tracklog.test_log import QUIET, begin
from tracklog import missing
from tracklog.errors import UsageError, forget_warnings
from tracklog.store import reader

ASKED = {
    "magic": True,
    "anonymous": "allow",
    "force": True,
    "mode": "online",
}


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the slugs of what was said."""

    class Ear:
        def write(self, text: str) -> None:
            slugs.append(text.rpartition("[")[2].rstrip("]\n"))

        def flush(self) -> None:
            pass

    slugs: list[str] = []
    monkeypatch.setattr(sys, "__stderr__", Ear())
    forget_warnings()
    return slugs


@pytest.mark.parametrize("argument", ASKED)
def test_an_argument_without_effect_says_so_once(argument: str, said: list[str], tmp_path: Path) -> None:
    begin(tmp_path, **{argument: ASKED[argument]}).finish()
    assert said.count(f"no-effect-{argument}") == 1


def test_what_asks_for_nothing_is_no_news(said: list[str], tmp_path: Path) -> None:
    nothing: dict[str, Any] = {name: False for name, value in ASKED.items() if value is True}
    begin(tmp_path, **nothing, anonymous="never", mode="offline").finish()
    assert not [slug for slug in said if slug.startswith("no-effect")]


def test_settings_without_effect_say_so_whatever_their_way(said: list[str], tmp_path: Path) -> None:
    tracklog.init(project="p", dir=tmp_path, settings={**QUIET, "quiet": True, "start_method": "fork"}).finish()
    assert said.count("no-effect-start_method") == 1
    begin(tmp_path, start_method="fork").finish()
    assert said.count("no-effect-start_method") == 2


def test_a_variable_of_ours_that_is_misspelt_is_told(
    said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKLOG_PROJCT", "x")
    begin(tmp_path).finish()
    assert "variable-TRACKLOG_PROJCT" in said


@pytest.mark.parametrize("name", ["ArtifactTTL", "EvalTable", "controller", "fastai"])
def test_a_name_of_wandbs_says_what_to_do_instead(name: str) -> None:
    with pytest.raises(AttributeError, match=rf"^tracklog\.{name} is not there yet; instead: \w"):
        getattr(tracklog, name)
    assert not hasattr(tracklog, name)


@pytest.mark.parametrize("name", ["finish_artifact", "upsert_artifact"])
def test_so_does_one_of_its_runs(name: str, tmp_path: Path) -> None:
    with begin(tmp_path) as run, pytest.raises(AttributeError, match=rf"^run\.{name} is not there yet; instead: \w"):
        getattr(run, name)


def test_what_nobody_has_is_refused_as_ever(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        tracklog.nonsense  # noqa: B018
    with begin(tmp_path) as run, pytest.raises(AttributeError, match="'Run' object has no attribute 'nonsense'"):
        run.nonsense  # noqa: B018


def test_nothing_is_called_missing_that_is_there(tmp_path: Path) -> None:
    with begin(tmp_path) as run:
        assert not [name for name in dir(tracklog) if missing.of_module(name)]
        assert not [name for name in dir(run) if missing.of_run(name)]


def test_a_disabled_run_does_nothing_for_any_name_of_a_run() -> None:
    run: Any = tracklog.init(mode="disabled")
    assert run.watch(object()) is None
    assert run.save("x") is None
    assert run.alert("x") is None
    with pytest.raises(AttributeError):
        run.nonsense  # noqa: B018
    assert pickle.loads(pickle.dumps(run)).id == run.id  # noqa: S301 - our own
    run.finish()


@pytest.mark.parametrize("name", ["log", "save", "alert"])
def test_help_explains_what_scripts_call_most_before_and_after_init(name: str, tmp_path: Path) -> None:
    before = pydoc.plain(pydoc.render_doc(getattr(tracklog, name)))
    with begin(tmp_path):
        after = pydoc.plain(pydoc.render_doc(getattr(tracklog, name)))
    first = (getattr(tracklog.Run, name).__doc__ or "").splitlines()[0]
    assert first in before
    assert first in after
    assert f"{name}(" in before
    assert "self" not in before.split(")")[0]


def events(run: Any, kind: str) -> list[dict[str, Any]]:
    log = reader.read_run(Path(run.sync_dir))
    return [event for writer in log.writers.values() for event in writer.events if event["event"] == kind]


def test_alerts_have_levels_and_do_not_repeat_themselves(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.alert("hot", "90 °C", level="WARN")
    run.alert("hot", "91 °C")
    run.alert("cold", wait_duration=0)
    run.alert("cold", wait_duration=dt.timedelta(minutes=5))
    with pytest.raises(ValueError, match="level='LOUD' does not exist"):
        run.alert("x", level="LOUD")
    with pytest.raises(TypeError, match="wait_duration='1h' is no duration"):
        run.alert("x", wait_duration="1h")
    run.finish()
    assert [(e["title"], e["text"], e["level"]) for e in events(run, "alert")] == [
        ("hot", "90 °C", "WARN"),
        ("cold", "", "INFO"),
        ("cold", "", "INFO"),
    ]


def test_after_the_end_nothing_is_accepted(tmp_path: Path) -> None:
    run = begin(tmp_path)
    run.finish()
    for method, argument in ((run.alert, "x"), (run.save, "*.txt"), (run.log, {"x": 1})):
        with pytest.raises(UsageError, match="it has finished"):
            method(argument)


@pytest.mark.parametrize(("policy", "text"), [("live", "new"), ("end", "new"), ("now", "old")])
def test_saved_files_that_change_are_saved_again_at_the_end(policy: str, text: str, tmp_path: Path) -> None:
    Path("notes.txt").write_text("old")
    run = begin(tmp_path)
    (saved,) = run.save("notes.txt", policy=policy)
    assert Path(saved).read_text() == "old"
    Path("aside").write_text("new")
    Path("aside").replace("notes.txt")
    run.finish()
    assert Path(saved).read_text() == text


@pytest.mark.parametrize(("policy", "text"), [("live", "new"), ("end", "old"), ("now", "old")])
def test_only_live_files_are_copied_again_while_the_run_goes_on(policy: str, text: str, tmp_path: Path) -> None:
    Path("notes.txt").write_text("old")
    with begin(tmp_path) as run:
        (saved,) = run.save("notes.txt", policy=policy)
        Path("aside").write_text("new")
        Path("aside").replace("notes.txt")
        run._recording.save_changed(at_end=False)  # as the pulse does every 15 seconds
        assert Path(saved).read_text() == text
