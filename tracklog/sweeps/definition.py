"""`sweep`: a definition, checked and kept for agents."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tracklog import names, report
from tracklog.errors import SweepError, warn
from tracklog.settings import check_project, resolve, root_folder
from tracklog.store import sweeps
from tracklog.sweeps import parameters

METHODS = ("grid", "random", "bayes")
GOALS = ("minimize", "maximize")
_USED = ("method", "metric", "parameters", "program", "command", "run_cap", "name", "description", "project", "entity")

Definition = dict[str, Any]


def sweep(
    sweep: Mapping[str, Any] | Callable[[], Mapping[str, Any]] | str | os.PathLike[str],
    entity: str | None = None,
    project: str | None = None,
    prior_runs: list[str] | None = None,
) -> str:
    """Keep the definition of a sweep in the log folder, and return its id (8 characters) for `agent`.

    `sweep` is a dict, a function that returns one, or a YAML file, in wandb's form: ``method`` (``grid``, ``random``,
    ``bayes``), ``metric`` (``name``, ``goal``), ``parameters``; ``program`` and ``command`` for scripts; ``run_cap``.
    Raises SweepError for a definition that cannot be used, OSError when it cannot be read or kept.
    """
    given = _loaded(sweep)
    checked(given)
    _say_unused(given, prior_runs)
    keywords = {"project": project or given.get("project"), "entity": entity or given.get("entity")}
    settings = resolve(keywords, None, {})
    named = settings.project or names.default_project(Path.cwd())
    check_project(named)
    sweep_id = names.generate_id()
    folder = sweeps.create(
        root_folder(settings).absolute(),
        {
            "id": sweep_id,
            "project": named,
            "entity": settings.entity or "",
            "created": dt.datetime.now(dt.timezone.utc).isoformat(timespec="milliseconds"),
            "definition": given,
        },
    )
    if not settings.quiet:
        report.say(f"tracklog: sweep {sweep_id} is kept in {folder}")
    return sweep_id


def _loaded(given: Any) -> Definition:
    found = given() if callable(given) else given
    if isinstance(found, str | os.PathLike):
        import yaml

        found = yaml.safe_load(Path(found).read_text(encoding="utf-8"))
    if not isinstance(found, Mapping):
        msg = (
            f"a sweep is a dict with method and parameters, a function that returns one, or a YAML file; not {found!r}"
        )
        raise SweepError(msg)
    try:
        return dict(json.loads(json.dumps(found, default=_listed, allow_nan=False)))
    except (TypeError, ValueError) as error:
        msg = f"a sweep's definition holds numbers, texts, lists and dicts: {error}"
        raise SweepError(msg) from error


def _listed(value: Any) -> Any:
    """Return what arrays, their numbers and sets hold. Raises TypeError for anything else."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return list(value)
    msg = f"{value!r:.80} is a {type(value).__name__}"
    raise TypeError(msg)


def checked(definition: Definition) -> list[parameters.Parameter]:
    """Return the parameters of a definition. Raises SweepError for a definition that cannot be used."""
    method, cap = definition.get("method"), definition.get("run_cap")
    if method not in METHODS:
        msg = f"a sweep has method={method!r}; choose one of {', '.join(METHODS)}"
        raise SweepError(msg)
    given = definition.get("parameters")
    if not isinstance(given, Mapping) or not given:
        msg = f"a sweep has parameters={given!r}; give a dict such as {{'lr': {{'min': 0.001, 'max': 0.1}}}}"
        raise SweepError(msg)
    if cap is not None and (not isinstance(cap, int) or cap < 1):
        msg = f"a sweep has run_cap={cap!r}; give the number of runs"
        raise SweepError(msg)
    found = parameters.parse(given)
    if method == "grid":
        endless = [parameter.name for parameter in found if parameter.choices() is None]
        if endless:
            msg = f"a grid has no end over {', '.join(endless)}; give values, or choose method 'random'"
            raise SweepError(msg)
    metric_of(definition)
    return found


def metric_of(definition: Definition) -> tuple[str, bool] | None:
    """Return the metric's name and whether more is better; None where none is named.

    Raises SweepError for one that cannot be used, and where a search needs one.
    """
    metric = definition.get("metric")
    if metric is None and definition.get("method") != "bayes":
        return None
    name = metric.get("name") if isinstance(metric, Mapping) else None
    goal = metric.get("goal", "minimize") if isinstance(metric, Mapping) else None
    if not isinstance(name, str) or not name or goal not in GOALS:
        msg = f"a sweep has metric={metric!r}; give {{'name': 'loss', 'goal': 'minimize'}} (or 'maximize')"
        raise SweepError(msg)
    return name, goal == "maximize"


def _say_unused(given: Definition, prior_runs: list[str] | None) -> None:
    if "early_terminate" in given:
        warn("sweep-early-terminate", "early_terminate has no effect: every run of a sweep goes on to its end")
    if prior_runs:
        warn("sweep-prior-runs", "prior_runs has no effect: the search begins without them")
    for key in given.keys() - {*_USED, "early_terminate"}:
        warn(f"sweep-{key}", f"{key!r} of a sweep's definition has no effect")
