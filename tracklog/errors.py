"""What can go wrong, and how it is said.

::

    Error
    ├── UsageError      the caller asked for something that cannot be done
    │   └── SweepError   a sweep's definition cannot be used; also a ValueError
    ├── ConfigError     a config value was changed without leave
    ├── NotBegunError   a value of the run's was asked for before `init`; also an AttributeError and a KeyError
    ├── CommError       the name under which scripts catch that something is not there
    │   ├── NotFoundError         a run, project or file that was asked for is not there; also a ValueError
    │   └── AuthenticationError   kept for scripts that catch it; never raised
    ├── ArtifactStatusError       an artifact is not in the state for it; also an AttributeError
    │   ├── ArtifactNotLoggedError   something was asked for that only logged artifacts have
    │   └── ArtifactFinalizedError   an artifact that was logged was to be changed
    ├── WaitTimeoutError          kept for scripts that catch it; never raised: nothing is waited for
    ├── UnsupportedError          kept for scripts that catch it; never raised
    └── FormatError     a run folder was written by a newer version

The environment's failures (a full disk, no git) are never raised: `warn` says them once, with a slug.
"""

from __future__ import annotations

import sys

_said: set[str] = set()
_quiet = False


class Error(Exception):
    """Base of all errors of tracklog."""

    @property
    def message(self) -> str:
        """What it says."""
        return str(self.args[0]) if self.args else ""


class NotBegunError(Error, AttributeError, KeyError):
    """A value of the run's was asked for while there is no run; `hasattr` and `getattr` with a default go on."""

    def __str__(self) -> str:
        """Return what it says; a KeyError alone would show it in quotes."""
        return self.message


class UsageError(Error):
    """The caller asked for something that cannot be done."""


class SweepError(UsageError, ValueError):
    """A sweep's definition cannot be used."""


class ConfigError(Error):
    """A config value was changed without leave."""


class CommError(Error):
    """What scripts catch when something that they ask for is not there."""

    def __init__(self, message: str = "", exc: Exception | None = None) -> None:
        """`exc` is the error behind it, where there is one."""
        super().__init__(message)
        self.exc = exc


class NotFoundError(CommError, ValueError):
    """A run, project or file that was asked for is not there."""


class AuthenticationError(CommError):
    """Kept for scripts that catch it; never raised, since there are no accounts."""


class ArtifactStatusError(Error, AttributeError):
    """An artifact is not in the state that is needed; `hasattr` and `getattr` with a default go on."""

    def __init__(self, message: str = "", obj: object = None) -> None:
        """`obj` is the artifact."""
        super().__init__(message)
        self.obj = obj


class ArtifactNotLoggedError(ArtifactStatusError):
    """Something was asked of a draft that only artifacts have which were logged."""


class ArtifactFinalizedError(ArtifactStatusError):
    """An artifact that was logged was to be changed: another content is another version."""


class WaitTimeoutError(Error):
    """Kept for scripts that catch it; never raised, since nothing is waited for."""


class UnsupportedError(Error):
    """Kept for scripts that catch it; never raised."""


class FormatError(Error):
    """A run folder was written by a newer version of tracklog."""


def silence(quiet: bool) -> None:
    """Switch warnings off or on (`TRACKLOG_SILENT`)."""
    global _quiet  # noqa: PLW0603 - one switch for the process, as stderr is one stream
    _quiet = quiet


def warn(slug: str, text: str) -> None:
    """Say `text` on stderr, once in this process for each `slug`."""
    if slug in _said:
        return
    _said.add(slug)
    if _quiet:
        return
    stream = sys.__stderr__ or sys.stderr
    if stream is None:
        return
    try:
        stream.write(f"tracklog: WARNING {text} [{slug}]\n")
        stream.flush()
    except (OSError, ValueError):
        return


def forget_warnings() -> None:
    """Let every warning be said again, at the begin of a new run."""
    _said.clear()


def visible(text: str) -> str:
    """Return text as a terminal may show it: names are strangers' words, and control characters would obey them."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
