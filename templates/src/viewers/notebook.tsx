// The notebooks of a run: the builder wrote them as plain HTML; documents get their frames here, and what is too large
// for the page is loaded when somebody asks for it.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { media } from "../entry";
import type { HtmlItem, RunRow } from "../model";
import { useRunHead } from "../parts/runhead";
import { Button, Empty } from "../parts/ui";
import { Item } from "../parts/viewer";
import { param } from "../route";
import { textOf } from "./lib/payload";
import { addStyle } from "./lib/style";
import syntax from "./lib/syntax.css";
import css from "./notebook.css";

addStyle(syntax + css);

function Page() {
  const { run } = useRunHead();
  const first = useRef<RunRow | null>(null);
  const [rest, setRest] = useState<readonly HTMLElement[]>([]);
  if (run && !first.current) first.current = run;
  useEffect(() => {
    const book = document.querySelector<HTMLElement>("[data-notebooks]");
    if (!run || !book) return;
    const undo = enliven(book, run);
    setRest([...book.querySelectorAll<HTMLElement>("[data-rest]")]);
    toCell(book);
    return undo;
  }, [run === null]);
  useEffect(() => {
    for (const place of rest) render(<Rest run={first.current!} place={place} />, place);
  }, [rest]);
  // What the page names by numbers is that of the build which wrote it.
  if (!run || run.parts.join() === first.current!.parts.join()) return null;
  return (
    <div class="note" role="note">
      <div class="grow">
        <b>This run has gone on since the page was opened</b>
        <p>
          <Button kind="line" text="Show its newest cells" onClick={() => location.reload()} />
        </p>
      </div>
    </div>
  );
}

/** Give pictures of a single file their bytes, and documents their frames when they come near the window. */
function enliven(root: HTMLElement, run: RunRow): () => void {
  for (const picture of root.querySelectorAll<HTMLImageElement>("img[data-nb-media]"))
    picture.src = media(picture.dataset.nbMedia!);
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        frame(target as HTMLElement, run);
      }
    },
    { rootMargin: "300px" },
  );
  const frames = [...root.querySelectorAll<HTMLElement>("[data-payload]")];
  for (const place of frames) observer.observe(place);
  return () => {
    observer.disconnect();
    for (const place of frames) render(null, place);
  };
}

function frame(place: HTMLElement, run: RunRow): void {
  const item: HtmlItem = {
    caption: "output",
    error: "",
    whole: false,
    bytes: 0,
    src: "",
    payload: Number(place.dataset.payload),
    scripts: [],
  };
  place.replaceChildren();
  render(<Item kind="html" run={run} item={item} step={0} large />, place);
}

function Rest({ run, place }: { run: RunRow; place: HTMLElement }) {
  const [text] = useState(() => place.textContent!.replace(/,[^,]*$/, ""));
  const [error, setError] = useState("");
  const load = async (): Promise<void> => {
    // The builder escaped this text; parsing it apart from the document runs nothing in it.
    const parsed = new DOMParser().parseFromString(await textOf(run, Number(place.dataset.rest)), "text/html");
    const cells = document.createElement("div");
    cells.append(...[...parsed.body.childNodes].map((node) => document.importNode(node, true)));
    for (const picture of cells.querySelectorAll<HTMLImageElement>("img[data-nb-media]"))
      picture.src = media(picture.dataset.nbMedia!);
    place.after(cells);
    enliven(cells, run);
    render(null, place);
    place.remove();
  };
  if (error) return <Empty title="The other cells could not be read" text={error} />;
  return <Button kind="line" text={text} onClick={() => void load().catch((e: Error) => setError(e.message))} />;
}

/** `cell=3` is the third cell of the first notebook, `cell=2.3` that of the second one. */
function toCell(book: HTMLElement): void {
  const [cell, number] = (param("cell") ?? "").split(".").reverse();
  if (!/^\d+$/.test(cell ?? "")) return;
  const books = book.querySelectorAll(".nb-book");
  books[Number(number ?? 1) - 1]?.querySelector(`[data-cell="${cell}"]`)?.scrollIntoView();
}

tracklog.viewer("notebook", { Page });
