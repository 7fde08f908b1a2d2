// What travels beside the values, as bytes, text or JSON.
import { payload } from "../../entry";
import { head } from "../../lib/data";
import type { RunRow } from "../../model";

export async function bytesOf(run: RunRow, n: number): Promise<Uint8Array<ArrayBuffer>> {
  return payload(run, await head(run), n);
}

export async function textOf(run: RunRow, n: number): Promise<string> {
  return new TextDecoder().decode(await bytesOf(run, n));
}

export async function jsonOf<T>(run: RunRow, n: number): Promise<T> {
  return JSON.parse(await textOf(run, n)) as T;
}
