"""Presets: where they are, how placeholders are filled, how users write their own.

Shipped ones are `templates/presets/*.vl.json`; a user's are JSON files in ``charts/`` beside the log folder, or named
under ``charts`` in the ``tracklog.yaml`` there. The front end fills by the same rules (``viewers/lib/fill.ts``).
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.errors import warn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDINGS = (".vl.json", ".json")
_WHOLE = re.compile(r"\$\{(field|string):([^:}]+)(?::([^}]*))?\}")
_SPECIAL = r"[.\[\]\\'\"]"
"""What means something in the path of a field."""
_SHOWN = frozenset(("title", "text", "subtitle", "description"))
"""Keys whose texts are read by people: a column stands there as it is."""
_NONE = object()
"""Stands for a node that has nothing to be filled with."""


def fill(preset: Any, fields: Mapping[str, Any], strings: Mapping[str, Any]) -> Any:
    """Return a preset with its placeholders filled; a channel or list item without its column is left out."""
    filled = _walk(preset, fields, strings)
    return {} if filled is _NONE else filled


def _walk(node: Any, fields: Mapping[str, Any], strings: Mapping[str, Any], *, shown: bool = False) -> Any:
    if isinstance(node, str):
        return _text(node, fields, strings, shown=shown)
    if isinstance(node, list):
        items = [_walk(item, fields, strings, shown=shown) for item in node]
        return [item for item, before in zip(items, node, strict=True) if not _absent(item, before)]
    if not isinstance(node, dict):
        return node
    result = {}
    for key, value in node.items():
        filled = _walk(value, fields, strings, shown=key in _SHOWN)
        if filled is _NONE and isinstance(value, str):
            return _NONE
        if not _absent(filled, value):
            result[key] = filled
    return result


def _absent(filled: Any, before: Any) -> bool:
    return filled is _NONE or (filled is None and before is not None)


def _text(value: str, fields: Mapping[str, Any], strings: Mapping[str, Any], *, shown: bool) -> Any:
    whole = _WHOLE.fullmatch(value)
    if whole is None:
        return _WHOLE.sub(lambda found: _quoted(found, fields, strings), value)
    kind, name, default = whole.groups()
    if kind == "string":
        return _given(strings.get(name), default) or None
    column = _given(fields.get(name), default)
    return _NONE if not column else column if shown else re.sub(_SPECIAL, r"\\\g<0>", column)


def _quoted(found: re.Match[str], fields: Mapping[str, Any], strings: Mapping[str, Any]) -> str:
    kind, name, default = found.groups()
    return re.sub(r"['\"\\]", r"\\\g<0>", _given((fields if kind == "field" else strings).get(name), default))


def _given(value: Any, default: str | None) -> str:
    return str(value) if value is not None else default or ""


def find(name: str) -> dict[str, Any] | None:
    """Return a preset by name or id: a user's own first, then the shipped ones; None when there is none."""
    own = users(name)
    if own is not None:
        return _read(own)
    for path in shipped():
        preset = _read(path)
        if preset is not None and name in (path.name.removesuffix(ENDINGS[0]), *_ids(preset)):
            return preset
    return None


def shipped() -> list[Path]:
    """Return the files of the presets that come with tracklog."""
    builder = importlib.util.find_spec("site_builder")
    if builder is None or builder.origin is None:
        return []
    package = Path(builder.origin).parent
    for folder in (package / "_templates" / "presets", package.parent / "templates" / "presets"):
        if folder.is_dir():
            return sorted(folder.glob(f"*{ENDINGS[0]}"))
    return []


def users(name: str) -> Path | None:
    """Return the file of a user's preset, in ``charts/`` or named in ``tracklog.yaml``; None when there is none."""
    return next((path for path in _candidates(name) if path.is_file()), None)


def folder() -> Path:
    """Return where users' presets are: ``charts/`` beside the log folder."""
    return _home() / "charts"


def save_preset(chart: Any, name: str, fields: Mapping[str, str] | None = None) -> Path:
    """Write an Altair chart, or a Vega-Lite dict, as the preset `name`; return its file.

    ``fields`` maps columns of the chart to the placeholders that stand for them; without it every column that is encoded
    becomes a placeholder of its own name. The chart's data stay out. Raises ValueError for a name that is no file name.
    """
    from tracklog.media.figure import specification

    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)*", name) or ".." in name:
        raise ValueError(f"a preset's name is made of letters, digits, '.', '_', '-' and '/', not {name!r}")
    spec = specification(chart)
    mapping = dict(fields) if fields is not None else {column: column for column in _encoded(spec)}
    preset = {key: value for key, value in _placed(spec, mapping).items() if key not in ("data", "datasets")}
    preset["data"] = {"name": "wandb"}
    target = folder() / f"{name}{ENDINGS[0]}"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(orjson.dumps(preset, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return target


def _placed(node: Any, mapping: Mapping[str, str]) -> Any:
    """Put placeholders where columns are named: as ``field``, in ``groupby``, and in expressions as ``datum['…']``."""
    if isinstance(node, list):
        return [_placed(item, mapping) for item in node]
    if isinstance(node, str):
        return _expression(node, mapping)
    if not isinstance(node, dict):
        return node
    result: dict[str, Any] = {}
    for key, value in node.items():
        if key == "field" and isinstance(value, str) and value.replace("\\", "") in mapping:
            result[key] = f"${{field:{mapping[value.replace(chr(92), '')]}}}"
        elif key == "groupby" and isinstance(value, list):
            result[key] = [f"${{field:{mapping[item]}}}" if item in mapping else item for item in value]
        else:
            result[key] = _placed(value, mapping)
    return result


def _expression(text: str, mapping: Mapping[str, str]) -> str:
    for column, name in mapping.items():
        escaped = re.escape(column)
        text = re.sub(rf"datum\[(['\"]){escaped}\1\]", f"datum['${{field:{name}}}']", text)
        text = re.sub(rf"datum\.{escaped}\b", f"datum['${{field:{name}}}']", text)
    return text


def _encoded(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _encoded(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "encoding" and isinstance(value, dict):
                yield from (
                    channel["field"].replace("\\", "")
                    for channel in value.values()
                    if isinstance(channel, dict) and isinstance(channel.get("field"), str)
                )
            if key not in ("data", "datasets"):
                yield from _encoded(value)


def _home() -> Path:
    """Return the folder that holds the log folder."""
    from tracklog import settings

    return (settings.root_in_use() or settings.root_folder(settings.resolve({}, None, {}))).absolute().parent


def _candidates(name: str) -> Iterator[Path]:
    safe = bool(name) and ".." not in name.split("/") and not name.startswith(("/", "~"))
    if safe:
        yield from (folder() / f"{name}{ending}" for ending in ENDINGS)
    named = _configured()
    if name in named:
        yield _home() / str(named[name])


def _configured() -> dict[str, Any]:
    """Return the presets that ``tracklog.yaml`` names: a mapping of names to files below ``charts``."""
    path = _home() / "tracklog.yaml"
    if not path.is_file():
        return {}
    import yaml

    try:
        found = yaml.safe_load(path.read_text("utf-8"))
        charts = found.get("charts", {}) if isinstance(found, dict) else {}
        return charts if isinstance(charts, dict) else {}
    except (OSError, ValueError, yaml.YAMLError) as error:
        warn("yaml-charts", f"{path} cannot be read: {error}; its charts are not known")
        return {}


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        warn(f"preset-{path.name}", f"the preset {path} cannot be read: {error}")
        return None
    return found if isinstance(found, dict) else None


def _ids(preset: dict[str, Any]) -> list[str]:
    meta = preset.get("usermeta", {}).get("tracklog", {})
    return [str(name) for name in meta.get("ids", [])]
