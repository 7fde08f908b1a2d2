import assert from "node:assert/strict";
import { test } from "node:test";
import { editCommand } from "../src/lib/edit";

const run = { id: "a1", name: "first", notes: "", tags: ["old", "kept"] };

test("a change is a command, and none is none", () => {
  assert.equal(editCommand(run, { name: "first", notes: "", tags: ["old", "kept "] }), "");
  assert.equal(
    editCommand(run, { name: "it's", notes: "", tags: ["kept", "new one"] }),
    "tracklog edit --name='it'\\''s' --tag='+new one' --tag=-old -- a1",
  );
});
