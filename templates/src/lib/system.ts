// System metrics as people read them: names, units, and which of them are shares of a whole.

export interface SystemName {
  readonly title: string;
  readonly unit: string;
}

const NAMES: Readonly<Record<string, readonly [title: string, unit: string]>> = {
  cpu: ["CPU, this process", "%"],
  "machine.cpu": ["CPU, all processes", "%"],
  "proc.memory.rssMB": ["Memory, this process", "MB"],
  "proc.memory.percent": ["Memory, this process", "%"],
  "proc.memory.availableMB": ["Memory, free", "MB"],
  memory_percent: ["Memory, all processes", "%"],
  "proc.cpu.threads": ["Threads, this process", ""],
  "disk.in": ["Disk, read", "MB"],
  "disk.out": ["Disk, written", "MB"],
  "network.sent": ["Network, sent", "bytes"],
  "network.recv": ["Network, received", "bytes"],
};

const OF_GPU: Readonly<Record<string, readonly [what: string, unit: string]>> = {
  gpu: ["busy", "%"],
  memory: ["memory, busy", "%"],
  memoryAllocated: ["memory, used", "%"],
  memoryAllocatedBytes: ["memory, used", "bytes"],
  temp: ["temperature", "°C"],
  powerWatts: ["power", "W"],
  powerPercent: ["power", "%"],
  enforcedPowerLimitWatts: ["power limit", "W"],
  smClock: ["SM clock", "MHz"],
  memoryClock: ["memory clock", "MHz"],
  graphicsClock: ["graphics clock", "MHz"],
  fanSpeed: ["fan", "%"],
};

/** A metric by the name it was recorded under, without escapes; unknown ones are called as they are. */
export function systemName(key: string): SystemName {
  const name = key.replace(/^system[./]/, "");
  const known = NAMES[name];
  if (known) return { title: known[0], unit: known[1] };
  const disk = /^disk\.(.+)\.usage(Percent|GB)$/.exec(name);
  if (disk) return { title: `Disk ${disk[1]}, used`, unit: disk[2] === "GB" ? "GB" : "%" };
  const gpu = /^gpu\.(process\.)?(\d+)\.(\w+)$/.exec(name);
  const what = gpu && OF_GPU[gpu[3]!];
  if (what) return { title: `GPU ${gpu[2]}${gpu[1] ? ", this process," : ""} ${what[0]}`, unit: what[1] };
  return { title: name, unit: "" };
}
