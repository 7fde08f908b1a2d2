// Meshes and clouds of points, drawn by three: orbit, pan with Ctrl, zoom, reset; sizes and colours of points.
import { useEffect, useRef, useState } from "preact/hooks";
import { full, plural } from "../lib/format";
import type { Object3DItem } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import { Button, download, Empty, Slider } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { cloudOf } from "./lib/cloud";
import { useLive3D } from "./lib/live3d";
import { meshOf } from "./lib/mesh";
import { bytesOf } from "./lib/payload";
import { CATEGORIES, type ColourBy, RAMP } from "./lib/pointcolours";
import type { Scene } from "./lib/scene";
import { addStyle } from "./lib/style";
import css from "./space.css";

addStyle(css);

const TAGS = 60;
const HOW = "drag to orbit, Ctrl and drag to pan, wheel to zoom, R to reset";

function Panel(props: PanelProps) {
  return <MediaPanel<Object3DItem> {...props} noun="object" Item={Item} most={6} />;
}

function Item({ run, item }: ItemProps<Object3DItem>) {
  const [size, setSize] = useState(2);
  const [by, setBy] = useState<ColourBy>(item.colours || "height");
  const tags = useRef<HTMLDivElement>(null);
  const read = (): Promise<Uint8Array<ArrayBuffer>> => bytesOf(run, item.payload);
  const { box, now, still, error } = useLive3D<Scene>(
    async (element) =>
      item.format === "cloud" ? cloudOf(element, await read(), item) : meshOf(element, await read(), item.format),
    [run.parts.join(), item.payload],
  );
  useEffect(() => now?.points?.(size, by), [now, size, by]);
  // Its legend stays while the cloud itself makes room for others.
  const [categories, setCategories] = useState<readonly number[]>([]);
  useEffect(() => void (now?.categories && setCategories(now.categories)), [now]);
  useEffect(() => (now && tags.current ? now.follow(tags.current) : undefined), [now]);
  const isCloud = item.format === "cloud";
  const label = `${item.caption || "Object"} in three dimensions: ${HOW}`;
  return (
    <div class="space">
      <div
        class="stage dark"
        ref={box}
        tabIndex={0}
        role="application"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.key.toLowerCase() === "r") now?.reset();
        }}
      >
        {!now && !error && (still ? <img src={still} alt="" /> : <i class="sk" aria-busy="true" />)}
        {error && <Empty title="This object cannot be drawn" text={error} />}
        <span class="over">
          <Button kind="xs" icon="reset" label="Reset the view (R)" onClick={() => now?.reset()} />
          <Button kind="xs" icon="full" label="Full screen" onClick={() => void box.current?.requestFullscreen()} />
          {!isCloud && (
            <Button
              kind="xs"
              icon="download"
              label={`Download ${item.format}`}
              onClick={() =>
                void read().then((data) => download(`${item.caption || "object"}.${item.format}`, data, "model/any"))
              }
            />
          )}
        </span>
        <div class="tags" ref={tags} aria-hidden="true">
          {now &&
            item.boxes.slice(0, TAGS).map((one, n) => (
              <span key={n} hidden={!one.label && one.score === null}>
                {one.label}
                {one.score !== null ? ` ${one.score.toFixed(2)}` : ""}
              </span>
            ))}
        </div>
      </div>
      <p class="facts">
        <span class="said">{isCloud ? <CloudParts item={item} /> : now && <MeshParts scene={now} item={item} />}</span>
        <span class="how" aria-hidden="true" title={HOW}>
          drag, Ctrl-drag, wheel
        </span>
      </p>
      {isCloud && <Looks {...{ item, size, setSize, by, setBy, categories }} />}
      {now?.left ? <p class="facts amber">{plural(now.left, "part")} without a place left out</p> : null}
      {item.note && <p class="facts amber">{item.note}</p>}
    </div>
  );
}

function CloudParts({ item }: { item: Object3DItem }) {
  return (
    <>
      <b>{full(item.points)}</b> {item.points < item.total ? `of ${full(item.total)} ` : ""}points
      {item.boxes.length ? `, ${full(item.boxes.length)} boxes` : ""}
      {item.arrows.length ? `, ${full(item.arrows.length)} arrows` : ""}
    </>
  );
}

function MeshParts({ scene, item }: { scene: Scene; item: Object3DItem }) {
  return (
    <>
      <b>{full(scene.triangles || scene.vertices || 0)}</b> {sort(scene)}, {item.format}
    </>
  );
}

/** Colours and sizes of a cloud's points, and what the colours mean. */
function Looks({
  item,
  size,
  setSize,
  by,
  setBy,
  categories,
}: {
  item: Object3DItem;
  size: number;
  setSize: (size: number) => void;
  by: ColourBy;
  setBy: (by: ColourBy) => void;
  categories: readonly number[];
}) {
  return (
    <p class="facts">
      <label>
        Colour{" "}
        <select value={by} onChange={(event) => setBy(event.currentTarget.value as ColourBy)}>
          {item.colours && <option value={item.colours}>{item.colours === "rgb" ? "as logged" : "category"}</option>}
          <option value="height">height</option>
          <option value="plain">one colour</option>
        </select>
      </label>
      {by === "height" && (
        <span class="ramp">
          low
          <i style={{ background: `linear-gradient(90deg, ${RAMP.join(",")})` }} />
          high
        </span>
      )}
      <label class="size">
        Size{" "}
        <Slider
          label="Size of points"
          min={1}
          max={8}
          step={0.5}
          value={size}
          text={`${size} pixels`}
          onInput={setSize}
          width="56px"
        />
      </label>
      {by === "category" && categories.length > 0 && (
        <span class="swatches">
          {categories.map((n) => (
            <span key={n}>
              <i style={{ background: CATEGORIES[n % CATEGORIES.length] }} />
              {n}
            </span>
          ))}
        </span>
      )}
    </p>
  );
}

/** What a mesh consists of, by its number. */
const sort = ({ triangles, vertices }: Scene): string =>
  triangles === 1
    ? "triangle"
    : triangles
      ? "triangles"
      : vertices === 1
        ? "vertex without triangles"
        : "vertices without triangles";

tracklog.viewer("object3d", { Panel, Item });
