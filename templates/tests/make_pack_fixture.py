"""Write pack_fixture.json: blocks packed by Python and the bits that the page must get from them."""

import base64
import json
import struct
from pathlib import Path

import numpy as np

from site_builder.pack import pack

COLUMNS = [
    [np.arange(5.0), np.array([0.1, 0.25, -0.003]), np.array([])],
    [np.array([1.0, np.nan, np.inf, -np.inf, -0.0])],
    [np.array([np.pi, np.e, 1e-300, 1e300])],
    [np.array([0.0, 100000.0, 3e9, -7e15, 9007199254740991.0, -9007199254740991.0])],
    [np.array([1.7e9 + i / 1e6 for i in range(40)])],
    [np.linspace(0, 1, 300).astype("<f4").astype(float)],
    [np.array([7.0])],
]


def bits(value: float) -> str:
    """Return the hexadecimal digits of a double, NaN as the quiet one."""
    return f"{struct.unpack('<Q', struct.pack('<d', float('nan') if np.isnan(value) else value))[0]:x}"


if __name__ == "__main__":
    cases = [
        {"block": base64.b64encode(pack(columns)).decode(), "columns": [[bits(v) for v in c] for c in columns]}
        for columns in COLUMNS
    ]
    Path(__file__).with_name("pack_fixture.json").write_text(json.dumps(cases) + "\n", encoding="utf-8")
