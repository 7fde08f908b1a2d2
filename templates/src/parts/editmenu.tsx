// What a person would change of a run, as the command that changes it: a page never does.
import { useState } from "preact/hooks";
import { editCommand } from "../lib/edit";
import type { RunRow } from "../model";
import { CopyButton, Menu } from "./ui";

export function EditMenu({ run }: { run: RunRow }) {
  return (
    <Menu label="Edit this run" icon="more" kind="">
      {() => <Form run={run} />}
    </Menu>
  );
}

function Form({ run }: { run: RunRow }) {
  const [name, setName] = useState(run.name);
  const [notes, setNotes] = useState(run.notes);
  const [tags, setTags] = useState(run.tags.join(", "));
  const command = editCommand(run, { name, notes, tags: tags.split(",") });
  const field = (label: string, value: string, set: (text: string) => void) => (
    <label>
      {label} <input type="text" class="input" value={value} onInput={(event) => set(event.currentTarget.value)} />
    </label>
  );
  return (
    <div class="form edit-form">
      {field("Name", name, setName)}
      {field("Notes", notes, setNotes)}
      {field("Tags", tags, setTags)}
      {command ? (
        <div class="command">
          <code class="grow">{command}</code>
          <CopyButton text={command} label="Copy the command" />
        </div>
      ) : (
        <p class="dim">Change something: the command that keeps it appears here.</p>
      )}
    </div>
  );
}
