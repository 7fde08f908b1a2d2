// Heights of many rows of which most are one unit: where a row begins, which row stands at a height.

const CHUNK = 256;

export class Heights {
  private readonly rows: Uint16Array;
  private readonly sums: Float64Array;

  constructor(readonly size: number) {
    this.rows = new Uint16Array(size).fill(1);
    this.sums = new Float64Array(Math.ceil(size / CHUNK));
    for (let i = 0; i < this.sums.length; i++) this.sums[i] = Math.min(CHUNK, size - i * CHUNK);
  }

  set(row: number, units: number): void {
    const now = this.rows[row]!;
    if (now === units) return;
    this.rows[row] = units;
    this.sums[Math.floor(row / CHUNK)]! += units - now;
  }

  get total(): number {
    return this.sums.reduce((sum, value) => sum + value, 0);
  }

  /** Units above a row. */
  above(row: number): number {
    const chunk = Math.floor(row / CHUNK);
    let units = 0;
    for (let i = 0; i < chunk; i++) units += this.sums[i]!;
    for (let i = chunk * CHUNK; i < row; i++) units += this.rows[i]!;
    return units;
  }

  /** The row at a height in units. */
  at(units: number): number {
    let [chunk, left] = [0, Math.max(0, units)];
    while (chunk < this.sums.length - 1 && left >= this.sums[chunk]!) left -= this.sums[chunk++]!;
    let row = chunk * CHUNK;
    while (row < this.size - 1 && left >= this.rows[row]!) left -= this.rows[row++]!;
    return Math.min(row, Math.max(0, this.size - 1));
  }
}
