// A picture with what is drawn above it. Its own pixels are never read: on file:// that is forbidden.
import { useLayoutEffect, useRef } from "preact/hooks";
import { media } from "../../entry";
import { themeTick } from "../../lib/colours";
import { number } from "../../lib/format";
import type { BoxSet, ImageItem, MaskSet, RunRow } from "../../model";
import { useLoaded } from "../../parts/use";
import { type Box, boxesOf, colourOf, cssOf, isLight, maskOf, paint } from "./layers";
import { bounds, chosen, isOn, isShown, labelsOn, opacity, passes } from "./settings";

/** Boxes of a set that are drawn at once. */
const MOST = 600;
/** Longest side of a painted mask. */
const SMALL = 640;
const LARGE = 2048;

export interface PictureProps {
  readonly run: RunRow;
  readonly item: ImageItem;
  /** At full size. */
  readonly large?: boolean;
  readonly alt: string;
}

/** Fits its box, which must have a size. */
export function Picture({ run, item, large, alt }: PictureProps) {
  const src = large ? media(item.src) || media(item.thumb) : media(item.thumb || item.src);
  const names = (sets: readonly { readonly name: string }[]): string[] => sets.map((set) => set.name);
  const masks = isOn("masks") ? chosen("masks", names(item.masks)) : [];
  const boxes = isOn("boxes") ? chosen("boxes", names(item.boxes)) : [];
  return (
    <span class="pic" style={{ "--r": (item.width || 4) / (item.height || 3) }}>
      <img
        src={src}
        alt={alt}
        loading="lazy"
        decoding="async"
        draggable={false}
        data-small={item.width < (large ? 160 : 128) ? "" : undefined}
      />
      {item.masks.map(
        (set) =>
          masks.includes(set.name) &&
          !set.error && <Mask key={set.name} run={run} set={set} most={large ? LARGE : SMALL} />,
      )}
      {item.boxes.map((set) => boxes.includes(set.name) && !set.error && <Boxes key={set.name} run={run} set={set} />)}
    </span>
  );
}

function Mask({ run, set, most }: { run: RunRow; set: MaskSet; most: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { value, error } = useLoaded(() => maskOf(run, set), [run.entry, run.parts.join(), set.payload]);
  const hidden = set.classes.map((of) => (isShown("masks", of.label) ? "" : of.id)).join();
  const shrink = Math.min(1, most / Math.max(set.width, set.height));
  const theme = themeTick.value;
  useLayoutEffect(() => {
    if (value && canvas.current) paint(canvas.current, value, set, (of) => isShown("masks", of.label));
  }, [value, hidden, theme, most]);
  if (error)
    return (
      <span class="lost" title={error}>
        mask {set.name} left out
      </span>
    );
  return (
    <canvas
      ref={canvas}
      class="mask"
      width={Math.max(1, Math.round(set.width * shrink))}
      height={Math.max(1, Math.round(set.height * shrink))}
      style={{ opacity: opacity() }}
      data-set={set.name}
      aria-busy={!value}
    />
  );
}

export function shownBoxes(boxes: readonly Box[], set: BoxSet): Box[] {
  const all = bounds();
  const labels = new Map(set.classes.map((of) => [of.id, of.label]));
  return boxes.filter(([id, , scores]) => isShown("boxes", labels.get(id) ?? "") && passes(scores, all));
}

function Boxes({ run, set }: { run: RunRow; set: BoxSet }) {
  const { value, error } = useLoaded(() => boxesOf(run, set), [run.entry, run.parts.join(), set.payload]);
  const theme = themeTick.value;
  if (error)
    return (
      <span class="lost" title={error}>
        boxes {set.name} left out
      </span>
    );
  const classes = new Map(set.classes.map((of) => [of.id, of]));
  const words = labelsOn();
  return (
    <span class="boxes" aria-hidden="true" data-set={set.name} data-theme-tick={theme} aria-busy={!value}>
      {value &&
        shownBoxes(value, set)
          .slice(0, MOST)
          .map((box, i) => {
            const [id, , , left, top, right, bottom] = box;
            const of = classes.get(id) ?? { id, label: "", colour: "", count: 0 };
            return (
              <i
                key={i}
                class="bbox"
                data-low={top < 0.06 ? "" : undefined}
                data-end={left > 0.75 ? "" : undefined}
                data-light={isLight(colourOf(of)) ? "" : undefined}
                title={longLabel(box, of.label)}
                style={{
                  left: `${left * 100}%`,
                  top: `${top * 100}%`,
                  width: `${(right - left) * 100}%`,
                  height: `${(bottom - top) * 100}%`,
                  "--c": cssOf(of),
                }}
              >
                {words && <b>{shortLabel(box, of.label)}</b>}
              </i>
            );
          })}
    </span>
  );
}

function shortLabel([, caption, scores]: Box, label: string): string {
  const score = Object.values(scores)[0];
  return caption || [label, score?.toFixed(2)].filter(Boolean).join(" ");
}

function longLabel([, caption, scores, , , , , clipped]: Box, label: string): string {
  const said = Object.entries(scores).map(([name, score]) => `${name} ${number(score)}`);
  return [caption, label, ...said, clipped && "reaches beyond the image"].filter(Boolean).join(", ");
}

/** What is to be said of a picture and what lies above it. */
export function notesOf(item: ImageItem): string[] {
  return [item.note, ...[...item.masks, ...item.boxes].flatMap((set) => [set.note, set.error])].filter(Boolean);
}
