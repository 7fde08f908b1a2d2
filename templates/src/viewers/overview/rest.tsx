// What stands below a summary of thousands of values: how many are listed, and what lists more.
import { render } from "preact";
import { full, plural } from "../../lib/format";
import type { RunRow } from "../../model";
import { Button } from "../../parts/ui";
import { append, matching, unlisted } from "./unlisted";

/** Rows that are added at once, and hits that are listed of one search, at most. */
const MORE = 200;

/** The summary of a page that prints some of its values only. */
export class Rest {
  /** Rows of the present search: they go with it. */
  private found: HTMLElement[] = [];
  private query = "";
  run: RunRow | null = null;

  /** `filled` is told of rows that were added. */
  constructor(
    private readonly body: HTMLElement,
    private readonly slot: HTMLElement,
    private readonly filled: () => void,
  ) {}

  /** Lists hits that have no row yet. */
  search(query: string): void {
    this.query = query.toLowerCase();
    this.show();
  }

  /** Say and list what there is now. */
  show(): void {
    if (!this.run) return;
    for (const row of this.found.splice(0)) {
      render(null, row.querySelector(".spark")!);
      const section = row.parentElement!;
      row.remove();
      if (!section.querySelector("tr[data-key]")) section.remove();
    }
    const hits = matching(unlisted(this.body, this.run), this.run, this.query);
    if (this.query) {
      this.found = append(this.body, this.run, hits.slice(0, MORE));
      this.filled();
    }
    this.say(hits.length);
  }

  /** How many values there are, those without a row included. */
  count(): number {
    const rows = this.body.querySelectorAll("tr[data-key]").length;
    return this.run ? rows + unlisted(this.body, this.run).length : rows;
  }

  private more(): void {
    if (!this.run) return;
    append(this.body, this.run, unlisted(this.body, this.run).slice(0, MORE));
    this.filled();
    this.show();
  }

  private say(hits: number): void {
    const left = this.query ? hits - this.found.length : hits;
    const all = this.count();
    render(
      left <= 0 ? null : this.query ? (
        `${full(left)} more hits: type more of the name`
      ) : (
        <>
          <span class="grow">{`${full(all - left)} of ${plural(all, "value")}; the search looks in all of them`}</span>
          <Button kind="line" text={`Show ${full(Math.min(MORE, left))} more`} onClick={() => this.more()} />
        </>
      ),
      this.slot,
    );
  }
}
