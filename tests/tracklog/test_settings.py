"""Where settings come from, and which of two wins."""

from __future__ import annotations

from typing import Any

import pytest

from tracklog.errors import UsageError
from tracklog.settings import Settings, resolve


def test_later_sources_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_PROJECT", "a")
    assert resolve({}, None, {}).project == "a"
    monkeypatch.setenv("TRACKLOG_PROJECT", "b")
    assert resolve({}, None, {}).project == "b"
    assert resolve({}, None, {"project": "c"}).project == "c"
    assert resolve({}, {"project": "d"}, {"project": "c"}).project == "d"
    assert resolve({}, Settings(project="e"), {"project": "c"}).project == "e"
    assert resolve({"project": "f"}, {"project": "d"}, {"project": "c"}).project == "f"
    assert resolve({"project": None}, {"project": "d"}, {}).project == "d"


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("WANDB_RUN_GROUP", "g", "group", "g"),
        ("WANDB_RUN_ID", "x1", "id", "x1"),
        ("WANDB_TAGS", "a, b,", "tags", ("a", "b")),
        ("WANDB_DISABLED", "true", "mode", "disabled"),
        ("WANDB_DISABLED", "false", "mode", "offline"),
        ("WANDB_SILENT", "1", "quiet", True),
        ("TRACKLOG_DISABLE_GIT", "yes", "disable_git", True),
        ("WANDB__STATS_SAMPLE_RATE_SECONDS", "30", "stats_interval", 30.0),
        ("TRACKLOG_STATS_INTERVAL", "0.01", "stats_interval", 1.0),
        ("WANDB_RESUME", "must", "resume", "must"),
        ("WANDB_API_KEY", "secret", "project", None),
    ],
)
def test_variables_of_the_reference_are_understood(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, name: str, expected: Any
) -> None:
    monkeypatch.setenv(variable, value)
    assert getattr(resolve({}, None, {}), name) == expected


def test_names_of_other_versions_do_no_harm() -> None:
    settings = Settings(start_method="fork", _stats_sample_rate_seconds=5, x_disable_stats=True, symlink=False)
    assert (settings.stats_interval, settings.disable_stats) == (5.0, True)
    assert settings.extra == {"start_method": "fork", "symlink": False}
    assert resolve({}, settings, {}).extra == settings.extra


@pytest.mark.parametrize(
    ("keywords", "sentence"),
    [
        ({"mode": "sideways"}, "mode='sideways' does not exist; choose one of"),
        ({"resume": "perhaps"}, "resume='perhaps' does not exist"),
        ({"id": "a/b"}, "id='a/b' cannot be a run's id"),
        ({"id": ""}, "id='' cannot be a run's id"),
        ({"project": "x" * 129}, "cannot be a project's name: 1 to 128 characters"),
        ({"project": "a:b"}, "cannot be a project's name"),
    ],
)
def test_values_that_cannot_be_used_are_refused_with_what_to_do(keywords: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        resolve(keywords, None, {})


@pytest.mark.parametrize("tag", ["", "x" * 65])
def test_tags_have_1_to_64_characters(tag: str) -> None:
    with pytest.raises(ValueError, match="a tag has 1 to 64"):
        resolve({"tags": [tag]}, None, {})
