"""Containers of other libraries as plain dicts and lists, recognised without importing those libraries."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from tracklog.errors import warn

MISSING = "???"
"""What OmegaConf writes for a value that nobody gave."""


def unpacked(value: Any) -> Any | None:
    """Return what a foreign container holds, as a dict or list; None for what is none of these.

    Known are OmegaConf's (interpolations resolved, missing values ``???``), pydantic models, attrs classes, dataclasses.
    """
    kind = value.__class__
    if isinstance(value, type):
        return None
    if kind.__module__.startswith("omegaconf."):
        return _omegaconf(value)
    if hasattr(kind, "model_dump") and hasattr(kind, "model_fields"):
        return {name: getattr(value, name) for name in kind.model_fields} | (getattr(value, "model_extra", None) or {})
    if hasattr(kind, "__attrs_attrs__"):
        return {field.name: getattr(value, field.name) for field in kind.__attrs_attrs__}
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def _omegaconf(value: Any) -> Any:
    """Resolve a DictConfig or ListConfig; what cannot be resolved stays as it is written."""
    from omegaconf import OmegaConf

    if not OmegaConf.is_config(value):
        return None
    plain = OmegaConf.to_container(value, resolve=False)
    absent = sorted(_absent(plain))
    if absent:
        warn(f"omegaconf-{absent[0]}", f"the config has no value for {', '.join(absent)}: kept as {MISSING}")
    try:
        return OmegaConf.to_container(value, resolve=True)
    except Exception as error:  # an interpolation of nothing, or a resolver that fails
        warn("omegaconf", f"the config could not be resolved ({error}); interpolations are kept as they are written")
        return plain


def _absent(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _absent(item, f"{path}.{key}" if path else str(key))
    elif value == MISSING:
        yield path


def as_mapping(data: object) -> Mapping[Any, Any]:
    """Return what a script gives as a config as a mapping.

    A mapping, argparse's namespace, flags of absl and TensorFlow, a foreign container, or any object with attributes.
    Raises TypeError for what is none of these.
    """
    if data is None:
        return {}
    inner = unpacked(data)
    if isinstance(inner, Mapping):
        return inner
    if isinstance(data, Mapping):
        return data
    if hasattr(data, "as_dict") and hasattr(data, "update_locked"):  # a config of ours
        return dict(data.as_dict())
    flags = _flags(data)
    if flags is not None:
        return flags
    if hasattr(data, "keys") and hasattr(data, "__getitem__"):
        return {key: data[key] for key in data.keys()}  # noqa: SIM118 - not every such object is iterable
    if hasattr(data, "__dict__"):
        return dict(vars(data))
    msg = f"config takes a mapping or an object with attributes, not {data.__class__.__name__}: {data!r:.80}"
    raise TypeError(msg)


def _flags(data: Any) -> dict[str, Any] | None:
    """Return the values of absl's FLAGS, of TensorFlow's up to 1.4, or of its module of flags; None for anything else."""
    if getattr(data, "__name__", "") == "tensorflow.python.platform.flags":
        data = data.FLAGS
    if hasattr(data, "flag_values_dict"):
        if hasattr(data, "is_parsed") and not data.is_parsed():
            # Read before app.run() has parsed them: their defaults are what there is.
            return {name: data[name].value for name in data}
        return dict(data.flag_values_dict())
    inner = getattr(data, "__dict__", {}).get("__flags")
    return dict(inner) if isinstance(inner, dict) else None
