"""What `tracklog edit` changes of a run: words, tags, config and summary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracklog.errors import UsageError
from tracklog.public_api.run import Run
from tracklog.store import encoding, layout

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_NONE = object()


def edit(
    folder: Path,
    *,
    name: str | None,
    notes: str | None,
    tags: Iterable[str],
    config: Iterable[str],
    summary: Iterable[str],
) -> None:
    """Change what is given of a run.

    `tags` are added, those after ``-`` removed; `config` and `summary` are ``key=value``, nested keys joined by dots.
    Raises UsageError for what cannot be read or kept, OSError when nothing can be written.
    """
    run = Run(folder)
    if name is not None:
        run.name = name
    if notes is not None:
        run.notes = notes
    for tag in tags:
        _retag(run.tags, tag)
    for assignment in config:
        _assign(run.config, assignment)
    if summary:
        values = run.summary_metrics
        for assignment in summary:
            _assign(values, assignment)
        run.summary = values
    try:
        run.update()
    except ValueError as error:
        raise UsageError(str(error)) from error


def _retag(tags: list[str], change: str) -> None:
    plain = change.lstrip("+-") if change[:1] in ("+", "-") else change
    if change.startswith("-"):
        if plain not in tags:
            msg = f"there is no tag {plain!r} to remove; there are {', '.join(tags) or 'none'}"
            raise UsageError(msg)
        tags.remove(plain)
    elif plain not in tags:
        tags.append(plain)


def _assign(tree: dict[str, Any], assignment: str) -> None:
    key, equals, text = assignment.partition("=")
    if not equals or not key:
        msg = f"{assignment!r} sets nothing; write key=value"
        raise UsageError(msg)
    *parts, last = layout.split_path(key)
    for part in parts:
        inner = tree.get(part)
        if not layout.is_nesting(inner):
            inner = tree[part] = {}
        tree = inner  # type: ignore[assignment]
    tree[last] = _value(text)


def _value(text: str) -> Any:
    """Return a value as JSON, else as YAML writes it: ``1e-4`` is a number, ``yes`` a bool, ``abc`` a text."""
    import yaml

    found = encoding.read(text, _NONE)
    if found is not _NONE:
        return found
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text
