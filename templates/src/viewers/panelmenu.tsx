// What the menu of a panel holds.
import { useState } from "preact/hooks";
import {
  boardPanels,
  effective,
  movePanel,
  optionsOf,
  type PanelInfo,
  pinned,
  sectionsOf,
  setOptions,
  showTable,
  togglePin,
} from "../lib/panels";
import { split } from "../lib/view";
import { Icon } from "../parts/icons";
import { type Choice, Pick, xs } from "../parts/pick";
import { SmoothChoice } from "../parts/smoothchoice";
import { copy, type MenuItem } from "../parts/ui";
import { param, setParams, shareUrl } from "../route";

const OTHER_X: readonly Choice[] = [
  ["step", "Step"],
  ["rel", "Relative"],
  ["wall", "Wall"],
];

function PanelMenu({ panel, csv, close }: { panel: PanelInfo; csv: (() => void) | undefined; close: () => void }) {
  const how = effective(panel);
  const own = optionsOf(panel.id);
  const line = panel.kind === "line";
  const all: (MenuItem | null | false)[] = [
    { text: "Full screen", icon: "full", key: "F", run: () => setParams({ panel: panel.id }) },
    line && {
      text: "Log y axis",
      icon: "chart",
      key: "L",
      on: how.log,
      run: () => setOptions(panel.id, { log: how.log ? undefined : true }),
    },
    (line || panel.table !== undefined) && {
      text: how.table ? "Show as chart" : "Show as table",
      icon: "table",
      key: "T",
      run: () => showTable(panel),
    },
    {
      text: pinned.value.includes(panel.id) ? "Unpin" : "Pin to top",
      icon: "pin",
      key: "P",
      run: () => togglePin(panel.id),
    },
    {
      text: "Double width",
      icon: "columns",
      on: own.wide ?? false,
      run: () => setOptions(panel.id, { wide: own.wide ? undefined : true }),
    },
    { text: "Move earlier", icon: "left", run: () => shift(panel, -1) },
    { text: "Move later", icon: "right", run: () => shift(panel, 1) },
    null,
    { text: "Copy link", icon: "link", run: () => void copy(shareUrl({ panel: panel.id })) },
    { text: "Copy embed code", icon: "copy", run: () => void copy(frameOf(panel)) },
    csv !== undefined && { text: "Download CSV", icon: "download", run: csv },
  ];
  const items = all.filter((item) => item !== false);
  return (
    <>
      {items.map((item, i) =>
        item === null ? (
          <hr key={i} />
        ) : (
          <button
            type="button"
            key={item.text}
            aria-pressed={item.on}
            onClick={() => {
              close();
              item.run?.();
            }}
          >
            {item.icon && <Icon name={item.icon} />}
            <span class="lab">{item.text}</span>
            {item.key && <span class="kbd">{item.key}</span>}
          </button>
        ),
      )}
      {line && <hr />}
      {line && (
        <div class="form">
          {panel.stream === "history" && (
            <label>
              X{" "}
              <Pick
                value={own.x ?? ""}
                none="as the toolbar"
                choices={[...OTHER_X, ...xs.value.filter(([key]) => key !== panel.key)]}
                onChange={(x) => setOptions(panel.id, { x: x || undefined })}
              />
            </label>
          )}
          <label>
            Smooth{" "}
            <SmoothChoice
              value={own.smoothing}
              none="as the toolbar"
              onChange={(smoothing) => setOptions(panel.id, { smoothing })}
            />
          </label>
          <RangeForm value={own.y} onChange={(y) => setOptions(panel.id, { y })} />
        </div>
      )}
    </>
  );
}

/** Markup that shows a panel alone in another page. */
async function frameOf(panel: PanelInfo): Promise<string> {
  const frame = document.createElement("iframe");
  frame.src = await shareUrl({ embed: panel.id });
  frame.title = panel.title;
  frame.width = "720";
  frame.height = "420";
  frame.loading = "lazy";
  frame.style.border = "0";
  return frame.outerHTML;
}

/** The keyboard's way to drag a card. */
function shift(panel: PanelInfo, by: number): void {
  const section = sectionsOf(boardPanels.value, pinned.value, split(param("order"))).find((other) =>
    other.panels.some(({ id }) => id === panel.id),
  );
  if (!section) return;
  const ids = section.panels.map(({ id }) => id);
  const at = ids.indexOf(panel.id);
  const before = by < 0 ? ids[at - 1] : ids[at + 2];
  if (by < 0 ? at > 0 : at < ids.length - 1) movePanel(panel.id, before ?? "", section.panels);
}

function RangeForm({
  value,
  onChange,
}: {
  value: readonly [number, number] | undefined;
  onChange: (value: readonly [number, number] | undefined) => void;
}) {
  const [low, setLow] = useState(value ? String(value[0]) : "");
  const [high, setHigh] = useState(value ? String(value[1]) : "");
  const give = (a: string, b: string): void => {
    if (!a && !b) onChange(undefined);
    else if (a !== "" && b !== "" && Number(a) < Number(b)) onChange([Number(a), Number(b)]);
  };
  return (
    <div class="pair" role="group" aria-label="Y range">
      <span>Y</span>
      <input
        type="number"
        step="any"
        placeholder="min"
        aria-label="Least y"
        value={low}
        onInput={(event) => {
          setLow(event.currentTarget.value);
          give(event.currentTarget.value, high);
        }}
      />
      <input
        type="number"
        step="any"
        placeholder="max"
        aria-label="Greatest y"
        value={high}
        onInput={(event) => {
          setHigh(event.currentTarget.value);
          give(low, event.currentTarget.value);
        }}
      />
    </div>
  );
}

tracklog.viewer("panelmenu", { PanelMenu });
