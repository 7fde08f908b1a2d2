"""Numbers and values over rows: from batches of lines to typed columns, growing pyramids of levels, and packed blocks in files.

What other rooms need is here; nobody else opens its modules.
"""

from site_builder.series.extremes import NONE
from site_builder.series.pack import gzip, pack, packed, unpack
from site_builder.series.parts import BlockNumbers, Blocks, Entry, Shelf, Store, TextList, gathered, with_head
from site_builder.series.track import Laid, Track

__all__ = [
    "NONE",
    "BlockNumbers",
    "Blocks",
    "Entry",
    "Laid",
    "Shelf",
    "Store",
    "TextList",
    "Track",
    "gathered",
    "gzip",
    "pack",
    "packed",
    "unpack",
    "with_head",
]
