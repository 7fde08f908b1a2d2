// Molecules, drawn by NGL: rotate, zoom, other representations, full screen.
import * as NGL from "ngl/dist/ngl.js";
import { useEffect, useState } from "preact/hooks";
import { rgb, themeTick } from "../lib/colours";
import { full, plural } from "../lib/format";
import type { MoleculeItem } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import { Button, download, Empty } from "../parts/ui";
import type { ItemProps, PanelProps } from "../parts/viewer";
import { damaged } from "./lib/damage";
import { hasWebGL, type Live, useLive3D } from "./lib/live3d";
import { bytesOf } from "./lib/payload";
import { addStyle } from "./lib/style";
import css from "./space.css";

addStyle(css);

const STYLES: readonly (readonly [string, string])[] = [
  ["ball+stick", "ball and stick"],
  ["licorice", "sticks"],
  ["spacefill", "spheres"],
  ["cartoon", "cartoon"],
  ["surface", "surface"],
  ["line", "lines"],
];
/** What NGL calls the formats that it knows under another name. */
const FORMATS: Readonly<Record<string, string>> = { mmcif: "mmcif", mcif: "mmcif", sd: "sdf" };
/** Ångström from the origin that a molecule can be drawn at. */
const FARTHEST = 1e7;
/** From here on a cartoon says more than atoms do. */
const LARGE = 400;

interface Drawn extends Live {
  readonly stage: NGL.Stage;
  readonly component: NGL.StructureComponent;
  /** Show the whole molecule, after as many milliseconds. */
  readonly fit: (ms: number) => void;
  readonly atoms: number;
  readonly bonds: number;
  /** Elements with their counts, in Hill's order; empty where there are many atoms. */
  readonly formula: readonly (readonly [string, number])[];
  /** What it is drawn as. */
  style: string;
}

function Panel(props: PanelProps) {
  return <MediaPanel<MoleculeItem> {...props} noun="molecule" Item={Item} most={6} />;
}

function Item({ run, item }: ItemProps<MoleculeItem>) {
  const [style, setStyle] = useState("");
  const theme = themeTick.value;
  const { box, now, still, error } = useLive3D<Drawn>(
    async (element) => open(element, await bytesOf(run, item.payload), item, style),
    [run.parts.join(), item.payload],
  );
  const chosen = style || first(now?.atoms ?? 0);
  useEffect(() => {
    if (!now || now.style === chosen) return;
    // NGL throws when it is asked while it still builds what it was asked before.
    let timer = 0;
    const attempt = (left: number): void => {
      if (!represent(now, chosen) && left) timer = window.setTimeout(attempt, 100, left - 1);
    };
    attempt(50);
    return () => clearTimeout(timer);
  }, [now, chosen]);
  useEffect(() => {
    now?.stage.setParameters({ backgroundColor: colour(rgb("var(--tint-1)")) });
  }, [now, theme]);
  return (
    <div class="space">
      <div
        class="stage"
        ref={box}
        tabIndex={0}
        role="application"
        aria-label={`${item.caption || "Molecule"}: drag to rotate, wheel to zoom`}
        onKeyDown={(event) => {
          if (event.key.toLowerCase() === "r") now?.fit(200);
        }}
      >
        {!now && !error && (still ? <img src={still} alt="" /> : <i class="sk" aria-busy="true" />)}
        {error && <Empty title="This molecule cannot be drawn" text={error} />}
        <span class="over">
          <Button kind="xs" icon="reset" label="Reset the view (R)" onClick={() => now?.fit(200)} />
          <Button kind="xs" icon="full" label="Full screen" onClick={() => void box.current?.requestFullscreen()} />
          <Button
            kind="xs"
            icon="download"
            label={`Download ${item.format}`}
            onClick={() =>
              void (async () =>
                download(
                  `${item.caption || "molecule"}.${item.format}`,
                  await bytesOf(run, item.payload),
                  "chemical/x-any",
                ))()
            }
          />
        </span>
      </div>
      <p class="facts">
        <span class="said">
          {now && (
            <>
              <b>{full(now.atoms)}</b> atoms, {full(now.bonds)} bonds
              {now.formula.length > 0 && (
                <>
                  ,{" "}
                  {now.formula.map(([element, count]) => (
                    <>
                      {element}
                      {count > 1 && <sub>{count}</sub>}
                    </>
                  ))}
                </>
              )}
            </>
          )}
        </span>
        <select aria-label="Style" value={chosen} onChange={(event) => setStyle(event.currentTarget.value)}>
          {STYLES.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </p>
    </div>
  );
}

/** The style that a molecule is drawn in until another one is chosen. */
const first = (atoms: number): string => (atoms > LARGE ? "cartoon" : "ball+stick");

/** Draw in another style; false when NGL was not ready for it. */
function represent(drawn: Pick<Drawn, "component" | "atoms" | "style">, style: string): boolean {
  const { component, atoms } = drawn;
  try {
    drawn.style = style;
    component.removeAllRepresentations();
    component.addRepresentation(style, style === "surface" ? { opacity: 0.85, useWorker: false } : {});
    if (style === "cartoon" && atoms > 0) component.addRepresentation("ball+stick", { sele: "hetero and not water" });
    return true;
  } catch {
    drawn.style = "";
    return false;
  }
}

const colour = ([red, green, blue]: readonly number[]): number => (red! << 16) + (green! << 8) + blue!;

function formulaOf(structure: NGL.Structure): [string, number][] {
  if (structure.atomCount > LARGE) return [];
  const counts = new Map<string, number>();
  structure.eachAtom(({ element }) => void counts.set(element, (counts.get(element) ?? 0) + 1));
  // Some formats have names only, which need not be those of elements.
  if ([...counts.keys()].some((element) => !element)) return [];
  const rank = (element: string): string => (counts.has("C") ? { C: "0", H: "1" }[element] : undefined) ?? element;
  return [...counts]
    .map(([element, count]): [string, number] => [element[0] + element.slice(1).toLowerCase(), count])
    .sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
}

async function open(
  element: HTMLElement,
  data: Uint8Array<ArrayBuffer>,
  item: MoleculeItem,
  style: string,
): Promise<Drawn> {
  if (!hasWebGL()) throw new Error("this browser draws nothing in three dimensions (WebGL is off)");
  const place = document.createElement("div");
  place.className = "canvasplace";
  element.prepend(place);
  const stage = new NGL.Stage(place, { tooltip: false, backgroundColor: colour(rgb("var(--tint-1)")) });
  stage.log = () => undefined;
  const dispose = (): void => {
    stage.dispose();
    place.remove();
  };
  try {
    const component = await stage
      .loadFile(new Blob([data]), { ext: FORMATS[item.format] ?? item.format, defaultRepresentation: false })
      .catch((error: unknown) => {
        throw new Error(damaged(item.format, error));
      });
    const structure = component?.structure;
    if (!structure?.atomCount) throw new Error(`nothing in this ${item.format} file could be read as atoms`);
    let lost = 0;
    structure.eachAtom(({ x, y, z }) => {
      lost += Number(![x, y, z].every((part) => Math.abs(part) < FARTHEST));
    });
    if (lost)
      throw new Error(
        `${full(lost)} of ${plural(structure.atomCount, "atom")} in this ${item.format} file have no coordinates`,
      );
    // Nearer than NGL's own distance, which leaves room for what small molecules rarely have around them.
    const near = structure.atomCount > LARGE ? 0.85 : 0.65;
    const fit = (ms: number): void =>
      void stage.animationControls.zoomMove(component.getCenter(), component.getZoom() * near, ms);
    fit(0);
    const shown = { component, atoms: structure.atomCount, style: "" };
    represent(shown, style || first(shown.atoms));
    // Before it is drawn, a still of it would be black.
    await new Promise<void>((done) => stage.tasks.onZeroOnce(done));
    stage.viewer.render();
    return {
      ...shown,
      stage,
      fit,
      bonds: structure.bondCount,
      formula: formulaOf(structure),
      resize: () => stage.handleResize(),
      dispose,
      canvas: () => place.querySelector("canvas"),
    };
  } catch (error) {
    dispose();
    throw error instanceof Error ? error : new Error(String(error));
  }
}

tracklog.viewer("molecule", { Panel, Item });
