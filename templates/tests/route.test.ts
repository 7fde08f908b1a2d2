// Before what asks for a page as soon as it is loaded.
import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, href, params, readHash, readLocation, setParams, shareUrl } from "../src/route";
import { hash, setHash } from "./dom";

test("parameters survive the hash, whatever is in them", () => {
  const values = {
    f: 'state!=failed crop>=512 name~"a&b#c"',
    p: "^train/(loss|x)$",
    "o.val/a=b": "log;y=0..1",
    hide: "",
    k: "50% +1",
  };
  assert.deepEqual({ ...decode(encode(values)) }, values);
});

test("both containers have their form of a hash", () => {
  assert.deepEqual(readHash("#a=1&h=x", false), { path: null, query: "a=1&h=x" });
  assert.deepEqual(readHash("#logs", false), { path: null, query: "h=logs" });
  assert.deepEqual(readHash("#/demo/index.html?a=1", true), { path: "demo/index.html", query: "a=1" });
});

test("a malformed escape leads to the first page, and stays as it is in a value", () => {
  assert.deepEqual(readHash("#/demo/%zz.html?a=1", true), { path: null, query: "" });
  assert.deepEqual(readHash("#/%E0%A4%A", true), { path: null, query: "" });
  assert.deepEqual({ ...decode("a=%zz&%=1&b=2") }, { a: "%zz", "%": "1", b: "2" });
});

test("links are relative to the page; copied ones are marked", async () => {
  assert.equal(href("demo/table.html", { sort: "-summary.val/acc" }), "../../demo/table.html#sort=-summary.val/acc");
  assert.equal(href("a~20b/50%.html"), "../../a~20b/50%25.html");
  setHash("#v=1&x=rel");
  await readLocation();
  assert.deepEqual({ ...params.value }, { x: "rel" });
  setParams({ x: undefined, sm: "ema.6" });
  assert.equal(hash(), "#sm=ema.6");
  assert.ok((await shareUrl()).endsWith("#v=1&sm=ema.6"));
});

/** Wait until what was set stands packed in the hash. */
async function packed(): Promise<string> {
  while (!/^#v=.{2}/.test(hash())) await new Promise((done) => setTimeout(done));
  return hash();
}

test("a long query is packed in the hash and in copied links, and comes back", async () => {
  setHash("#x=rel");
  await readLocation();
  const hide = Array.from({ length: 400 }, (_, n) => `run-${n}-Ä,"%&+=#`).join(",");
  setParams({ hide });
  assert.ok(hash().startsWith("#x=rel&hide="), "until it is packed the hash says it in full");
  const short = await packed();
  assert.ok(short.length < 3000 && /^#v=[\w-]+$/.test(short), short);
  for (const link of [short, `#${(await shareUrl()).split("#")[1]}`]) {
    setHash("#");
    await readLocation();
    assert.deepEqual({ ...params.value }, {});
    setHash(link);
    await readLocation();
    assert.deepEqual({ ...params.value }, { x: "rel", hide });
  }
  setHash(`${short}&x=wall&tab=logs`);
  await readLocation();
  assert.deepEqual({ ...params.value }, { x: "wall", hide, tab: "logs" }, "what is said beside it holds");
  setParams({ hide: undefined });
  assert.equal(hash(), "#x=wall&tab=logs");
});

test("a broken packed query is as good as none", async () => {
  for (const broken of ["v=2", "v=!!", "v=AAAA", "v=eJwrz0gtSgUAA", "v=%F0", "v="]) {
    setHash(`#${broken}&x=rel`);
    await readLocation();
    assert.deepEqual({ ...params.value }, { x: "rel" }, broken);
  }
});

test("of two hashes in a row the later one holds, however long unpacking takes", async () => {
  setParams({ hide: "h".repeat(2000) });
  setHash(await packed());
  const first = readLocation();
  setHash("#x=wall");
  await Promise.all([first, readLocation()]);
  assert.deepEqual({ ...params.value }, { x: "wall" });
});
