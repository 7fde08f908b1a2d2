// Cursor, tooltip, zoom and keys of one chart.
import { otherText, xText, xTitle } from "../lib/axis";
import { cursor, release, tip } from "../lib/cursor";
import { css } from "../lib/palette";
import type { ChartProps, Plot } from "../lib/plot";
import { rowsAt, type Spot, spotsAt, stepped } from "../lib/readout";
import { hovered } from "../lib/view";

const TIP_ROWS = 12;
const SPOTS = 24;
/** CSS pixels from the pointer to a line that counts as meant. */
const NEAR = 24;
/** CSS pixels beyond its end at which a line is still read. */
const SLACK = 6;

export class Crosshair {
  plot: Plot | null = null;
  /** Holds the points on the lines. */
  layer: HTMLElement | null = null;
  /** Holds what is to be added to the labels of x. */
  offset: HTMLElement | null = null;
  frozen = false;
  private pressed: readonly [number, number] = [0, 0];

  constructor(
    private readonly id: string,
    public props: ChartProps,
  ) {}

  /** The run that this chart lights up. */
  private lit = "";

  private get mine(): boolean {
    return cursor.peek()?.source === this.id;
  }

  private spots(plot: Plot, at: number): Spot[] {
    return spotsAt(this.props.traces, at, Math.abs(plot.xAt(SLACK) - plot.xAt(0)));
  }

  showOffset(text: string): void {
    if (this.offset && this.offset.textContent !== text) this.offset.textContent = text;
  }

  leave(): void {
    if (this.lit && hovered.peek() === this.lit) hovered.value = "";
    this.lit = "";
    if (this.mine) release();
  }

  /** Crosshair and points of this chart, wherever the cursor stands. */
  follow(): void {
    const now = cursor.value;
    if (!this.plot) return;
    const at = now && now.kind === this.props.x && this.props.overview === undefined ? now.x : null;
    if (now?.source !== this.id) this.plot.follow(at);
    this.showPoints(this.plot, at);
  }

  private showPoints(plot: Plot, at: number | null): void {
    const { x, y } = this.props.scales;
    const spots =
      at === null || at < x[0] || at > x[1]
        ? []
        : this.spots(plot, at)
            .filter(({ value }) => value >= y[0] && value <= y[1])
            .slice(0, SPOTS);
    this.layer?.replaceChildren(
      ...spots.map(({ trace, value }) => {
        const spot = document.createElement("i");
        const [left, top] = [plot.plotLeft + plot.left(at!), plot.plotTop + plot.topOf(value)];
        spot.style.cssText = `left:${left}px;top:${top}px;--c:${css(trace.look)}`;
        return spot;
      }),
    );
    if (at === null || !spots.length) return;
    const pill = document.createElement("span");
    pill.textContent = xText(this.props.x, at);
    pill.style.left = `${plot.plotLeft + plot.left(at)}px`;
    pill.style.top = `${plot.plotTop + plot.plotHeight + 2}px`;
    this.layer?.append(pill);
  }

  /** The cursor stands at an x value, and at CSS pixels within the plot; null when it left. */
  move(at: number | null, left: number, top: number, byKeys: boolean): void {
    const plot = this.plot;
    if (!plot || this.props.overview !== undefined) return;
    if (at === null) {
      this.leave();
      return;
    }
    const away = ({ value }: Spot): number => Math.abs(plot.topOf(value) - top);
    const spots = this.spots(plot, at).sort((a, b) => away(a) - away(b));
    const first = spots[0];
    const near = first && !byKeys && away(first) < NEAR ? first.trace.id : "";
    hovered.value = this.lit = near.startsWith("group:") ? "" : near;
    cursor.value = { x: at, kind: this.props.x, source: this.id };
    this.tell(plot, at, spots, left, top, byKeys);
  }

  private tell(plot: Plot, at: number, spots: readonly Spot[], left: number, top: number, byKeys: boolean): void {
    const { traces, x } = this.props;
    const rows = rowsAt(traces, spots, at, x);
    if (!rows.length) {
      tip.value = null;
      return;
    }
    const first = spots[0];
    const box = plot.over.getBoundingClientRect();
    const grouped = traces.some((trace) => trace.n);
    const smooth = traces.some((trace) => trace.smooth);
    tip.value = {
      title: xTitle(x, at),
      other: first?.trace.other ? otherText(x, first.trace.other[first.i]!) : "",
      rows: rows.slice(0, TIP_ROWS),
      more: rows.length - Math.min(rows.length, TIP_ROWS),
      foot: ["nearest first", grouped ? "mean, spread, n" : smooth ? "smoothed, raw" : "value, range"],
      left: box.left + left,
      top: box.top + top,
      frozen: this.frozen,
      byKeys,
    };
  }

  key(event: KeyboardEvent): void {
    if (!this.plot || this.props.overview !== undefined || !this.did(event, this.plot)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Do what a key asks for; false where it asks for nothing. */
  private did({ key, shiftKey }: KeyboardEvent, plot: Plot): boolean {
    const { scales, traces, onZoom } = this.props;
    const [a, b] = scales.x;
    const stay = this.mine ? cursor.peek()!.x : a;
    if (key === "ArrowRight" || key === "ArrowLeft") {
      const to = stepped(traces, stay, (key === "ArrowRight" ? 1 : -1) * (shiftKey ? 10 : 1));
      plot.follow(to);
      this.move(to, plot.left(to), plot.plotHeight / 2, true);
    } else if (key === "+" || key === "=") onZoom([stay - (stay - a) / 2, stay + (b - stay) / 2], null);
    else if (key === "-") onZoom([a - (b - a) / 2, b + (b - a) / 2], null);
    else if (key === "0") onZoom(null, null);
    else if (key === "Escape" && (this.frozen || tip.peek())) {
      this.frozen = false;
      release();
    } else return false;
    return true;
  }

  press(event: PointerEvent): void {
    this.pressed = [event.clientX, event.clientY];
  }

  click(event: MouseEvent): void {
    // The end of a drag is no click.
    if (Math.hypot(event.clientX - this.pressed[0], event.clientY - this.pressed[1]) > 3) return;
    this.frozen = !this.frozen;
    if (tip.peek()) tip.value = { ...tip.peek()!, frozen: this.frozen };
  }

  wheel(event: WheelEvent): void {
    if (!this.plot || this.props.overview !== undefined || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const [a, b] = this.props.scales.x;
    const at = this.plot.xAt(event.clientX - this.plot.over.getBoundingClientRect().left);
    const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200)));
    this.props.onZoom([at - (at - a) * factor, at + (b - at) * factor], null);
  }

  touch(event: TouchEvent): void {
    if (!this.plot || event.touches.length !== 1) return;
    const { clientX, clientY } = event.touches[0]!;
    const box = this.plot.over.getBoundingClientRect();
    const left = clientX - box.left;
    if (left < 0 || left > box.width) return;
    const at = this.plot.xAt(left);
    this.plot.follow(at);
    this.move(at, left, clientY - box.top, false);
  }
}
