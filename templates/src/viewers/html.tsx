// HTML of users, in the shipped frame: it can run, and reach nothing (DESIGN §9).
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import frame from "../../frame.html";
import { page, single } from "../entry";
import { isDark, themeTick } from "../lib/colours";
import type { HtmlItem, RunRow } from "../model";
import { MediaPanel } from "../parts/mediapanel";
import { Empty, Wait } from "../parts/ui";
import { useLoaded } from "../parts/use";
import type { ItemProps, PanelProps } from "../parts/viewer";
import css from "./html.css";
import { textOf } from "./lib/payload";
import { addStyle } from "./lib/style";

addStyle(css);

/** A document may ask for any height; a page has to stay usable. */
const [LEAST, MOST, MOST_LARGE] = [48, 420, 4000];

function Panel(props: PanelProps) {
  return <MediaPanel<HtmlItem> {...props} noun="document" Item={Item} most={6} />;
}

function Item({ run, item, large }: ItemProps<HtmlItem>) {
  const { value, error } = useLoaded(() => documentOf(run, item), [run.parts.join(), item.payload]);
  if (error)
    return (
      <div class="plot">
        <Empty title="This document could not be read" text={error} />
      </div>
    );
  return value === null ? (
    <Wait />
  ) : (
    <Frame html={value} most={large ? MOST_LARGE : MOST} label={item.caption || "document"} />
  );
}

/** The text of a document, after the scripts that it needs. */
async function documentOf(run: RunRow, item: HtmlItem): Promise<string> {
  const [text, ...scripts] = await Promise.all([item.payload, ...item.scripts].map((n) => textOf(run, n)));
  const head = scripts.map((script) => `<script>${script.replaceAll("</script", "<\\/script")}</script>`).join("");
  return head ? `<!doctype html><head>${head}</head>${text!}` : text!;
}

/** Any HTML in the sandboxed frame, as high as it is up to `most` pixels. */
function Frame({ html, most, label }: { html: string; most: number; label: string }) {
  const element = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(160);
  const theme = themeTick.value;
  // Before the frame can have loaded: it says once that it is ready.
  useLayoutEffect(() => {
    const listen = ({ source, data }: MessageEvent): void => {
      if (source !== element.current?.contentWindow || typeof data !== "object" || data === null) return;
      const said = data as { tracklogReady?: unknown; tracklogHeight?: unknown };
      if (said.tracklogReady)
        element.current.contentWindow!.postMessage({ html, scheme: isDark() ? "dark" : "light" }, "*");
      else if (typeof said.tracklogHeight === "number" && Number.isFinite(said.tracklogHeight))
        setHeight(Math.min(most, Math.max(LEAST, said.tracklogHeight)));
    };
    addEventListener("message", listen);
    return () => removeEventListener("message", listen);
  }, [html, most]);
  const where = single ? { srcdoc: frame } : { src: `${page.value.root}frame.html` };
  // Another theme or another document is another frame: it takes one document only.
  return (
    <iframe
      key={`${theme} ${html.length} ${html.slice(0, 200)}`}
      class="userhtml"
      ref={element}
      sandbox="allow-scripts"
      title={label}
      loading="lazy"
      style={{ height: `${height}px` }}
      {...where}
    />
  );
}

tracklog.viewer("html", { Panel, Item });
