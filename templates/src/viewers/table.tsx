// Tables.
import type { TableItem } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import type { ItemProps, PanelProps } from "../parts/viewer";

function Panel(props: PanelProps) {
  return <MediaPanel<TableItem> {...props} noun="table" Item={Item} />;
}

function Item({ item }: ItemProps<TableItem>) {
  return <p>{item.rows} rows</p>;
}

tracklog.viewer("table", { Panel, Item });
