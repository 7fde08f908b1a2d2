// The `tracklog edit` command for changes of a run.
import type { RunRow } from "../model";

/** A word for the shell: in quotes unless nothing in it means anything to a shell. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The command that makes a run be called, noted and tagged so; empty when it is already. */
export function editCommand(
  run: Pick<RunRow, "id" | "name" | "notes" | "tags">,
  wanted: { readonly name: string; readonly notes: string; readonly tags: readonly string[] },
): string {
  const tags = wanted.tags.map((tag) => tag.trim()).filter(Boolean);
  const changes: string[] = [];
  if (wanted.name !== run.name) changes.push(`--name=${word(wanted.name)}`);
  if (wanted.notes !== run.notes) changes.push(`--notes=${word(wanted.notes)}`);
  for (const tag of tags) if (!run.tags.includes(tag)) changes.push(`--tag=${word(`+${tag}`)}`);
  for (const tag of run.tags) if (!tags.includes(tag)) changes.push(`--tag=${word(`-${tag}`)}`);
  return changes.length ? ["tracklog edit", ...changes, "--", word(run.id)].join(" ") : "";
}
