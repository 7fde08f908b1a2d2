#!/bin/sh
# isal 1.9.1: on columns of numbers ISA-L's deflate gives more bytes at its highest level than at the two below it, and at its
# lowest more than it was given.
#
# Input: doubles, byte-shuffled (all lowest bytes, all next bytes, …), as Blosc, HDF5's shuffle filter and Zarr hand numbers to a
#   compressor: 8,000 whole numbers that come again every 97 rows, as of steps within an epoch; 8,000 values of a curve
#   with noise.
# Expected: as with zlib and libdeflate a higher level gives no more bytes, and what does not compress is stored, some bytes
#   longer than it was.
# Seen: level 3, the highest, makes the whole numbers a fifth larger than level 1; level 0 makes the curve 9 % larger than it
#   was. Sites are packed by libdeflate (site_builder/series/pack.py), whose levels are in order.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check isal==1.9.1 numpy==2.4.6 deflate==0.9.0
"$place/venv/bin/python" - <<'PYTHON'
import zlib
from importlib.metadata import version

import deflate
import numpy as np
from isal import isal_zlib


def shuffled(values):
    return values.astype(float).view(np.uint8).reshape(-1, 8).T.tobytes()


steps = np.arange(8_000)
curve = np.exp(-steps / 2_000) + np.random.default_rng(0).normal(0, 0.05, len(steps))
inputs = {
    "whole numbers": shuffled(steps * 3 % 97),
    "curve": shuffled(curve),
}
print("isal", version("isal"))
sizes = {}
for name, data in inputs.items():
    sizes[name] = [len(isal_zlib.compress(data, level)) for level in range(4)]
    others = [[len(pack(data, level)) for level in (1, 6)] for pack in (zlib.compress, deflate.zlib_compress)]
    print(name, len(data), "isal 0 to 3:", sizes[name], "zlib 1, 6:", others[0], "libdeflate 1, 6:", others[1])
    assert all(zlib.decompress(isal_zlib.compress(data, level)) == data for level in range(4))
    assert others[0][1] <= others[0][0] and others[1][1] <= others[1][0] < len(data)
assert sizes["whole numbers"][3] > 1.15 * sizes["whole numbers"][1]
assert sizes["curve"][0] > 1.08 * len(inputs["curve"])
PYTHON
