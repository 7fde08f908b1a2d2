"""Comet's messages, `{"type", "payload"}`, one after the other.

Step and epoch stick to later calls that give none. `curr_step`, `curr_epoch` and `process duration` are Comet's own.
"""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tracklog.capture.redact import redact_args, redact_url
from tracklog.importers import clocks, files_as_media, told
from tracklog.importers.nesting import nested
from tracklog.importers.settings_files import json_value
from tracklog.store import files, layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_NUMBERS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_OWN_PARAMS = ("curr_step", "curr_epoch")
_OWN_METRICS = ("process duration",)
_OWN_OTHERS = ("offline_experiment", "hasNestedParams")
_MACHINE = "sys."
_KINDS = {"visualization": "image", "audio": "audio", "video": "video", "text-sample": "text"}
_UNNAMED = "auto-generated-in-the-backend"
_MIDDLE = 775
"""The number of the bin of a histogram that begins at 0."""


class Reader:
    """Reads the messages of a run."""

    def __init__(self, folder: Path, before: dict[str, Any]) -> None:
        """`folder` is where uploaded files are; `before` is what `state` returned."""
        self._folder = folder
        self._params: dict[str, Any] = dict(before.get("params", {}))
        self._epoch: Any = before.get("epoch")
        self._step: Any = before.get("step")
        self._texts: dict[str, tuple[float | None, str]] = {}
        self._changed = False
        self._takers: dict[str, Callable[[dict[str, Any], float | None], Iterable[told.Told]]] = {
            "metric_msg": self._metric, "parameter_msg": self._param, "log_other": self._other,
            "standard_output": self._output, "file_upload": self._file, "system_details": self._details,
            "installed_packages": self._packages, "git_metadata": self._git, "file_name": self._name,
            "html": self._html,
        }  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Return what is needed to go on, as JSON."""
        return {"params": self._params, "epoch": self._epoch, "step": self._step}

    def read(self, messages: Iterable[Any]) -> Iterator[told.Told]:
        """Yield what messages say; what is none is named and left out."""
        for message in messages:
            payload = message.get("payload") if isinstance(message, dict) else None
            if not isinstance(payload, dict):
                yield told.Damage("a line holds no message; it is left out")
                continue
            time = clocks.of_milliseconds(payload.get("local_timestamp"))
            take = self._takers.get(str(message.get("type")))
            if take is not None:
                yield from take(payload, time)
        for stream in list(self._texts):
            yield from self._printed(stream)
        if self._changed:
            yield told.Config(nested({name: _value(value) for name, value in self._params.items()}, "|"))

    # -- numbers and settings

    def _metric(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        metric = payload.get("metric")
        if not isinstance(metric, dict) or not isinstance(metric.get("metricName"), str):
            yield told.Damage("a metric has no name; it is left out")
            return
        name, value = metric["metricName"], _value(metric.get("metricValue"))
        if name in _OWN_METRICS:
            return
        if name.startswith(_MACHINE):
            yield told.System(time or 0.0, {name.removeprefix(_MACHINE): value})
            return
        if isinstance(payload.get("context"), str):
            name = f"{payload['context']}_{name}"
        values, epoch = {name: value}, metric.get("epoch")
        if epoch is not None and epoch != self._epoch and name != "epoch":
            self._epoch = epoch
            values["epoch"] = epoch
        step = _number(metric.get("step"))
        self._step = step if step is not None else self._step
        yield told.Row(step, time, values)

    def _param(self, payload: dict[str, Any], _: float | None) -> Iterator[told.Told]:
        param = payload.get("param") or payload.get("params")
        if not isinstance(param, dict) or not isinstance(param.get("paramName"), str):
            yield told.Damage("a parameter has no name; it is left out")
        elif param["paramName"] not in _OWN_PARAMS or param.get("source") == "manual":
            self._params[param["paramName"]] = param.get("paramValue")
            self._changed = True

    def _other(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        key, value = str(payload.get("key")), payload.get("value")
        if key == "Name":
            yield told.About({"name": str(value)}, time)
        elif key not in _OWN_OTHERS:
            yield told.Summary(("other", key), value, time)

    # -- texts

    def _output(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        """Join what was printed in pieces to lines."""
        stream, text = "stderr" if payload.get("stderr") else "stdout", payload.get("output")
        if isinstance(text, str):
            first, before = self._texts.get(stream, (time, ""))
            self._texts[stream] = first, before + text
            if text.endswith("\n"):
                yield from self._printed(stream)

    def _printed(self, stream: str) -> Iterator[told.Told]:
        time, text = self._texts.pop(stream)
        yield told.Printed(time, stream, text)

    # -- files

    def _file(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        more = payload.get("additional_params")
        more = more if isinstance(more, dict) else {}
        kind, where = str(payload.get("upload_type") or "asset"), payload.get("file_path")
        name = next((more[key] for key in ("figName", "fileName") if isinstance(more.get(key), str)), "")
        name = kind if name in ("", _UNNAMED) else name
        path = files.inside(self._folder, PurePosixPath(where).name) if isinstance(where, str) else None
        if path is None:
            yield told.Damage(f"{name!r}: its file {where!r} is not there; it is left out")
            return
        step = _number(more.get("step"))
        step = step if step is not None else self._step
        try:
            found = _histogram(path) if kind == "histogram3d" else _media(path, kind, name, more)
        except (*files_as_media.FAILURES, IndexError, OverflowError) as error:
            yield told.Damage(f"{name!r} cannot be shown ({error}): its file is kept as it is")
            found = None
        if found is not None:
            yield told.Row(step if step is not None else 0, time, {name: found})
        else:
            yield told.Saved(f"{layout.CODE if kind == 'source_code' else 'assets'}/{_safe(name)}", path)

    def _html(self, payload: dict[str, Any], _: float | None) -> Iterator[told.Told]:
        if isinstance(payload.get("html"), str):
            yield told.Saved(f"assets/{payload.get('message_id')}.html", payload["html"].encode("utf-8", "replace"))

    # -- where it ran

    def _details(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        command = payload.get("command")
        command = list(map(str, command)) if isinstance(command, list) else []
        yield told.About(
            {
                "host": payload.get("hostname"),
                "os": payload.get("os"),
                "python": payload.get("python_version"),
                "program": command[0] if command else None,
                "args": redact_args(command[1:]),
            },
            time,
        )

    def _packages(self, payload: dict[str, Any], _: float | None) -> Iterator[told.Told]:
        found = payload.get("installed_packages")
        if isinstance(found, list) and found:
            yield told.Saved(layout.REQUIREMENTS, "".join(f"{item}\n" for item in found).encode("utf-8", "replace"))

    def _git(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        git = payload.get("git_metadata")
        git = git if isinstance(git, dict) else {}
        remote, branch = git.get("origin"), git.get("branch")
        commit = git.get("parent")
        fields = {"remote": redact_url(remote) if isinstance(remote, str) else None, "commit": commit, "branch": branch}
        yield told.About({"git": {key: value for key, value in fields.items() if isinstance(value, str)}}, time)

    def _name(self, payload: dict[str, Any], time: float | None) -> Iterator[told.Told]:
        if isinstance(payload.get("file_name"), str):
            yield told.About({"program": PurePosixPath(payload["file_name"]).name}, time)


def _value(value: Any) -> Any:
    return _NUMBERS.get(value, value) if isinstance(value, str) else value


def _number(step: Any) -> float | None:
    return step if isinstance(step, int | float) and not isinstance(step, bool) and math.isfinite(step) else None


def _safe(name: str) -> str:
    """Return a name of a file below a folder: what was logged by a path keeps the path's last parts."""
    parts = [
        part for part in name.replace("\\", "/").replace(":", "_").replace("\0", "_").split("/") if part.strip(".")
    ]
    return "/".join(parts) or "unnamed"


def _media(path: Path, kind: str, name: str, more: dict[str, Any]) -> Any:
    """Return an uploaded file as media; None for what is kept as a file alone."""
    if kind not in _KINDS:
        return None
    end = more.get("extension") if isinstance(more.get("extension"), str) else PurePosixPath(name).suffix[1:]
    return files_as_media.of(path, kind=_KINDS[kind], end=str(end or ""))


def _histogram(path: Path) -> Any:
    """Return a histogram of Comet's, whose bins grow by a factor on both sides of 0; empty ones that are neighbours are one.

    Raises ValueError for one of more than 512 bins.
    """
    from tracklog.media.histogram import Histogram

    found = json_value(path)
    start, factor = float(found["start"]), float(found["step"])
    edges: list[float] = []
    counts: list[float] = []
    for number, count in sorted((int(number), count) for number, count in found["index_values"]):
        left, right = (_edge(one, start, factor) for one in (number, number + 1))
        if edges and edges[-1] < left:
            counts.append(0)
            edges.append(left)
        edges += [right] if edges else [left, right]
        counts.append(count)
    return Histogram(np_histogram=(counts, edges))


def _edge(number: int, start: float, factor: float) -> float:
    """Return the left edge of a bin."""
    away = number - _MIDDLE
    return math.copysign(start * factor ** (abs(away) - 1), away) if away else 0.0
