// Which masks, boxes and classes are drawn above all pictures of the page.

import { number, percent } from "../../lib/format";
import type { ImageItem, RunRow } from "../../model";
import { Icon } from "../../parts/icons";
import { Slider, Switch } from "../../parts/ui";
import { useLoaded } from "../../parts/use";
import { boxesOf, cssOf } from "./layers";
import { shownBoxes } from "./picture";
import {
  bounds,
  choose,
  chosen,
  isOn,
  isShown,
  type Layer,
  labelsOn,
  opacity,
  setBound,
  setLabels,
  setOn,
  setOpacity,
  showClasses,
} from "./settings";

/** Pictures that are counted over. */
const MOST = 200;

export interface Shown {
  readonly run: RunRow;
  readonly item: ImageItem;
}

interface Class {
  readonly id: number;
  readonly label: string;
  readonly colour: string;
  count: number;
}

export function hasOverlays(shown: readonly Shown[]): boolean {
  return shown.some(({ item }) => item.masks.length || item.boxes.length);
}

/** `shown` are the pictures in view. */
export function Overlays({ shown }: { shown: readonly Shown[] }) {
  const some = shown.slice(0, MOST);
  const masks = namesOf(some.flatMap(({ item }) => item.masks));
  const boxes = namesOf(some.flatMap(({ item }) => item.boxes));
  return (
    <div class="overlays">
      {masks.length > 0 && <Masks shown={some} names={masks} />}
      {boxes.length > 0 && <Boxes shown={some} names={boxes} />}
      {!masks.length && !boxes.length && <p class="dim">No masks or boxes here</p>}
    </div>
  );
}

const namesOf = (sets: readonly { readonly name: string }[]): string[] => [...new Set(sets.map((set) => set.name))];

function Sets({ layer, names }: { layer: Layer; names: readonly string[] }) {
  if (names.length < 2) return <p class="dim sets-one cut">{names[0]}</p>;
  const on = chosen(layer, names);
  const pick = (name: string, more: boolean): void =>
    choose(layer, more ? names.filter((other) => (other === name ? !on.includes(name) : on.includes(other))) : [name]);
  return (
    <div class="seg sets" role="group" aria-label={`Sets of ${layer}`} title="Shift-click shows several">
      {names.map((name) => (
        <button
          type="button"
          key={name}
          aria-pressed={on.includes(name)}
          onClick={(event) => pick(name, event.shiftKey)}
        >
          {name}
        </button>
      ))}
      <button type="button" aria-pressed={on.length === names.length} onClick={() => choose(layer, names)}>
        all
      </button>
    </div>
  );
}

function Masks({ shown, names }: { shown: readonly Shown[]; names: readonly string[] }) {
  const classes = new Map<string, Class>();
  let total = 0;
  for (const { item } of shown) {
    const on = chosen(
      "masks",
      item.masks.map((set) => set.name),
    );
    for (const set of item.masks) {
      if (!on.includes(set.name)) continue;
      total += set.width * set.height;
      for (const of of set.classes) add(classes, of, of.count);
    }
  }
  return (
    <>
      <section>
        <header>
          <b>Masks</b>
          <span class="grow" />
          <Switch on={isOn("masks")} text="" title="Masks (M)" onChange={(on) => setOn("masks", on)} />
        </header>
        <Sets layer="masks" names={names} />
        <label class="pair">
          <span>Opacity</span>
          <Slider
            label="Opacity of masks"
            min={0}
            max={1}
            step={0.01}
            value={opacity()}
            text={percent(opacity())}
            width="auto"
            onInput={setOpacity}
          />
          <b>{Math.round(opacity() * 100)}%</b>
        </label>
      </section>
      <section>
        <Classes layer="masks" classes={classes} tell={(count) => percent(total ? count / total : 0)} />
        <p class="dim">Alt-click shows only one. Share of pixels in view.</p>
      </section>
    </>
  );
}

function Boxes({ shown, names }: { shown: readonly Shown[]; names: readonly string[] }) {
  const sets = shown.flatMap(({ run, item }) => {
    const on = chosen(
      "boxes",
      item.boxes.map((set) => set.name),
    );
    return item.boxes.filter((set) => !set.error && on.includes(set.name)).map((set) => ({ run, set }));
  });
  const { value } = useLoaded(
    () => Promise.all(sets.map(({ run, set }) => boxesOf(run, set).catch(() => []))),
    [sets.map(({ run, set }) => run.entry + set.payload).join()],
  );
  const classes = new Map<string, Class>();
  const scores = new Map<string, [number, number]>();
  sets.forEach(({ set }, i) => {
    const left = value?.[i] ? shownBoxes(value[i]!, set) : null;
    for (const of of set.classes)
      add(classes, of, left ? left.filter(([id]) => id === of.id).length : isShown("boxes", of.label) ? of.count : 0);
    for (const { name, min, max } of set.scores)
      scores.set(name, [Math.min(min, scores.get(name)?.[0] ?? min), Math.max(max, scores.get(name)?.[1] ?? max)]);
  });
  return (
    <section>
      <header>
        <b>Boxes</b>
        <span class="grow" />
        <Switch on={isOn("boxes")} text="" title="Boxes (B)" onChange={(on) => setOn("boxes", on)} />
      </header>
      {names.length > 1 && <Sets layer="boxes" names={names} />}
      {[...scores].map(([name, range]) => (
        <ScoreRow key={name} name={name} range={range} alone={scores.size === 1} />
      ))}
      <Classes layer="boxes" classes={classes} tell={(count) => String(count)} />
      <Switch on={labelsOn()} text="Labels and scores" onChange={setLabels} />
    </section>
  );
}

function ScoreRow({
  name,
  range: [least, most],
  alone,
}: {
  name: string;
  range: readonly [number, number];
  alone: boolean;
}) {
  const [low, high] = [Math.min(0, least), least >= 0 && most <= 1 ? 1 : most];
  const all = bounds();
  const bound = all.get(name) ?? all.get("");
  const below = bound?.below ?? false;
  const value = bound?.value ?? low;
  const step = (high - low) / 100 || 1;
  const set = (next: number, under: boolean): void =>
    setBound(name, next === (under ? high : low) ? null : { value: Number(next.toPrecision(6)), below: under });
  return (
    <label class="pair" title={name}>
      <span class="cut">{alone ? "Score" : name}</span>
      <Slider
        label={`Score ${name}`}
        min={low}
        max={high}
        step={step}
        value={value}
        text={`${below ? "at most" : "at least"} ${number(value)}`}
        width="auto"
        onInput={(next) => set(next, below)}
      />
      <button
        type="button"
        class="score"
        title="Switch between at least and at most"
        onClick={() => setBound(name, { value: bound ? value : below ? low : high, below: !below })}
      >
        {below ? "≤" : "≥"} {high === 1 && low === 0 ? value.toFixed(2) : number(value)}
      </button>
    </label>
  );
}

function add(classes: Map<string, Class>, of: { id: number; label: string; colour: string }, count: number): void {
  const found = classes.get(of.label);
  if (found) found.count += count;
  else classes.set(of.label, { id: of.id, label: of.label, colour: of.colour, count });
}

function Classes({
  layer,
  classes,
  tell,
}: {
  layer: Layer;
  classes: ReadonlyMap<string, Class>;
  tell: (count: number) => string;
}) {
  const list = [...classes.values()].sort((a, b) => a.id - b.id);
  const labels = list.map(({ label }) => label);
  const on = labels.filter((label) => isShown(layer, label));
  const toggle = (label: string, alone: boolean): void => {
    if (alone) showClasses(layer, on.length === 1 && on[0] === label ? labels : [label], labels);
    else
      showClasses(
        layer,
        labels.filter((other) => (other === label ? !on.includes(label) : on.includes(other))),
        labels,
      );
  };
  return (
    <>
      {layer === "masks" && (
        <header>
          <b>Classes</b>
          <span class="dim">{on.length === labels.length ? labels.length : `${on.length} of ${labels.length}`}</span>
          <span class="grow" />
          <button type="button" class="link" onClick={() => showClasses(layer, labels, labels)}>
            All
          </button>
          <button type="button" class="link" onClick={() => showClasses(layer, [], labels)}>
            None
          </button>
        </header>
      )}
      <ul class="classes">
        {list.map((of) => (
          <li key={of.label}>
            <button
              type="button"
              aria-pressed={on.includes(of.label)}
              onClick={(event) => toggle(of.label, event.altKey)}
            >
              <Icon name={on.includes(of.label) ? "eye" : "hide"} />
              <i class="tint" style={{ background: cssOf(of) }} />
              <span class="cut">{of.label}</span>
              <span class="n">{tell(of.count)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
