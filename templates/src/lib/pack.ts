// Decodes the packed blocks of site_builder/pack.py: bit for bit the columns that Python packed.

const HEADER = 16;
const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

export function base64Bytes(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }).fromBase64;
  if (native) return native.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return through(new DecompressionStream("gzip"), bytes);
}

/** Text for an address: deflated, in letters that an address leaves alone. */
export async function packText(text: string): Promise<string> {
  const bytes = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(text));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Rejects what `packText` did not make. */
export async function unpackText(packed: string): Promise<string> {
  const bytes = base64Bytes(packed.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(await through(new DecompressionStream("deflate-raw"), bytes));
}

async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  // Written by hand: a Blob for each of thousands of small blocks costs more than inflating them.
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const [buffer] = await Promise.all([new Response(stream.readable).arrayBuffer(), written]);
  return new Uint8Array(buffer);
}

/** The columns of an inflated block. */
export function unpack(data: Uint8Array): Float64Array[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columns: Float64Array[] = [];
  let position = 1;
  for (let column = 0; column < data[0]!; column++) {
    const [encoding, exponent, width] = [data[position]!, data[position + 1]!, data[position + 2]!];
    const n = view.getUint32(position + 4, true);
    const first = view.getFloat64(position + 8, true);
    position += HEADER;
    const count = encoding === 0 ? Math.max(n - 1, 0) : n;
    const raw = unshuffle(data.subarray(position, position + count * width), count, width);
    position += count * width;
    columns.push(
      encoding === 0
        ? decimals(raw, n, width, first, POWERS[exponent]!)
        : encoding === 1
          ? new Float64Array(new Float32Array(raw))
          : new Float64Array(raw),
    );
  }
  return columns;
}

/** The bytes of `count` numbers, in the order of every machine that browsers run on. */
function unshuffle(bytes: Uint8Array, count: number, width: number): ArrayBuffer {
  const out = new Uint8Array(count * width);
  for (let byte = 0, at = 0; byte < width; byte++) {
    for (let i = byte; at < (byte + 1) * count; i += width) out[i] = bytes[at++]!;
  }
  return out.buffer;
}

function decimals(raw: ArrayBuffer, n: number, width: number, first: number, power: number): Float64Array {
  if (width === 8) return wideDecimals(new BigInt64Array(raw), n, first, power);
  const deltas = new (width === 1 ? Int8Array : width === 2 ? Int16Array : Int32Array)(raw);
  const out = new Float64Array(n);
  let sum = first;
  for (let i = 0; i < n; i++) {
    if (i > 0) sum += deltas[i - 1]!;
    out[i] = sum / power;
  }
  return out;
}

/** Deltas of up to 2**54 do not fit a double, their sums do. */
function wideDecimals(deltas: BigInt64Array, n: number, first: number, power: number): Float64Array {
  const out = new Float64Array(n);
  let sum = BigInt(first);
  for (let i = 0; i < n; i++) {
    if (i > 0) sum += deltas[i - 1]!;
    out[i] = Number(sum) / power;
  }
  return out;
}
