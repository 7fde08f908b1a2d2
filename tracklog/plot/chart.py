"""A chart as it is logged: its table, its preset, and which column goes where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from tracklog.media.base import Media
from tracklog.plot import presets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracklog.media.base import MediaDoor
    from tracklog.media.table import Table

_SECTION = "Custom Chart Tables"


@dataclass(slots=True)
class VegaSpec:
    """Which preset draws a table, and how."""

    spec_name: str
    fields: dict[str, Any]
    """Column of the table for each placeholder ``${field:…}``."""
    string_fields: dict[str, Any] = field(default_factory=dict)
    split_table: bool = False
    """Whether the table gets a section of its own."""
    key: str = ""
    """Under which the chart was logged."""

    @property
    def table_key(self) -> str:
        """Return the key of the table that is logged beside the chart."""
        return f"{_SECTION}/{self.key}_table" if self.split_table else f"{self.key}_table"


class CustomChart(Media):
    """A table that a preset draws. In notebooks it shows itself."""

    LIST_TYPE = "custom-charts"

    def __init__(self, table: Table, spec: VegaSpec, *, keeps_table: bool = True) -> None:
        """`keeps_table`: the table is logged beside the chart, too."""
        self.table, self.spec = table, spec
        self._keeps_table = keeps_table

    def companions(self, key: str) -> dict[str, Any]:
        """Return what is logged beside the chart: its table, as ``<key>_table``."""
        self.spec.key = key
        return {self.spec.table_key: self.table} if self._keeps_table else {}

    def to_record(self, door: MediaDoor) -> dict[str, object]:
        """Return ``custom-chart`` with spec_name, fields, string_fields, table, and the preset if it is a user's own."""
        record: dict[str, object] = {
            "_type": "custom-chart",
            "spec_name": self.spec.spec_name,
            "fields": self.spec.fields,
            "string_fields": self.spec.string_fields,
            "table": self.table.to_record(door),
        }
        own = presets.users(self.spec.spec_name)
        if own is not None:
            record["preset"] = door.put_bytes("presets", own.read_bytes(), "json")
        return record

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002 - IPython's
        preset = presets.find(self.spec.spec_name)
        if preset is None:
            return {"text/plain": f"<chart {self.spec.spec_name}: no such preset>"}
        filled = presets.fill(preset, self.spec.fields, self.spec.string_fields)
        rows = [dict(zip(map(str, self.table.columns), row, strict=False)) for row in self.table.data]
        shown = [{**row, "_run": "this run", "_color": "#0b7a6f"} for row in rows]
        filled["datasets"] = {
            "wandb": orjson.loads(orjson.dumps(shown, default=str, option=orjson.OPT_SERIALIZE_NUMPY))
        }
        mime = "application/vnd.vegalite.v6+json"
        return {mime: filled, "text/plain": f"<chart {self.spec.spec_name} of {len(rows)} rows>"}


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: Mapping[str, Any] | None,
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Return a chart of a table by the name of a preset.

    ``fields`` maps placeholders of the preset to columns, ``string_fields`` to texts. Raises TypeError when `data_table`
    is no `Table`, ValueError when a field names a column that the table has not.
    """
    from tracklog.media.table import Table

    if not isinstance(data_table, Table):
        raise TypeError(f"a chart is made of a tracklog.Table, not of {type(data_table).__name__}")
    fields = fields or {}
    columns = {str(column) for column in data_table.columns}
    for name, column in fields.items():
        if column is not None and str(column) not in columns:
            known = ", ".join(sorted(columns))
            raise ValueError(f"the field {name!r} names the column {column!r}, and the table has {known}")
    spec = VegaSpec(
        str(vega_spec_name),
        {name: None if column is None else str(column) for name, column in fields.items()},
        {name: str(text) for name, text in (string_fields or {}).items() if text is not None},
        split_table,
    )
    return CustomChart(data_table, spec)


def visualize(id: str, value: Table) -> CustomChart:  # noqa: A002 - the argument scripts pass
    """Return a table drawn by a preset whose placeholders have the names of its columns."""
    fields = {str(column): str(column) for column in value.columns}
    return CustomChart(value, VegaSpec(str(id), fields), keeps_table=False)
