import assert from "node:assert/strict";
import { test } from "node:test";
import { systemName } from "../src/lib/system";

const said = (key: string): string => Object.values(systemName(key)).join(" | ");

test("system metrics have names and units that people read", () => {
  assert.equal(said("cpu"), "CPU, this process | %");
  assert.equal(said("system.memory_percent"), "Memory, all processes | %");
  assert.equal(said("disk./mnt/data.1.usagePercent"), "Disk /mnt/data.1, used | %");
  assert.equal(said("gpu.0.memoryAllocatedBytes"), "GPU 0 memory, used | bytes");
  assert.equal(said("gpu.process.3.gpu"), "GPU 3, this process, busy | %");
});

test("a metric that nobody named keeps its own name", () => {
  assert.equal(said("tpu.0.queue"), "tpu.0.queue | ");
  assert.equal(said("gpu.0.newest"), "gpu.0.newest | ");
});
