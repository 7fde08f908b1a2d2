import { hash, setHash } from "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, href, params, readHash, readLocation, setParams, shareUrl } from "../src/route";

test("parameters survive the hash, whatever is in them", () => {
  const values = { f: "state!=failed crop>=512 name~\"a&b#c\"", p: "^train/(loss|x)$", "o.val/a=b": "log;y=0..1", hide: "", k: "50% +1" };
  assert.deepEqual({ ...decode(encode(values)) }, values);
});

test("both containers have their form of a hash", () => {
  assert.deepEqual(readHash("#a=1&h=x", false), { path: null, query: "a=1&h=x" });
  assert.deepEqual(readHash("#logs", false), { path: null, query: "h=logs" });
  assert.deepEqual(readHash("#/demo/index.html?a=1", true), { path: "demo/index.html", query: "a=1" });
});

test("links are relative to the page; copied ones are marked", () => {
  assert.equal(href("demo/table.html", { sort: "-summary.val/acc" }), "../../demo/table.html#sort=-summary.val/acc");
  assert.equal(href("a~20b/50%.html"), "../../a~20b/50%25.html");
  setHash("#v=1&x=rel");
  readLocation();
  assert.deepEqual({ ...params.value }, { x: "rel" });
  setParams({ x: undefined, sm: "ema.6" });
  assert.equal(hash(), "#sm=ema.6");
  assert.ok(shareUrl().endsWith("#v=1&sm=ema.6"));
});
