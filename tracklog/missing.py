"""What wandb has and tracklog has not: names, arguments and settings, each with what to do instead.

Nothing is accepted in silence: who reaches for one of these is told so, once, in a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import warn

if TYPE_CHECKING:
    from tracklog.settings import Settings

_CALLBACK = "call run.log({...}) from a callback of the framework"

_OF_MODULE = {
    "ArtifactTTL": "leave it out: nothing is ever deleted",
    "EvalTable": "log a tracklog.Table",
    "Graph": "log the model's text, run.log({'model': str(model)})",
    "controller": "start tracklog.agent(sweep_id, function) as often as wanted; the agents share the trials",
    "fastai": _CALLBACK,
    "jupyter": "init() works in notebooks as it does in scripts",
    "sacred": _CALLBACK,
    "viz": "use tracklog.visualize and tracklog.plot",
    "wandb_sdk": "use the public names of tracklog",
    "tensorflow": "use tracklog.keras, or init(sync_tensorboard=True)",
}
_TOGETHER = "log an artifact in each process, or gather the files and log one"
_OF_RUN = {
    "finish_artifact": _TOGETHER,
    "upsert_artifact": _TOGETHER,
}

_ARGUMENTS = {
    "anonymous": "there are no accounts",
    "args": "the arguments are read from the command line",
    "force": "there are no accounts",
    "magic": "log what you want to see by run.log({...})",
}
_OFF = ("never", "false", "False", "0")


def of_module(name: str) -> str | None:
    """Return what to say about a name of wandb's that `tracklog` does not have; None when wandb has none either."""
    return _sentence("tracklog", name, _OF_MODULE)


def of_run(name: str) -> str | None:
    """Return what to say about a name of wandb's runs that ours do not have; None when wandb's have none either."""
    return _sentence("run", name, _OF_RUN)


def _sentence(owner: str, name: str, known: dict[str, str]) -> str | None:
    return f"{owner}.{name} is not there yet; instead: {known[name]}" if name in known else None


def say_settings(settings: Settings) -> None:
    """Say once for each setting or argument of `init` that asks for something which tracklog does not do."""
    known = {name: getattr(settings, name) for name in settings.names()}
    for name, value in (known | settings.extra).items():
        if value is None or value is False or (isinstance(value, str) and value in _OFF):
            continue
        if name in _ARGUMENTS:
            _say(name, value, f"has no effect yet; instead: {_ARGUMENTS[name]}")
        elif name in settings.extra:
            _say(name, value, "has no effect: tracklog does not know this setting, and keeps it with the run")
    if settings.mode in ("online", "shared"):
        _say("mode", settings.mode, "sends nothing anywhere: the run is recorded in files, as in every mode")


def _say(name: str, value: Any, text: str) -> None:
    warn(f"no-effect-{name}", f"{name}={value!r:.80} {text}")
