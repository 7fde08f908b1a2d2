"""What wandb has and tracklog has not: names, arguments and settings, each with what to do instead.

Nothing is accepted in silence: who reaches for one of these is told so, once, in a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import warn

if TYPE_CHECKING:
    from tracklog.settings import Settings

_FILES = "copy the files into the run by run.save('pattern')"
_READ = "read the run folders with pandas, as the README shows, or with `tracklog history` and `tracklog runs`"
_CALLBACK = "call run.log({...}) from a callback of the framework"
_CONFIGS = "start the script once for each configuration, all with the same group"
_PRINT = "use print() or logging; both are recorded"

_OF_BOTH = {
    "link_artifact": _FILES,
    "link_model": _FILES,
    "log_artifact": _FILES,
    "log_model": _FILES,
    "mark_preempting": "resume by init(id=..., resume='allow')",
    "pin_config_keys": "choose the columns in the run table",
    "restore": "open the file in run.dir",
    "unwatch": "nothing is watched",
    "use_artifact": "open the files where they are, and note their path in run.config",
    "use_model": "open the files where they are, and note their path in run.config",
    "watch": "log what you want to see, such as run.log({'gradients/w': tracklog.Histogram(w.grad)})",
}
_OF_MODULE = {
    "AlertLevel": "give the level as a text: 'INFO', 'WARN' or 'ERROR'",
    "Api": _READ,
    "Artifact": _FILES,
    "ArtifactTTL": _FILES,
    "EvalTable": "log a tracklog.Table",
    "Graph": "log the model's text, run.log({'model': str(model)})",
    "InternalApi": _READ,
    "JoinedTable": "log the tables; the page joins them on a column",
    "PublicApi": _READ,
    "agent": _CONFIGS,
    "api": _READ,
    "apis": _READ,
    "catboost": _CALLBACK,
    "controller": _CONFIGS,
    "ensure_configured": "there is nothing to configure",
    "fastai": _CALLBACK,
    "gym": "log videos by tracklog.Video",
    "helper": "load the file, and give its content to init(config=...)",
    "integration": _CALLBACK,
    "keras": _CALLBACK,
    "lightgbm": _CALLBACK,
    "require": "there is nothing to opt into",
    "sacred": _CALLBACK,
    "sdk": "use the public names of tracklog",
    "set_trace": "use breakpoint()",
    "sklearn": "use tracklog.plot.confusion_matrix, roc_curve, pr_curve and log them",
    "sweep": _CONFIGS,
    "teardown": "call finish()",
    "tensorboard": _CALLBACK,
    "termerror": _PRINT,
    "termlog": _PRINT,
    "termsetup": _PRINT,
    "termwarn": _PRINT,
    "util": "use the public names of tracklog",
    "xgboost": _CALLBACK,
}
_OF_RUN = {
    "config_static": "read run.config",
    "display": "open run.url",
    "finish_artifact": _FILES,
    "get_project_url": "open the site that `tracklog build` writes",
    "get_sweep_url": "there are no sweeps",
    "join": "call finish()",
    "log_code": "copy the code into the run by run.save('*.py')",
    "plot_table": "log what tracklog.plot_table(...) returns",
    "status": "read run.name, run.id and run.dir",
    "to_html": "open run.url",
    "upsert_artifact": _FILES,
    "write_logs": _PRINT,
}

_ARGUMENTS = {
    "anonymous": "there are no accounts",
    "args": "the arguments are read from the command line",
    "force": "there are no accounts",
    "magic": "log what you want to see by run.log({...})",
    "monitor_gym": "log videos by tracklog.Video",
    "save_code": "copy the code into the run by run.save('*.py'); the git commit and its diff are recorded anyway",
    "sync_tensorboard": "log to the run beside the SummaryWriter, by run.log({...})",
    "tensorboard": "log to the run beside the SummaryWriter, by run.log({...})",
}
_OFF = ("never", "false", "False", "0")


def of_module(name: str) -> str | None:
    """Return what to say about a name of wandb's that `tracklog` does not have; None when wandb has none either."""
    return _sentence("tracklog", name, _OF_BOTH | _OF_MODULE)


def of_run(name: str) -> str | None:
    """Return what to say about a name of wandb's runs that ours do not have; None when wandb's have none either."""
    return _sentence("run", name, _OF_BOTH | _OF_RUN)


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
