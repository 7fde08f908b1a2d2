"""The contract of `model` as TypeScript."""

from __future__ import annotations

import dataclasses
import types
import typing
from pathlib import Path
from typing import Any, Literal

import orjson

from site_builder import artifact_model, items, model

_SCALARS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "unknown"}


def _typescript(annotation: Any) -> str:
    """Translate one field's type."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if origin is Literal:
        return " | ".join(f'"{value}"' for value in arguments)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(_typescript(argument) for argument in arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"readonly [{', '.join(_typescript(argument) for argument in arguments)}]"
    if origin is tuple:
        inner = _typescript(arguments[0])
        return f"readonly ({inner})[]" if " | " in inner or inner.startswith("readonly") else f"readonly {inner}[]"
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        return annotation.__name__
    msg = f"model.py: no TypeScript for the type {annotation!r}"
    raise TypeError(msg)


def _classes(roots: tuple[type, ...]) -> list[type]:
    """Collect the dataclasses that `roots` reach, each once, in the order of this file."""
    reached: set[type] = set()

    def visit(annotation: Any) -> None:
        if dataclasses.is_dataclass(annotation) and isinstance(annotation, type) and annotation not in reached:
            reached.add(annotation)
            for hint in typing.get_type_hints(annotation).values():
                visit(hint)
        for argument in typing.get_args(annotation):
            visit(argument)

    for root in roots:
        visit(root)
    mine = [
        value for value in {**vars(items), **vars(artifact_model), **vars(model)}.values() if isinstance(value, type)
    ]
    return [value for value in mine if value in reached]


def text() -> str:
    """Return the text of ``templates/src/model.ts``."""
    parts = ["// Written by `python -m site_builder.typescript`; the explanations stand there and in items.py.\n"]
    parts += [
        f"export const SCHEMA = {model.SCHEMA};",
        f"export const BLOCK_ROWS = {model.BLOCK_ROWS};",
        f"export const BLOCK_BUCKETS = {model.BLOCK_BUCKETS};",
        f"export const OPEN_ROWS = {model.OPEN_ROWS};",
        f"export const OPEN_BUCKETS = {model.OPEN_BUCKETS};\n",
        f"export type State = {_typescript(model.State)};",
        f"export type Kind = {_typescript(model.Kind)};",
        f"export const MEDIA_KINDS: ReadonlySet<string> = new Set<Kind>({orjson.dumps(model.MEDIA_KINDS).decode()});",
        f"export type Stream = {_typescript(model.Stream)};",
        f"export type AlertLevel = {_typescript(model.AlertLevel)};",
        f"export type Goal = {_typescript(model.Goal)};\n",
    ]
    for class_ in _classes(model.ENTRIES):
        hints = typing.get_type_hints(class_)
        lines = [f"  readonly {field.name}: {_typescript(hints[field.name])};" for field in dataclasses.fields(class_)]
        parts.append(f"export interface {class_.__name__} {{\n" + "\n".join(lines) + "\n}\n")
    return "\n".join(parts)


def main() -> None:
    """Write ``templates/src/model.ts`` of this checkout."""
    target = Path(__file__).resolve().parent.parent / "templates" / "src" / "model.ts"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
