"""What scripts say beside their own output: `termlog` and its kin, on stderr."""

from __future__ import annotations

import sys

_said: set[str] = set()
_silent = False


def termsetup(settings: object = None, logger: object = None) -> None:
    """Take `settings` whose ``silent`` quietens these functions; there is no logger to give."""
    global _silent  # noqa: PLW0603 - one switch for the process, as stderr is one stream
    del logger
    _silent = bool(getattr(settings, "silent", False))


def termlog(string: str = "", newline: bool = True, repeat: bool = True, prefix: bool = True) -> None:
    """Say a text on stderr; without `repeat` only the first time. Lines begin with ``wandb:`` unless `prefix` is False."""
    _say(string, "wandb: " if prefix else "", newline=newline, repeat=repeat)


def termwarn(string: str = "", newline: bool = True, repeat: bool = True, prefix: bool = True) -> None:
    """As `termlog`, for warnings."""
    _say(string, "wandb: WARNING " if prefix else "", newline=newline, repeat=repeat)


def termerror(string: str = "", newline: bool = True, repeat: bool = True, prefix: bool = True) -> None:
    """As `termlog`, for errors."""
    _say(string, "wandb: ERROR " if prefix else "", newline=newline, repeat=repeat)


def _say(text: str, prefix: str, *, newline: bool, repeat: bool) -> None:
    line = "\n".join(prefix + part for part in str(text).split("\n"))
    if _silent or (not repeat and line in _said):
        return
    if not repeat:
        _said.add(line)
    print(line, file=sys.stderr, end="\n" if newline else "", flush=True)  # noqa: T201 - what it is for


class Printer:
    """Says lines as `termlog` does; what libraries get from ``wandb.sdk.lib.printer.new_printer()``."""

    def display(self, text: str | list[str] | tuple[str, ...], *, level: str | int | None = None) -> None:
        """Say one or more lines; `level` may be ``warn`` or ``error``."""
        say = {"warn": termwarn, "warning": termwarn, "error": termerror}.get(str(level).lower(), termlog)
        for line in [text] if isinstance(text, str) else text:
            say(line)

    def link(self, link: str, text: str | None = None) -> str:
        """Return how a link is written."""
        return f"{text}: {link}" if text else link

    def name(self, name: str) -> str:
        """Return a name, undecorated."""
        return name

    code = emoji = secondary_text = files = name


def new_printer(settings: object = None) -> Printer:
    """Return a `Printer`; settings have no part in it."""
    del settings
    return Printer()
