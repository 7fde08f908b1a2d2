// Navigation at the lower edge of a phone.
import type { ComponentChildren } from "preact";
import { page } from "../entry";
import { href } from "../route";
import { Icon } from "./icons";

export function Bottom({ children, onCharts }: { children?: ComponentChildren; onCharts?: () => void }) {
  const folder = page.value.path.replace(/((runs|artifacts)\/)?[^/]*$/, "");
  const { kind } = page.value;
  return (
    <nav class="bottom narrow" aria-label="Parts of this project">
      {children}
      <a href={href(`${folder}index.html`)} aria-current={kind === "project" ? "page" : undefined} onClick={onCharts}>
        <Icon name="chart" />
        Charts
      </a>
      <a href={href(`${folder}table.html`)} aria-current={kind === "table" ? "page" : undefined}>
        <Icon name="table" />
        Table
      </a>
      {document.querySelector('.top nav a[href*="media.html"]') && (
        <a href={href(`${folder}media.html`)} aria-current={kind === "media" ? "page" : undefined}>
          <Icon name="image" />
          Media
        </a>
      )}
      {document.querySelector('.top nav a[href*="artifacts.html"]') && (
        <a href={href(`${folder}artifacts.html`)} aria-current={kind.startsWith("artifact") ? "page" : undefined}>
          <Icon name="folder" />
          Artifacts
        </a>
      )}
      <a href={href(`${folder}compare.html`)} aria-current={kind === "compare" ? "page" : undefined}>
        <Icon name="swap" />
        Compare
      </a>
    </nav>
  );
}
