"""Arrays of any library as NumPy arrays, without importing that library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LIBRARIES = frozenset(("numpy", "torch", "pandas", "polars", "cupy", "jax", "jaxlib", "mlx"))


def is_torch(value: object) -> bool:
    """Tell whether a value is a PyTorch tensor, or of a subclass of it."""
    return _library(value) == "torch" and hasattr(value, "detach")


def type_of(value: object) -> str:
    """Return the name of a value's kind of array as W&B writes it: ``torch.Tensor``, ``numpy.ndarray``."""
    names = {"torch": "torch.Tensor", "numpy": "numpy.ndarray"}
    kind = type(value)
    return names.get(_library(value), f"{kind.__module__.partition('.')[0]}.{kind.__name__}")


def as_array(value: Any) -> Any:
    """Return a NumPy array or scalar for a value of an array library; None for anything else.

    Tensors are taken from any device, with or without gradients; numbers that NumPy has no type for become floats. Of
    Polars, Series of numbers (what is missing as NaN) and of booleans; those of anything else are no arrays, nor are
    tensors that hold no values (nested ones, those of the device `meta`).
    """
    try:
        array = _taken(value, _library(value))
        if not hasattr(array, "dtype") or (array.dtype.kind == "V" and array.dtype.names):
            return None
        return array.astype(float) if array.dtype.kind == "V" else array  # bfloat16 of other libraries is a V
    except Exception:  # each library has errors of its own for what is no array
        return None


def as_list(value: Any) -> list[Any] | None:
    """Return the values of a Polars Series, what is missing as None; None for anything else."""
    return value.to_list() if _library(value) == "polars" and hasattr(value, "to_list") else None


def to_numpy(value: Any) -> NDArray[Any]:
    """Return numbers as an array: those of `as_array`, nested lists, sets, iterators.

    Raises TypeError when there are no numbers in it.
    """
    import numpy as np

    if isinstance(value, (set, frozenset)) or hasattr(value, "__next__"):
        value = list(value)
    array = as_array(value)
    try:
        array = np.asarray(value if array is None else array)
        if array.dtype.kind == "O":  # lists of decimals or of single tensors
            array = array.astype(float)
    except (TypeError, ValueError, RuntimeError) as error:
        raise TypeError(f"expected numbers, an array or a tensor, got {_brief(value)}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, an array or a tensor, got {_brief(value)}")
    return array


def _library(value: object) -> str:
    """Return the array library that a value's class, or one that it derives from, belongs to."""
    names = (kind.__module__.partition(".")[0] for kind in type(value).__mro__)
    return next((name for name in names if name in _LIBRARIES), "")


def _taken(value: Any, library: str) -> Any:
    if library == "torch":
        return _from_torch(value) if hasattr(value, "detach") else None
    if library == "pandas":
        return value.to_numpy() if getattr(value, "ndim", 0) == 1 else None
    if library == "polars":
        return _from_polars(value) if hasattr(value, "to_list") else None
    if library == "numpy" or not hasattr(value, "shape"):
        return value if library == "numpy" else None
    if callable(getattr(value, "numpy", None)):  # TensorFlow, and those who follow it
        return value.numpy()
    if library == "cupy":
        return value.get()
    if library:
        import numpy as np

        return np.asarray(value)
    return None


def _from_polars(series: Any) -> Any:
    kind = series.dtype
    if kind.is_decimal() or "Int128" in str(kind):
        import numpy as np

        return np.array(series.to_list(), np.float64)
    plain = kind.is_numeric() or (str(kind) == "Boolean" and not series.null_count())
    return series.to_numpy() if plain else None  # dates would lose their zones, texts what is missing


def _from_torch(tensor: Any) -> Any:
    tensor = tensor.detach()
    if tensor.is_quantized:
        tensor = tensor.dequantize()
    if str(tensor.layout) != "torch.strided":  # sparse: its zeros count
        tensor = tensor.to_dense()
    if str(tensor.dtype) == "torch.bfloat16" or "float8" in str(tensor.dtype):  # NumPy has neither
        tensor = tensor.float()
    return tensor.cpu().resolve_conj().resolve_neg().numpy()


def _brief(value: object) -> str:
    return f"{type(value).__name__} {str(value)[:60]}"
