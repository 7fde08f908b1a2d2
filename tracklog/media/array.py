"""Arrays of any library as NumPy arrays, without importing that library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_torch(value: object) -> bool:
    """Tell whether a value is a PyTorch tensor, or of a subclass of it."""
    return any(kind.__module__.partition(".")[0] == "torch" for kind in type(value).__mro__) and hasattr(
        value, "detach"
    )


def to_numpy(value: Any) -> NDArray[Any]:
    """Return numbers as an array: tensors (on any device, with or without gradients), arrays, nested lists.

    Raises TypeError when there are no numbers in it.
    """
    import numpy as np

    if is_torch(value):
        value = _from_torch(value)
    elif hasattr(value, "numpy") and callable(value.numpy):  # TensorFlow
        value = value.numpy()
    elif hasattr(value, "get") and type(value).__module__.partition(".")[0] == "cupy":
        value = value.get()
    elif isinstance(value, (set, frozenset)) or hasattr(value, "__next__"):
        value = list(value)
    try:
        array = np.asarray(value)
        if array.dtype.kind in "OV":  # lists of decimals or single tensors, bfloat16 of other libraries
            array = array.astype(float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"expected numbers, an array or a tensor, got {_brief(value)}") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected numbers, an array or a tensor, got {_brief(value)}")
    return array


def _from_torch(tensor: Any) -> Any:
    tensor = tensor.detach()
    if str(tensor.layout) != "torch.strided":  # sparse: its zeros count
        tensor = tensor.to_dense()
    if str(tensor.dtype) == "torch.bfloat16" or "float8" in str(tensor.dtype):  # NumPy has neither
        tensor = tensor.float()
    return tensor.cpu().resolve_conj().resolve_neg().numpy()


def _brief(value: object) -> str:
    return f"{type(value).__name__} {str(value)[:60]}"
