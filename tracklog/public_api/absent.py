"""What wandb's `Api` and its runs have and ours have not yet, with what to do instead."""

from __future__ import annotations

_ARTIFACTS = "artifacts are in the log folder: Api().artifact_types(project), Api().artifact(name)"
_INSTEAD = {
    "console_logs": "read the files console-*.jsonl in the run's folder",
    "create_custom_chart": "put the Vega-Lite file into the folder `charts` beside the log folder",
    "create_project": "a project is there with its first run; call init(project=...)",
    "create_run": "call init(project=..., id=...)",
    "download_history_exports": "call run.scan_history() or `tracklog history`",
    "job": "start the script again",
    "registries": _ARTIFACTS,
    "registry": _ARTIFACTS,
    "reports": "open the pages of the site that `tracklog build` writes",
    "run_queue": "start the scripts yourself",
    "stop": "end the process that records it",
    "sweep": "call Api().sweep(run.sweep_name)",
    "sync_tensorboard": "log to a run beside the SummaryWriter",
    "team": "there are no accounts",
    "user": "there are no accounts; read run.user",
    "users": "there are no accounts; read run.user",
}


def sentence(owner: str, name: str) -> str:
    """Return what to say about a name that an object does not have."""
    if name in _INSTEAD:
        return f"{owner}.{name} is not there yet; instead: {_INSTEAD[name]}"
    return f"{owner!r} object has no attribute {name!r}"
