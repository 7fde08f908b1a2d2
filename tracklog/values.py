"""Any Python value as a JSON value, without importing the library it comes from.

Numbers JSON cannot carry become the strings of `layout.NON_FINITE`. What the encoding cannot keep becomes text, with one
warning: a logged value is never a reason to stop a training.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracklog import containers
from tracklog.errors import warn
from tracklog.media import losses
from tracklog.media.array import as_array, as_list
from tracklog.media.base import Media
from tracklog.media.foreign import as_media
from tracklog.store import layout
from tracklog.store.encoding import GREATEST, LEAST, number, text

if TYPE_CHECKING:
    from tracklog.media.base import MediaDoor

LIST_LIMIT = 32
"""Arrays with more values than this become histograms."""
HISTOGRAM_BINS = 32
_DEPTH = 64
_SCALARS = frozenset((type(None), bool, int, float, str))
_PLAIN = _SCALARS | {list, tuple, dict}


def encode(value: Any, door: MediaDoor, depth: int = 0) -> Any:  # noqa: C901 - one branch for each kind
    """Return the JSON value of a logged value; media become files through `door`.

    Arrays and tensors: one value is a scalar, up to 32 a list, more a histogram of 32 bins.
    """
    kind = value.__class__
    if value is None or kind is bool:
        return value
    if kind is float:
        return number(value)
    if kind is int:
        return integer(value)
    if isinstance(value, enum.Enum):
        return value.name
    if kind is str or isinstance(value, str):
        return guarded(text(value))
    if isinstance(value, bool | int | float):
        return number(float(value)) if isinstance(value, float) else integer(int(value))
    if depth > _DEPTH:
        warn("deep-value", f"a logged value is nested deeper than {_DEPTH} levels; the rest is kept as text")
        return text(repr(value)[:1000])
    if isinstance(value, Media):
        return value.to_record(door)
    if isinstance(value, Mapping):
        return mapping(value, door, depth + 1)
    if isinstance(value, list | tuple | set | frozenset):
        return _sequence(value, door, depth)
    return _foreign(value, door, depth)


def mapping(value: Mapping[Any, Any], door: MediaDoor, depth: int = 0) -> dict[str, Any]:
    """Return the JSON object of a mapping; values that stand for several keys (custom charts) bring the others along."""
    found: dict[str, Any] = {}
    for key, item in value.items():
        name = text(str(key))
        found[name] = kept(name, item, door, depth)
        if isinstance(item, Media):
            found |= mapping(item.companions(name), door, depth)
    return found


def kept(name: str, value: Any, door: MediaDoor, depth: int = 0) -> Any:
    """Return `encode` of a value, or, where that fails, a text that says why: one value costs neither its row nor a run.

    What is wrong with an object of ours was raised when it was made; here are left the surprises of everybody else's.
    """
    try:
        if value.__class__ in _SCALARS:
            return encode(value, door, depth)
        with losses.under(name):
            return encode(value, door, depth)
    except Exception as error:  # whatever a foreign object does when it is looked at
        said = f"{_qualified(type(value))} could not be kept: {type(error).__name__}: {_words(error)}"
        warn(f"unkept-{name}", f"{name!r}: {said}")
        return said


def _words(error: Exception) -> str:
    try:
        return text(str(error)[:300])
    except Exception:  # an error that cannot say what it is
        return "?"


def integer(value: int) -> int | str:
    """Return an int as JSON; beyond 64 bits as text, with a warning."""
    if LEAST <= value <= GREATEST:
        return value
    warn("big-integer", f"the integer {str(value)[:30]}… needs more than 64 bits; it is kept as text")
    return str(value)


def guarded(value: str) -> str | dict[str, str]:
    """Return a string, wrapped when it equals the name of a non-finite number."""
    return {"_type": "string", "value": value} if value in layout.NON_FINITE else value


def _decimal(value: Decimal) -> float:
    return math.nan if value.is_nan() else float(value)  # a signalling NaN is none that float() takes


def _sequence(value: Any, door: MediaDoor, depth: int) -> Any:
    kinds = {item.__class__ for item in value}
    if kinds <= _PLAIN:
        return [encode(item, door, depth + 1) for item in value]
    items = [item if (made := _as_media(item)) is None else made for item in value]
    media = [item for item in items if isinstance(item, Media)]
    alike = {item.__class__ for item in items if item is not None}
    if media and len(alike) == 1 and media[0].LIST_TYPE:
        return media[0].batch_record(media, door)
    return [encode(item, door, depth + 1) for item in items]


def _as_media(value: Any) -> Media | None:
    """Return the media that an object is or stands for."""
    if value is None or isinstance(value, bool | int | float | str | type):
        return None
    return value if isinstance(value, Media) else as_media(value)


def _foreign(value: Any, door: MediaDoor, depth: int) -> Any:
    """Encode what comes from another library, recognised by its own attributes."""
    array = as_array(value)
    if array is not None:
        return _array(array, door, depth)
    if isinstance(value, Decimal):
        return number(_decimal(value))
    listed = as_list(value)
    if listed is not None:
        return _sequence(listed, door, depth)
    if isinstance(value, bytes | bytearray | memoryview):
        return guarded(bytes(value).decode("utf-8", "replace"))
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    media = _as_media(value)
    if media is not None:
        return media.to_record(door)
    inner = containers.unpacked(value)
    if inner is not None:
        return encode(inner, door, depth + 1)
    if isinstance(value, type) or isinstance(value, Callable):  # type: ignore[arg-type]  # noqa: SIM101
        return _qualified(value)
    warn(
        f"kind-{_qualified(value.__class__)}",
        f"a value of type {_qualified(value.__class__)} cannot be shown yet; it is kept as text",
    )
    return guarded(text(str(value)))


def _qualified(value: Any) -> str:
    module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", repr(value))
    return text(f"{module}.{name}" if module and module != "builtins" else name)


def _array(array: Any, door: MediaDoor, depth: int) -> Any:
    if array.dtype.kind in "SUO":
        return encode(array.tolist(), door, depth + 1)
    if array.dtype.kind in "Mm":
        return encode(array.astype(str).tolist(), door, depth + 1)
    if array.dtype.kind == "c":
        warn("complex-value", "complex numbers are kept as text")
        return encode([str(item) for item in array.ravel().tolist()], door, depth + 1)
    if array.size == 1:
        return encode(_item(array), door)
    if array.size <= LIST_LIMIT:
        return encode(array.tolist(), door, depth + 1)
    from tracklog.media.histogram import Histogram

    return Histogram(array, num_bins=HISTOGRAM_BINS).to_record(door)


def _item(array: Any) -> Any:
    item = array.reshape(-1)[0] if getattr(array, "shape", ()) else array
    if item.dtype.kind == "f":
        return float(item)
    return item.item()


def config(value: Any, depth: int = 0) -> Any:  # noqa: C901, PLR0912 - one branch for each kind
    """Return a config value as it is kept: plain dicts, lists, tuples, sets, enums and scalars; anything else as text.

    Raises TypeError for media, which belong in `log`.
    """
    if value is None or value.__class__ in _SCALARS:
        return text(value) if value.__class__ is str else value
    if isinstance(value, Media):
        msg = f"config values are settings, not media: {value.__class__.__name__} belongs in log()"
        raise TypeError(msg)
    if isinstance(value, enum.Enum):
        return value
    if depth > _DEPTH:
        warn(
            "deep-config",
            f"a config value is nested deeper than {_DEPTH} levels, or in itself; the rest is kept as text",
        )
        return _shown(value)
    if isinstance(value, slice):
        return {"slice_start": value.start, "slice_step": value.step, "slice_stop": value.stop}
    inner = containers.unpacked(value)
    value = value if inner is None else inner
    if isinstance(value, Mapping):
        return {text(str(_item(k) if hasattr(k, "dtype") else k)): config(item, depth + 1) for k, item in value.items()}
    if isinstance(value, list | tuple):
        items = [config(item, depth + 1) for item in value]
        return tuple(items) if value.__class__ is tuple else items
    if isinstance(value, set | frozenset):
        return _set_of([config(item, depth + 1) for item in value], value.__class__)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool | int | float):
        return float(value) if isinstance(value, float) else bool(value) if isinstance(value, bool) else int(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    array = as_array(value)
    if array is not None:
        return config(_item(array) if array.size == 1 else array.tolist(), depth + 1)
    listed = as_list(value)
    if listed is not None:
        return config(listed, depth + 1)
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return _qualified(value) if callable(value) else _shown(value)


def _set_of(items: list[Any], kind: type) -> Any:
    try:
        return kind(items) if kind in (set, frozenset) else set(items)
    except TypeError:  # what became a list or a dict cannot be in a set
        return items


def _shown(value: Any) -> str:
    try:
        return text(str(value)[:100_000])
    except Exception as error:  # whatever a foreign object does when it is looked at
        said = f"{_qualified(type(value))} that cannot be shown: {type(error).__name__}: {_words(error)}"
        warn(f"unshown-{_qualified(type(value))}", f"a value is kept as text: {said}")
        return said
