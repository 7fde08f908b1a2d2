"""The on-disk format of tracklog: names, records, writing, reading, folding."""
