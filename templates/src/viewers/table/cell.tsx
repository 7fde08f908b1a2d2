// One cell: numbers, text, dates, media drawn by their own viewers.
import type { ComponentChildren } from "preact";
import { cell as formatted } from "../../lib/values";
import { lookOf } from "../../lib/view";
import { Swatch } from "../../parts/identity";
import { Item } from "../../parts/viewer";
import { type Column, histogramOf, isMediaCell, isMissing, isoDate, type MediaCell, plain } from "./columns";
import { Bars } from "./dist";

const LONGEST = 300;
/** Items of one cell that are drawn. */
const ITEMS = 4;

export function numberText(column: Column, value: number): string {
  if (column.type === "date") return Number.isNaN(value) ? "–" : isoDate(value, column.zone);
  return formatted(value);
}

export function Cell({ column, row, size }: { column: Column; row: number; size: number }): ComponentChildren {
  if (isMissing(column, row))
    return (
      <i class="none" role="img" aria-label="missing">
        –
      </i>
    );
  if (column.numbers) {
    const value = column.numbers[row]!;
    if (column.type === "bool") return <span class={value ? "yes" : "no"}>{value ? "true" : "false"}</span>;
    const kind = Number.isNaN(value) ? "nan" : Number.isFinite(value) ? undefined : "inf";
    return (
      <span class={kind} title={plain(column, row)}>
        {column.exact?.get(row) ?? numberText(column, value)}
      </span>
    );
  }
  const cell = column.cells![row];
  if (isMediaCell(cell)) return <Media cell={cell} size={size} />;
  const histogram = histogramOf(cell);
  if (histogram)
    return (
      <>
        <Bars dist={{ ...histogram, caption: "" }} />
        <span class="cut dt-bins" title={histogram.text}>
          {histogram.text}
        </span>
      </>
    );
  const text = plain(column, row);
  const run = column.runs?.get(text);
  return (
    <span class="cut" title={text.slice(0, 2000)}>
      {run && (
        <>
          <Swatch look={lookOf(run)} line />{" "}
        </>
      )}
      {text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}
    </span>
  );
}

/** Width over height, within what a cell has room for. */
const shape = ({ width, height }: { width?: number; height?: number }): number =>
  Math.min(3, Math.max(0.25, (Number(width) || 1) / (Number(height) || 1)));

function Media({ cell, size }: { cell: MediaCell; size: number }) {
  return (
    <div class={`dt-media ${cell.kind}`} style={{ "--size": `${size}px` }}>
      {cell.items.slice(0, ITEMS).map((item, n) => (
        <div
          key={n}
          style={
            cell.kind === "image" && "width" in item
              ? { width: `${shape(item as { width?: number; height?: number }) * size}px` }
              : undefined
          }
        >
          {item.error ? (
            <span class="bad cut" title={item.error}>
              ⚠ {item.error}
            </span>
          ) : (
            <Item kind={cell.kind} run={cell.run} item={item} step={cell.step} large={false} />
          )}
        </div>
      ))}
      {cell.items.length > ITEMS && <span class="dim">+{cell.items.length - ITEMS}</span>}
    </div>
  );
}
