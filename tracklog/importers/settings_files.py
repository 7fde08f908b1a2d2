"""Settings in YAML and JSON as other tools write them.

YAML is read by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), in which ``1e-3`` is a number,
``on``, ``12:30`` and a date are texts, and ``017`` is 17: PyYAML's own rules are those of YAML 1.1, by which few writers go.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tracklog.store import files

if TYPE_CHECKING:
    from pathlib import Path

MOST = 64_000_000
"""Bytes of a file of settings, at most."""
_TAG = "tag:yaml.org,2002:"
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NULL, _BOOL = re.compile(r"~|null|Null|NULL|"), re.compile(r"true|True|TRUE|false|False|FALSE")


def yaml_mapping(path: Path) -> dict[str, Any] | str:
    """Return a file of YAML that is a mapping, or why it is none, as the end of a sentence."""
    import yaml

    try:
        text = _content(path).decode("utf-8")
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - a SafeLoader
    except (OSError, yaml.YAMLError, ValueError, RecursionError) as error:
        return f"cannot be read ({_first_line(error)})"
    return _named(found) if isinstance(found, dict) else "holds no settings"


def json_value(path: Path) -> Any:
    """Return a file of JSON, NaN and infinities among its values. Raises ValueError and OSError."""
    try:
        return json.loads(_content(path))
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error


def _content(path: Path) -> bytes:
    if path.stat().st_size > MOST:
        raise ValueError(f"has more than {MOST // 1_000_000} MB")
    return files.content(path)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _named(found: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): _named(value) if isinstance(value, dict) else value for key, value in found.items()}


def _loader() -> Any:
    """Return a safe loader that knows the types of the core schema alone."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads YAML 1.2."""

        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012 - PyYAML asks for it so

        def construct_yaml_int(self, node: Any) -> int:
            text = self.construct_scalar(node)
            return int(text, 0) if text[:2] in ("0o", "0x") else int(text)

        def construct_yaml_float(self, node: Any) -> float:
            return float(self.construct_scalar(node).lower().replace(".inf", "inf").replace(".nan", "nan"))

    Loader.add_constructor(f"{_TAG}int", Loader.construct_yaml_int)
    Loader.add_constructor(f"{_TAG}float", Loader.construct_yaml_float)
    for name, pattern in (("null", _NULL), ("bool", _BOOL), ("int", _INTEGER), ("float", _FLOAT)):
        Loader.add_implicit_resolver(f"{_TAG}{name}", re.compile(rf"(?:{pattern.pattern})\Z"), None)
    return Loader
