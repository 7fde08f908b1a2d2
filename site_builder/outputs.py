"""What a cell of a notebook put out: for each output the richest form that a page can show, and its text."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

import orjson
from markupsafe import Markup

from site_builder.markdown import no_picture

if TYPE_CHECKING:
    from site_builder.items import ImageItem
    from site_builder.markdown import Rich

TEXT = 200_000
"""Characters of a text that are shown."""
FRAME = 10_000_000
"""Characters of a document that is shown in a frame."""
_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_CHARTS = ("application/vnd.plotly.", "application/vnd.vega", "application/vnd.bokehjs", "application/vnd.holoviews")

STYLE = (
    "<style>body{font:13px/1.5 system-ui,sans-serif;margin:4px}table{border:0;border-collapse:collapse}"
    "th,td{padding:2px 8px;text-align:right;border:0;border-bottom:1px solid #8884}</style>"
)
"""What documents of notebooks count on: they are parts of a page, and tables look there as they do here."""

NOTHING = Markup()

Kind = Literal["text", "ansi", "error", "image", "frame", "html", "absent"]


@dataclass(frozen=True, slots=True)
class Output:
    """One output, as its template shows it."""

    kind: Kind
    name: str = ""
    """``stdout`` or ``stderr`` of what was printed, ``result`` of the value of the last expression."""
    text: str = ""
    """Its text, of rich ones the plain form; with the escapes of colours where the kind is ``ansi`` or ``error``."""
    html: Markup = NOTHING
    """Of ``html``: Markdown and formulas, safe to show."""
    note: str = ""
    """A sentence on what is not shown, and why."""
    image: ImageItem | None = None
    frame: int = -1
    """The payload that holds the document of a frame."""


class Door(Protocol):
    """Where the bytes of outputs go (`site_builder.media.Media`)."""

    def image_within(self, path: str, data: bytes) -> ImageItem:
        """Keep an image that stands in a file."""

    def payload(self, data: bytes) -> int:
        """Keep bulk data; return the number by which it is named."""


class Shelf:
    """Makes outputs of one notebook, the file `path`."""

    def __init__(self, path: str, door: Door, rich: Rich) -> None:
        self._path, self._door, self._rich = path, door, rich

    def output(self, raw: Any) -> Output:
        """Return an output of a cell as nbformat 4 has it. Raises whatever damage leads to."""
        kind = raw["output_type"]
        if kind == "stream":
            return self._printed(str(raw.get("name", "stdout")), text_of(raw.get("text")))
        if kind == "error":
            trace = "\n".join(map(str, raw.get("traceback") or ()))
            return _cut(Output("error", text=trace or f"{raw.get('ename')}: {raw.get('evalue')}"))
        data = raw["data"]
        shown = self._shown(data if isinstance(data, dict) else {})
        return shown if kind != "execute_result" else replace(shown, name="result")

    def picture(self, address: str, words: str, attachments: dict[str, Any]) -> Markup:
        """Return a picture of a Markdown text: attached to its cell, or inside of its address; of any other its words."""
        if address.startswith("attachment:"):
            kinds = attachments.get(address.removeprefix("attachment:"))
            encoded = (
                next((kinds[kind] for kind in _IMAGES if kind in kinds), None) if isinstance(kinds, dict) else None
            )
        else:
            encoded = address.partition(";base64,")[2] if address.startswith("data:image/") else None
        image = self._image(encoded)[0] if encoded else None
        return picture(image, words) if image is not None else no_picture(address[:200], words)

    @staticmethod
    def _printed(name: str, text: str) -> Output:
        return _cut(Output("ansi" if "\x1b" in text or "\r" in text or "\b" in text else "text", name=name, text=text))

    def _shown(self, data: dict[str, Any]) -> Output:
        """Show the first form that can be: the order is that of Jupyter's pages."""
        plain = text_of(data.get("text/plain"))[:TEXT]
        notes = [f"a chart ({kind}) that only a notebook draws" for kind in data if kind.startswith(_CHARTS)][:1]
        if _WIDGET in data:
            notes = ["a widget: it lived in the kernel, and a saved notebook has only its words"]
        for kind in (
            *(() if _WIDGET in data else ("text/html",)),
            "text/markdown",
            "text/latex",
            "image/svg+xml",
            *_IMAGES,
        ):
            if kind in data:
                shown, why = self._rich_form(kind, data[kind], plain)
                if shown is not None:
                    return shown
                notes.append(why)
        if "application/javascript" in data:
            script = text_of(data["application/javascript"]).replace("</", "<\\/")
            return self._frame(f"<script>{script}</script>", plain)
        if not plain and "application/json" in data:
            plain = orjson.dumps(data["application/json"], option=orjson.OPT_INDENT_2).decode()
        if notes:
            return Output("absent", text=plain, note=f"Not shown: {notes[0]}.")
        if not plain and data:
            return Output("absent", note=f"Not shown: {', '.join(map(str, data))[:200]}.")
        return self._printed("", text_of(data.get("text/plain")) or plain)

    def _rich_form(self, kind: str, value: Any, plain: str) -> tuple[Output | None, str]:
        """Return an output of one form, or None and why that cannot be."""
        if kind in _IMAGES:
            image, why = self._image(text_of(value))
            return (Output("image", text=plain, image=image), "") if image is not None else (None, why)
        text = text_of(value)
        if kind in ("text/html", "image/svg+xml"):
            if len(text) > FRAME:
                return None, f"a document of {len(text) / 1e6:.1f} MB; up to {FRAME / 1e6:g} MB are shown"
            return self._frame(text if "<html" in text[:500].lower() else STYLE + text, plain), ""
        if len(text) > TEXT:
            return _cut(Output("text", text=text)), ""
        return Output("html", text=plain or text, html=self._rich.render(text)), ""

    def _frame(self, document: str, plain: str) -> Output:
        return Output("frame", text=plain, frame=self._door.payload(document.encode("utf-8", "replace")))

    def _image(self, encoded: str) -> tuple[ImageItem | None, str]:
        try:
            data = base64.b64decode(encoded)
        except (binascii.Error, ValueError):
            return None, "a picture that is damaged: it is no base64"
        image = self._door.image_within(self._path, data)
        return (image, "") if image.src else (None, f"a picture that {image.error}")


def picture(image: ImageItem, words: str) -> Markup:
    """Return the element of a picture; pages of a folder put its address where ``data-nb-media`` stands."""
    return Markup('<img data-nb-media="{}" alt="{}" width="{}" height="{}" loading="lazy">').format(
        image.src, words, image.width, image.height
    )


def text_of(value: Any) -> str:
    """Return a text as notebooks keep it: whole, or as a list of lines."""
    if isinstance(value, list):
        return "".join(map(str, value))
    return value if isinstance(value, str) else "" if value is None else str(value)


def _cut(output: Output) -> Output:
    if len(output.text) <= TEXT:
        return output
    more = len(output.text) - TEXT
    note = f"{more:,} more characters are not shown; the notebook in Files has them."
    return replace(output, text=output.text[:TEXT], note=note)
