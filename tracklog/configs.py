"""Where the config of a new run comes from: files, what the script assigned before `init`, and what it passes.

Lowest first: ``config-defaults.yaml`` of the working folder; what was set on `tracklog.config` before; ``init(config=…)``;
the files of ``TRACKLOG_CONFIG_PATHS`` or ``--configs``; the parameters of a sweep, which lock their keys.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracklog.config_file import load
from tracklog.containers import as_mapping
from tracklog.errors import warn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tracklog.config import Config

DEFAULTS = "config-defaults.yaml"
OPTION = "--configs"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `init` was given: a config, and the keys of it that are taken or left out."""

    config: object = None
    include: Collection[str] | None = None
    exclude: Collection[str] | None = None

    def chosen(self) -> dict[Any, Any]:
        """Return the config without the keys that are left out. Raises ConfigError for a file that cannot be read."""
        given = self.config
        if isinstance(given, str | os.PathLike):
            given = load(os.fspath(given))
        return parse(given, include=self.include, exclude=self.exclude)


@dataclass(frozen=True, slots=True)
class Sources:
    """The config of a new run, by where it comes from."""

    defaults: Mapping[Any, Any]
    given: Mapping[Any, Any]
    files: Mapping[Any, Any]


def read(wanted: Wanted, paths: str | None) -> Sources:
    """Read all files. Raises ConfigError for one that was asked for and cannot be read, TypeError for what is no config."""
    files: dict[Any, Any] = {}
    for name in [*(paths or "").split(","), *_left_over()]:
        if name.strip():
            files |= load(name.strip())
    return Sources(_defaults(), wanted.chosen(), files)


def apply(config: Config, sources: Sources, early: Config) -> None:
    """Fill the config of a new run; what a resumed one has is set again."""
    for values in (sources.defaults, early.as_dict(), sources.given, sources.files):
        if values:
            config.update(values, allow_val_change=True)


def parse(
    params: object, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[Any, Any]:
    """Return a config as a dict, with only the keys of `include`, or without those of `exclude`.

    Raises UsageError when both are given.
    """
    if include and exclude:
        from tracklog.errors import UsageError

        raise UsageError("give the keys to include or those to exclude, not both")
    whole = as_mapping(params)
    return {k: v for k, v in whole.items() if (not include or k in include) and (not exclude or k not in exclude)}


def _defaults() -> dict[str, Any]:
    path = Path(DEFAULTS)
    if not path.is_file():
        return {}
    if not path.read_bytes().strip():
        warn("empty-defaults", f"Found an empty default config file ({DEFAULTS}). Proceeding with no defaults.")
        return {}
    return load(DEFAULTS)


def _left_over() -> list[str]:
    """Return the files that the command line of the script names, where they are such files: the option may be its own."""
    names = []
    for n, argument in enumerate(sys.argv[1:], 1):
        if argument.startswith(f"{OPTION}="):
            names += argument.partition("=")[2].split(",")
        elif argument == OPTION and n + 1 < len(sys.argv):
            names += sys.argv[n + 1].split(",")
    there = [name for name in names if name.partition("::")[0].endswith((".yaml", ".yml"))]
    for name in set(names) - set(there):
        warn(f"configs-{name}", f"{OPTION} {name}: that is no .yaml file; nothing is taken from it")
    return there
