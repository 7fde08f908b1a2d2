"""`TensorProto` as arrays: `{1 dtype, 2 shape{2 dim{1 size}}, 4 tensor_content, 5 float_val, 6 double_val, …}`.

Numbers by tensorflow/core/framework/types.proto. Values that are fewer than the shape asks for are repeated from the last.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.importers.protobuf import Message, WireError

if TYPE_CHECKING:
    from numpy.typing import NDArray

STRING, _HALF, _BFLOAT16 = 7, 19, 14
_DTYPES = {
    1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 14: "<u2", 17: "<u2", 19: "<f2", 22: "<u4",
    23: "<u8",
}  # fmt: skip
_MOST = 1 << 28
"""Values of a tensor, at most."""


def shape_of(tensor: Message) -> list[int]:
    """Return the sizes of a tensor's dimensions. Raises WireError."""
    sizes = [dim.integer(1) for dim in tensor.message(2).messages(2)]
    if any(size < 0 for size in sizes) or math.prod(sizes) > _MOST:
        raise WireError(f"holds a tensor of the shape {sizes}")
    return sizes


def numbers(tensor: Message) -> NDArray[Any] | None:
    """Return a tensor of numbers in its shape; None for one of texts or of a type that is not known. Raises WireError."""
    import numpy as np

    dtype = tensor.uint(1)
    if dtype not in _DTYPES:
        return None
    shape = shape_of(tensor)
    kind = np.dtype(_DTYPES[dtype])
    if content := tensor.raw(4):
        flat = np.frombuffer(content[: len(content) // kind.itemsize * kind.itemsize], kind)
    else:
        flat = _listed(tensor, dtype, kind)
    if dtype == _BFLOAT16:
        flat = (flat.astype("<u4") << 16).view("<f4")
    count = math.prod(shape)
    if len(flat) < count:
        flat = np.concatenate([flat, np.repeat(flat[-1:] if len(flat) else np.zeros(1, flat.dtype), count - len(flat))])
    return flat[:count].reshape(shape)


def _listed(tensor: Message, dtype: int, kind: Any) -> NDArray[Any]:
    import numpy as np

    if dtype == 1:
        return np.array(tensor.floats(5), kind)
    if dtype == 2:  # noqa: PLR2004 - DT_DOUBLE
        return np.array(tensor.doubles(6), kind)
    field = {9: 10, 10: 11, 14: 13, 19: 13, 22: 16, 23: 17}.get(dtype, 7)
    found = np.array(tensor.ints(field), np.int64)
    if dtype == _HALF:
        return found.astype("<u2").view("<f2")
    return found.astype(kind)


def shortest(floats: NDArray[Any]) -> list[Any]:
    """Return floats of four bytes or two as the doubles whose text is the shortest that stands for them: 0.1 as 0.1."""
    import numpy as np

    single = np.ascontiguousarray(floats, np.float32)
    found: list[Any] = orjson.loads(orjson.dumps(single, option=orjson.OPT_SERIALIZE_NUMPY))
    for n in np.flatnonzero(~np.isfinite(single)).tolist():  # JSON has none of these
        found[n] = float(single[n])
    return found


def texts(tensor: Message) -> list[bytes]:
    """Return the byte strings of a tensor of texts."""
    return tensor.raws(8) if tensor.uint(1) == STRING else []
