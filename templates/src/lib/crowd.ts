// Hundreds of lines in one chart: painted once, in slices, onto a canvas that the chart shows; a line that stands out
// is painted above it.
import { type Canvas, type Options, paint, paintLines } from "./paint";
import { abandon, begin } from "./slices";
import type { Trace } from "./trace";

/** Lines from which on a chart is a crowd. */
export const CROWD = 150;

/** Of lines that do not stand out, while one does. */
const FAR = 0.38;

export class Crowd {
  private readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d")!;
  /** What is painted: traces, scales, size and theme. */
  private made: readonly unknown[] = [];
  private next = 0;
  private traces: readonly Trace[] = [];
  private plain: Options | null = null;
  private place: Canvas | null = null;

  /** `show` is called whenever there is more to see. */
  constructor(private readonly show: () => void) {}

  /** Paint what there is of the lines onto the chart; what is not painted yet follows. */
  draw(canvas: Canvas, traces: readonly Trace[], options: Options, of: readonly unknown[]): void {
    const { width, height } = canvas.context.canvas;
    const wanted = [traces, options.rawBehind, options.yMin, options.yMax, options.logY, width, height, ...of];
    if (wanted.some((part, i) => part !== this.made[i])) {
      this.made = wanted;
      [this.canvas.width, this.canvas.height] = [width, height];
      this.next = 0;
      this.traces = traces;
      this.plain = { ...options, hovered: "" };
      begin(this.slice);
    }
    this.place = { ...canvas, context: this.context };
    const near = traces.filter((trace) => trace.id === options.hovered);
    canvas.context.globalAlpha = near.length ? FAR : 1;
    canvas.context.drawImage(this.canvas, 0, 0);
    canvas.context.globalAlpha = 1;
    if (near.length) paint(canvas, near, options);
  }

  stop(): void {
    abandon(this.slice);
  }

  private readonly slice = (amount: number): boolean => {
    const from = this.next;
    for (let left = amount; left > 0 && this.next < this.traces.length; )
      left -= this.traces[this.next++]!.x.length + 8;
    paintLines(this.place!, this.traces.slice(from, this.next), this.plain!);
    this.show();
    return this.next < this.traces.length;
  };
}
