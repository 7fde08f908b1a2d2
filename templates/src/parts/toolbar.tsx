// What holds for all panels: search, x, smoothing, outliers, columns.
import type { ComponentChildren } from "preact";
import { toggleDensity } from "../lib/colours";
import { plural } from "../lib/format";
import { shown } from "../lib/keys";
import { isXDefined, type Section } from "../lib/panels";
import { write } from "../lib/smooth";
import {
  clipOutliers,
  columnCount,
  dashes,
  fromZero,
  groupKeys,
  isZoomed,
  logX,
  rawBehind,
  scalars,
  smoothing,
  spreadKind,
  xAxis,
} from "../lib/view";
import { param, reset, setParams } from "../route";
import { part } from "./part";
import { Pick, xs } from "./pick";
import { SmoothChoice } from "./smoothchoice";
import { Restored } from "./states";
import { Button, Menu, SearchField, Segments, Switch } from "./ui";

const Outline = part<{
  readonly sections: readonly Section[];
  readonly close: () => void;
}>("outline", "Outline");

export function Toolbar({
  count,
  note,
  runsButton,
  hasX,
  sections,
}: {
  count: number;
  note: string;
  runsButton?: ComponentChildren;
  hasX: boolean;
  sections: readonly Section[];
}) {
  return (
    <div class="tools" role="toolbar" aria-label="Charts">
      <SearchField
        label={`Search ${plural(count, "panel")}`}
        value={param("p") ?? ""}
        onInput={(p) => setParams({ p: p || undefined })}
        regex={param("pre") !== "0"}
        onRegex={(on) => setParams({ pre: on ? undefined : "0" })}
        note={note}
        warn
        width={212}
      />
      {sections.length > 1 && (
        <Menu label="Sections" icon="runs" kind="">
          {(close) => (
            <div class="outline">
              <Outline sections={sections} close={close} />
            </div>
          )}
        </Menu>
      )}
      {hasX && (
        <span class="wide row">
          <span class="gap" />
          <XAxis />
        </span>
      )}
      <span class="wide row">
        <span class="gap" />
        <Smooth />
        <span class="gap" />
        <Switch
          on={clipOutliers.value}
          text="Clip outliers"
          onChange={(on) => setParams({ clip: on ? "1" : undefined })}
        />
      </span>
      {isZoomed.value && <Button icon="reset" text="Reset zoom" onClick={() => setParams({ zoom: undefined })} />}
      <span class="grow" />
      <Restored />
      <span class="wide row cols-step">
        <Button
          kind="xs"
          icon="minus"
          label="Fewer columns"
          disabled={columnCount.value <= 1}
          onClick={() => setParams({ cols: String(columnCount.value - 1) })}
        />
        <span class="lab">{columnCount.value} col</span>
        <Button
          kind="xs"
          icon="plus"
          label="More columns"
          disabled={columnCount.value >= 6}
          onClick={() => setParams({ cols: String(columnCount.value + 1) })}
        />
      </span>
      <span class="wide">
        <More />
      </span>
      <span class="narrow">
        <Menu label="View" kind="line" text="View">
          {() => (
            <div class="form view-form">
              <XAxis />
              <Smooth />
              <Switch
                on={clipOutliers.value}
                text="Clip outliers"
                onChange={(on) => setParams({ clip: on ? "1" : undefined })}
              />
              <MoreBody />
            </div>
          )}
        </Menu>
      </span>
      {runsButton}
    </div>
  );
}

export function XAxis() {
  const auto = isXDefined.value;
  const x = (auto && param("x")) || (auto ? "auto" : xAxis.value);
  const metric = !["auto", "step", "rel", "wall"].includes(x);
  const first = auto ? "auto" : "step";
  const set = (value: string): void => setParams({ x: value === first ? undefined : value, zoom: undefined });
  return (
    <span class="row">
      <span class="lab">X</span>
      <span class="row seg-with">
        <Segments
          label="X axis"
          value={metric ? "" : x}
          options={[
            ...(auto ? [["auto", "Auto"] as const] : []),
            ["step", "Step"],
            ["rel", "Relative"],
            ["wall", "Wall"],
          ]}
          onChange={set}
        />
        <Pick
          kind="plainselect"
          label="Metric as x axis"
          none="metric"
          value={metric ? x : ""}
          choices={metric && !scalars.value.some(({ key }) => key === x) ? [[x, shown(x)], ...xs.value] : xs.value}
          onChange={(value) => set(value || first)}
        />
      </span>
    </span>
  );
}

export function Smooth() {
  return (
    <span class="row">
      <span class="lab">Smooth</span>
      <SmoothChoice
        value={smoothing.value}
        onChange={(value) => setParams({ sm: (value && write(value)) || undefined })}
      />
    </span>
  );
}

function More() {
  return (
    <Menu label="More settings" icon="more" kind="">
      {() => (
        <div class="form">
          <MoreBody />
        </div>
      )}
    </Menu>
  );
}

function MoreBody() {
  return (
    <>
      <Switch
        on={logX.value}
        text="Log x"
        onChange={(on) => setParams({ logx: on ? "1" : undefined, zoom: undefined })}
      />
      <Switch on={param("logy") === "1"} text="Log y" onChange={(on) => setParams({ logy: on ? "1" : undefined })} />
      <Switch on={fromZero.value} text="Y from zero" onChange={(on) => setParams({ zero: on ? "1" : undefined })} />
      <Switch
        on={rawBehind.value}
        text="Raw behind smoothed"
        onChange={(on) => setParams({ raw: on ? undefined : "0" })}
      />
      <label>
        Dashes{" "}
        <select
          value={dashes.value}
          onChange={(event) =>
            setParams({ dash: event.currentTarget.value === "needed" ? undefined : event.currentTarget.value })
          }
        >
          <option value="needed">as needed</option>
          <option value="always">always</option>
          <option value="never">never</option>
        </select>
      </label>
      {groupKeys.value.length > 0 && (
        <label>
          Band{" "}
          <select
            value={spreadKind.value}
            onChange={(event) =>
              setParams({ band: event.currentTarget.value === "std" ? undefined : event.currentTarget.value })
            }
          >
            <option value="std">std</option>
            <option value="minmax">min and max</option>
            <option value="stderr">standard error</option>
          </select>
        </label>
      )}
      <Button text="Density" kind="line" onClick={toggleDensity} />
      <Button text="Reset view" kind="line" onClick={reset} />
    </>
  );
}
