"""Streams written in Python, heard whatever is put in place of their `write`.

IPython 9 puts a `write` of its own on `sys.stdout` and `sys.stderr` for each cell, and the old one back after it; whoever
listened by a `write` on the stream would hear no further cell. So the class of the stream becomes one whose `write` is a
property: it keeps what others set, and tells of all that passes. The stream stays the object that it is, and an instance
of the class that it was.
"""

from __future__ import annotations

import contextlib
import io
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Ear = Callable[[str], None]

_EARS = "_tracklog_ears"


class _Write:
    """A stream's `write` while somebody listens: calls the one below it, and tells of it once."""

    __slots__ = ("below", "ears", "nested")

    def __init__(self, below: Callable[..., Any], ears: list[Ear], nested: threading.local) -> None:
        self.below, self.ears, self.nested = below, ears, nested

    def __call__(self, *given: Any, **named: Any) -> Any:
        nested = self.nested
        if getattr(nested, "deep", False):  # somebody's `write` on top of ours, which called this one
            return self.below(*given, **named)
        nested.deep = True
        try:
            result = self.below(*given, **named)
        finally:
            nested.deep = False
        text = given[0] if given else next(iter(named.values()), None)
        if isinstance(text, str):
            for ear in tuple(self.ears):
                ear(text)
        return result


def listen(stream: Any, ear: Ear) -> Callable[[], None] | None:
    """Have `ear` told of each text that `stream.write` has taken, until what is returned is called.

    None where the stream cannot be heard in this way: the classes of Python's own files do not change. `ear` may not
    raise; text that it writes to the stream itself is heard as well.
    """
    kind = type(stream)
    ears: list[Ear] | None = vars(stream).get(_EARS) if hasattr(stream, "__dict__") else None
    if ears is None:
        ears = []
        try:
            if isinstance(stream, io.TextIOWrapper) or not hasattr(stream, "write"):
                return None
            stream.__class__ = _heard(kind, ears)
            stream.__dict__[_EARS] = ears
        except (AttributeError, TypeError):
            return None
        if "write" in vars(stream):
            stream.write = vars(stream)["write"]
    ears.append(ear)
    return lambda: _forget(stream, ears, ear)


def _heard(kind: type[Any], ears: list[Ear]) -> type[Any]:
    nested = threading.local()

    def get(self: Any) -> _Write:
        below = self.__dict__.get("write") or kind.write.__get__(self, kind)
        return _Write(below, ears, nested)

    def put(self: Any, write: Any) -> None:
        while isinstance(write, _Write):  # what somebody read here before, and puts back
            write = write.below
        self.__dict__["write"] = write

    def drop(self: Any) -> None:
        self.__dict__.pop("write", None)

    own = {"write": property(get, put, drop), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    return type(kind.__name__, (kind,), own)


def _forget(stream: Any, ears: list[Ear], ear: Ear) -> None:
    if ear not in ears:
        return
    ears.remove(ear)
    if ears or stream.__dict__.pop(_EARS, None) is None:
        return
    with contextlib.suppress(AttributeError, TypeError):
        stream.__class__ = type(stream).__mro__[1]
