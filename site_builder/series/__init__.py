"""Numbers and values over rows: from lines to typed columns, pyramids of levels, and packed blocks in files.

What other rooms need is here; nobody else opens its modules.
"""

from site_builder.series.columns import Values, clock, from_rows
from site_builder.series.pack import gzip, pack, packed, unpack
from site_builder.series.parts import Blocks, Entry, axis_levels, number_levels, with_head

__all__ = [
    "Blocks",
    "Entry",
    "Values",
    "axis_levels",
    "clock",
    "from_rows",
    "gzip",
    "number_levels",
    "pack",
    "packed",
    "unpack",
    "with_head",
]
