"""A config in a YAML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracklog.errors import ConfigError, warn

_VERSION = "wandb_version"


def load(name: str) -> dict[str, Any]:
    """Read a config file, ``file.yaml`` or ``file.yaml::key`` for what stands below a key.

    Each key has its value, or ``desc`` and ``value``. Raises ConfigError for a file that is not there or no such YAML.
    """
    import yaml

    path, _, key = name.partition("::")
    try:
        content = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"the config file {path!r} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"the config file {path!r} is no YAML: {error}") from error
    if key:
        if not isinstance(content, dict) or key not in content:
            raise ConfigError(f"the config file {path!r} has no key {key!r}")
        content = content[key]
    if content is None:
        warn(f"empty-{name}", f"the config file {name!r} is empty: nothing is taken from it")
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"the config file {name!r} holds {type(content).__name__}, not keys with values")
    return _values(content, path)


def _values(content: dict[Any, Any], path: str) -> dict[str, Any]:
    version = content.get(_VERSION, 1)
    if version != 1:
        raise ConfigError(f"the config file {path!r} has {_VERSION} {version!r}; only 1 is known")
    found = {}
    for key, value in content.items():
        if isinstance(value, dict) and "value" in value and set(value) <= {"desc", "value"}:
            found[str(key)] = value["value"]
        elif isinstance(value, dict) and set(value) == {"desc"}:
            raise ConfigError(f"the config file {path!r} describes {key!r} and gives it no value")
        elif key != _VERSION and not str(key).startswith("_wandb"):
            found[str(key)] = value
    return found
