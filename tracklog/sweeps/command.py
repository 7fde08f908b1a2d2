"""The command line of a sweep's program: the words of its definition with a trial's parameters put in."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from tracklog.errors import SweepError

if TYPE_CHECKING:
    from collections.abc import Mapping

_USUAL = ("${env}", "${interpreter}", "${program}", "${args}")
_VARIABLE = re.compile(r"\$\{envvar:([A-Za-z0-9_]+)\}")
_PLACE = re.compile(r"\$\{([a-z_]+)\}")


def command(definition: Mapping[str, Any], params: Mapping[str, Any]) -> list[str]:
    """Return the words of a command. Raises SweepError for a definition without a program, or with an unknown word."""
    words = definition.get("command") or _USUAL
    if not isinstance(words, list | tuple):
        msg = f"a sweep has command={words!r}; give a list of words"
        raise SweepError(msg)
    if not definition.get("program") and any("${program}" in str(word) for word in words):
        msg = "the sweep names no program; give it one, or call agent(sweep_id, function=...)"
        raise SweepError(msg)
    known = _known(str(definition.get("program") or ""), params)
    found: list[str] = []
    for word in words:
        text = str(word)
        whole = _PLACE.fullmatch(text)
        if whole:
            found += known[_checked(whole[1], known)]
        else:
            text = _VARIABLE.sub(lambda match: os.environ.get(match[1], ""), text)
            found.append(_PLACE.sub(lambda match: " ".join(known[_checked(match[1], known)]), text))
    return found


def _known(program: str, params: Mapping[str, Any]) -> dict[str, list[str]]:
    flags = [f"{key}={value}" for key, value in params.items()]
    plain = [f"--{key}" if value is True else f"--{key}={value}" for key, value in params.items() if value is not False]
    return {
        "env": ["/usr/bin/env"] if os.name == "posix" else [],
        "interpreter": [sys.executable],
        "program": [program],
        "args": [f"--{flag}" for flag in flags],
        "args_no_boolean_flags": plain,
        "args_no_hyphens": flags,
        "args_no_equals": [word for key, value in params.items() for word in (f"--{key}", str(value))],
        "args_append_hydra": [f"+{flag}" for flag in flags],
        "args_override_hydra": [f"++{flag}" for flag in flags],
        "args_json": [json.dumps(params)],
    }


def _checked(name: str, known: Mapping[str, Any]) -> str:
    if name not in known:
        words = ", ".join(f"${{{word}}}" for word in known)
        msg = f"'${{{name}}}' stands for nothing in a sweep's command; there are {words}, ${{envvar:NAME}}"
        raise SweepError(msg)
    return name
