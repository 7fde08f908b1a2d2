// Viewers of media ask runs for their bulk data: an artifact stands in for one.
import type { ArtifactRow, RunRow } from "../../model";

export function asRun(row: ArtifactRow, version: number): RunRow {
  const name = `${row.name}:v${version}`;
  return {
    entry: row.entry,
    parts: row.parts,
    page: row.page,
    id: name,
    name,
    state: "finished",
    created: row.updated,
    duration: 0,
    last_sign: row.updated,
    step: -1,
    rows: 0,
    tags: [],
    notes: "",
    group: "",
    job_type: "",
    host: "",
    user: "",
    commit: "",
    root: row.root,
    damaged: 0,
    lost: 0,
    diverged: [],
    alerts: [],
  };
}
