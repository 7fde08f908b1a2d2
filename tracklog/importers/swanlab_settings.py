"""What SwanLab's `config.yaml` and `swanlab-metadata.json` say. The former is `{key: {desc, sort, value}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_url
from tracklog.importers import folders, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERS = {"NaN": float("nan"), "Inf": float("inf")}
_UNSIGNED = "SwanLab writes every infinity of the config as Inf: its sign is lost"


def config(found: dict[str, Any]) -> Iterator[told.Told]:
    """Yield the settings of a run."""
    values = {key: one["value"] for key, one in found.items() if isinstance(one, dict) and "value" in one}
    if "'Inf'" in repr(values):
        yield told.Note(_UNSIGNED)
    yield told.Config({key: _numbers(value) for key, value in values.items()})


def about(found: Any) -> told.About:
    """Return what `swanlab-metadata.json` says of where a run ran."""
    runtime, git, cpu = (_mapping(found, *way) for way in (("runtime",), ("git",), ("hardware", "cpu")))
    remote = git.get("remote_url")
    return told.About(
        {
            "os": runtime.get("os_pretty") or runtime.get("os"),
            "host": runtime.get("hostname"),
            "python": runtime.get("python_version"),
            "program": _program(runtime.get("command")),
            "git": {
                "remote": redact_url(remote) if isinstance(remote, str) else None,
                "branch": git.get("branch"),
                "commit": git.get("commit"),
            }
            if any(git.values())
            else None,
            "hardware": {"cpu_count": cpu.get("physical_count"), "cpu_count_logical": cpu.get("logical_count")},
        }
    )


def _mapping(found: Any, *way: str) -> dict[str, Any]:
    for part in way:
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _program(command: Any) -> str | None:
    """Return the script of a command line, which is the word behind the interpreter."""
    words = command.split() if isinstance(command, str) else []
    return next((word for word in words if word.endswith(".py")), None)


def _numbers(value: Any, depth: int = 0) -> Any:
    if isinstance(value, dict) and depth < folders.DEEPEST:
        return {key: _numbers(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list) and depth < folders.DEEPEST:
        return [_numbers(inner, depth + 1) for inner in value]
    return _NUMBERS.get(value, value) if isinstance(value, str) else value
