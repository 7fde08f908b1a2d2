r"""Formulas: TeX to MathML, which every browser draws without a script.

The converter passes on what a formula holds, ``\text{<script>}`` and ``\href{javascript:…}`` included: what comes back is
built anew of elements and attributes that are MathML's own and do nothing.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 10_000
"""Characters of a formula that is converted; a longer one is shown as it is written."""
_ELEMENTS = frozenset(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub "  # noqa: SIM905 - as words they are read at a glance
    "msubsup msup mtable mtd mtext mtr munder munderover none".split()
)
_ATTRIBUTES = frozenset(
    "accent accentunder columnalign columnlines columnspacing depth display displaystyle fence form height largeop "  # noqa: SIM905
    "linethickness lspace mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowlines rowspacing rspace "
    "scriptlevel separator stretchy symmetric voffset width".split()
)
_LARGE = frozenset("∑∏∐⋂\u22c3⨁⨂\u22c1⋀") | {"lim", "max", "min", "sup", "inf", "argmax", "argmin"}
"""Signs that have their limits above and below where a formula is a block of its own."""
_LIMITS = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_PAGED = re.compile(r"\\(?:begin|end)\{(?:equation|gather|gathered|multline)\*?\}")
"""How a formula stands on a page, which is nothing to the formula."""
_ALIGNED = re.compile(r"\\(begin|end)\{(?:align|aligned|alignat|split|eqnarray)\*?\}")


def mathml(tex: str, *, block: bool) -> Markup:
    """Return a formula as MathML, as a block of its own or within a line; its text where it cannot be read."""
    if len(tex) <= LONGEST:
        try:
            from latex2mathml.converter import convert_to_element

            root = _rebuilt(convert_to_element(_readable(tex), display="block" if block else "inline"), block=block)
            return Markup(ET.tostring(root, encoding="unicode", short_empty_elements=False))  # noqa: S704 - rebuilt just here
        except Exception:  # the converter raises whatever it stumbles over, RecursionError included
            pass
    return Markup('<code class="tex">{}</code>').format(tex)


def _readable(tex: str) -> str:
    """Return a formula with those environments alone that the converter knows; it takes others for symbols."""
    return _ALIGNED.sub(r"\\\1{align*}", _PAGED.sub("", tex))


def _rebuilt(element: ET.Element, *, block: bool) -> ET.Element:
    tag = element.tag if element.tag in _ELEMENTS else "mrow"
    if block and tag in _LIMITS and len(element) and _text(element[0].text) in _LARGE:
        tag = _LIMITS[tag]
    made = ET.Element(tag)
    made.attrib |= {name: str(value) for name, value in element.attrib.items() if name in _ATTRIBUTES}
    made.text = _text(element.text)
    for child in element:
        made.append(_rebuilt(child, block=block))
    return made


def _text(text: str | None) -> str | None:
    """Return the characters that the converter names by entities."""
    return text and "".join(_visible(html.unescape(text)))


def _visible(text: str) -> Iterator[str]:
    return (char for char in text if char.isprintable() or char.isspace())
