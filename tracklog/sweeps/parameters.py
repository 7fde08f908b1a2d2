"""The parameters of a sweep: what wandb's distributions mean, and a value of each from any source of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Protocol

from tracklog.errors import SweepError
from tracklog.sweeps.beta import quantile

_EDGE = 1e-12
"""How near to 0 and 1 a share comes that is turned into a value of an unbounded distribution."""


class Source(Protocol):
    """Where numbers come from: chance, or a search that learns. Names tell one parameter from another."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        """Return a number of ``[low, high]``, evenly spread, or with `log` its logarithm."""

    def suggest_int(self, name: str, low: int, high: int) -> int:
        """Return an integer of ``[low, high]``."""

    def suggest_categorical(self, name: str, choices: Sequence[int]) -> Any:
        """Return one of the choices."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: where it stands in the config, its distribution and what the definition says of it."""

    path: tuple[str, ...]
    distribution: str
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The path as people read it."""
        return ".".join(self.path)

    def value(self, source: Source) -> Any:
        """Return a value."""
        return _DISTRIBUTIONS[self.distribution](self.fields, source, self.name)

    def choices(self) -> list[Any] | None:
        """Return all values in their order; None when there is no end of them."""
        given = self.fields
        if self.distribution in ("constant", "categorical"):
            return [given["value"]] if self.distribution == "constant" else list(given["values"])
        if self.distribution == "int_uniform":
            return list(range(given["min"], given["max"] + 1))
        if self.distribution == "q_uniform":
            step = given["q"]
            first, last = math.ceil(given["min"] / step - _EDGE), math.floor(given["max"] / step + _EDGE)
            return [_rounded(n * step, step) for n in range(first, last + 1)]
        return None


def _share(source: Source, name: str) -> float:
    return min(max(source.suggest_float(name, 0.0, 1.0), _EDGE), 1 - _EDGE)


def _categorical(given: Mapping[str, Any], source: Source, name: str) -> Any:
    values, weights = given["values"], given.get("probabilities")
    if not weights:
        return values[source.suggest_categorical(name, range(len(values)))]
    share, total = _share(source, name), 0.0
    for value, weight in zip(values, weights, strict=True):
        total += weight
        if share < total:
            return value
    return values[-1]


def _uniform(given: Mapping[str, Any], source: Source, name: str) -> float:
    return source.suggest_float(name, given["min"], given["max"])


def _log_uniform(given: Mapping[str, Any], source: Source, name: str) -> float:
    return math.exp(_uniform(given, source, name))


def _log_uniform_values(given: Mapping[str, Any], source: Source, name: str) -> float:
    return source.suggest_float(name, given["min"], given["max"], log=True)


def _normal(given: Mapping[str, Any], source: Source, name: str) -> float:
    return NormalDist(given["mu"], given["sigma"]).inv_cdf(_share(source, name))


def _quantized(inner: Callable[[Mapping[str, Any], Source, str], float]) -> Callable[..., float]:
    def value(given: Mapping[str, Any], source: Source, name: str) -> float:
        step = given["q"]
        return _rounded(round(inner(given, source, name) / step) * step, step)

    return value


def _rounded(value: float, step: float) -> float:
    """Return a multiple of a step without the noise of binary fractions; an int where the step is one."""
    return value if isinstance(step, int) and isinstance(value, int) else float(f"{value:.12g}")


_DISTRIBUTIONS: dict[str, Callable[[Mapping[str, Any], Source, str], Any]] = {
    "constant": lambda given, _, __: given["value"],
    "categorical": _categorical,
    "int_uniform": lambda given, source, name: source.suggest_int(name, given["min"], given["max"]),
    "uniform": _uniform,
    "log_uniform": _log_uniform,
    "log_uniform_values": _log_uniform_values,
    "inv_log_uniform": lambda given, source, name: 1 / _log_uniform(given, source, name),
    # The logarithm of 1/x is as evenly spread as that of x.
    "inv_log_uniform_values": _log_uniform_values,
    "normal": _normal,
    "log_normal": lambda given, source, name: math.exp(_normal(given, source, name)),
    "beta": lambda given, source, name: quantile(_share(source, name), given["a"], given["b"]),
}
_DISTRIBUTIONS |= {
    f"q_{name}": _quantized(_DISTRIBUTIONS[name])
    for name in ("uniform", "log_uniform", "log_uniform_values", "normal", "log_normal", "beta")
}

_BOUNDS = ("uniform", "log_uniform", "log_uniform_values", "inv_log_uniform", "inv_log_uniform_values")
_FIELDS: dict[str, dict[str, Any]] = {
    "constant": {},
    "categorical": {},
    "int_uniform": {"min": None, "max": None},
    **{name: {"min": None, "max": None} for name in _BOUNDS},
    "normal": {"mu": 0.0, "sigma": 1.0},
    "log_normal": {"mu": 0.0, "sigma": 1.0},
    "beta": {"a": 1.0, "b": 1.0},
}
_FIELDS |= {name: {**_FIELDS[name[2:]], "q": 1} for name in _DISTRIBUTIONS if name.startswith("q_")}
"""The numbers that each distribution takes; None where they must be given."""


def parse(definition: Mapping[str, Any], path: tuple[str, ...] = ()) -> list[Parameter]:
    """Return the parameters of a definition's ``parameters``, nested ones too.

    Raises SweepError, naming the parameter, for what cannot be one.
    """
    found: list[Parameter] = []
    for key, given in definition.items():
        inner = (*path, str(key))
        if not isinstance(given, Mapping):
            raise _wrong(inner, f"is {given!r}; write {{'value': {given!r}}}")
        if isinstance(given.get("parameters"), Mapping):
            found += parse(given["parameters"], inner)
        else:
            found.append(_parameter(inner, given))
    return found


def _parameter(path: tuple[str, ...], given: Mapping[str, Any]) -> Parameter:
    name = given.get("distribution") or _usual(path, given)
    if name == "categorical_w_probabilities":
        name = "categorical"
    if name not in _FIELDS:
        raise _wrong(path, f"has distribution {name!r}; there are {', '.join(_FIELDS)}")
    if name == "constant":
        if "value" not in given:
            raise _wrong(path, "is constant and has no value")
        return Parameter(path, name, {"value": given["value"]})
    if name == "categorical":
        return Parameter(path, name, _choices(path, given))
    known = {field: _number(path, field, given.get(field, usual)) for field, usual in _FIELDS[name].items()}
    _check(path, name, known)
    _check_names(path, given, known)
    return Parameter(path, name, known)


def _usual(path: tuple[str, ...], given: Mapping[str, Any]) -> str:
    """Return the distribution that is meant where none is named."""
    if "value" in given:
        return "constant"
    if "values" in given:
        return "categorical"
    if "min" in given and "max" in given:
        whole = all(isinstance(given[end], int) for end in ("min", "max"))
        return "int_uniform" if whole else "uniform"
    if "mu" in given or "sigma" in given:
        return "normal"
    raise _wrong(path, f"is {dict(given)!r}; give value, values, min and max, or a distribution")


def _choices(path: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    values, weights = given.get("values"), given.get("probabilities")
    if not isinstance(values, list | tuple) or not values:
        raise _wrong(path, f"has values={values!r}; give a list of at least one")
    _check_names(path, given, ("values", "probabilities"))
    if weights is None:
        return {"values": list(values)}
    if not isinstance(weights, list | tuple):
        raise _wrong(path, f"has probabilities={weights!r}; give a list")
    numbers = [_number(path, "probabilities", weight) for weight in weights]
    if len(numbers) != len(values) or min(numbers) < 0 or not math.isclose(sum(numbers), 1, abs_tol=1e-6):
        raise _wrong(path, f"has probabilities={weights!r}; give one for each value, that add up to 1")
    return {"values": list(values), "probabilities": numbers}


def _check_names(path: tuple[str, ...], given: Mapping[str, Any], known: Any) -> None:
    for field in given:
        if field not in known and field not in ("distribution", "description", "desc"):
            raise _wrong(path, f"has {field!r}, which its distribution does not take")


def _number(path: tuple[str, ...], field: str, value: Any) -> Any:
    # YAML takes 1e-4 for a text.
    try:
        found = float(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if isinstance(found, bool) or not isinstance(found, int | float) or not math.isfinite(found):
        raise _wrong(path, f"has {field}={value!r}; give a number")
    return found


def _check(path: tuple[str, ...], name: str, given: dict[str, Any]) -> None:
    if "min" in given and given["min"] > given["max"]:
        raise _wrong(path, f"has min={given['min']!r} above max={given['max']!r}")
    if name.endswith("log_uniform_values") and given["min"] <= 0:
        raise _wrong(path, f"has min={given['min']!r}; the logarithm needs numbers above 0")
    if name == "int_uniform" and not all(isinstance(given[end], int) for end in ("min", "max")):
        raise _wrong(path, f"has min={given['min']!r} and max={given['max']!r}; int_uniform needs integers")
    for field in ("q", "sigma", "a", "b"):
        if field in given and given[field] <= 0:
            raise _wrong(path, f"has {field}={given[field]!r}; give a number above 0")


def _wrong(path: tuple[str, ...], why: str) -> SweepError:
    return SweepError(f"parameter {'.'.join(path)!r} {why}")


def nested(values: Sequence[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """Return values by their paths as a nested dict."""
    tree: dict[str, Any] = {}
    for path, value in values:
        place = tree
        for part in path[:-1]:
            place = place.setdefault(part, {})
        place[path[-1]] = value
    return tree
