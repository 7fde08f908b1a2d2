// The specification of a chart beside what it draws: change it, map other columns, take it along as a file.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Portal } from "../../parts/portal";
import { Button, download } from "../../parts/ui";
import { placeholders } from "./fill";
import type { Preset } from "./presets";

export function Editor({
  title,
  name,
  preset,
  mapping,
  columns,
  draw,
  close,
}: {
  title: string;
  name: string;
  preset: Preset;
  mapping: Readonly<Record<string, string>>;
  columns: readonly string[];
  draw: (preset: Preset, mapping: Readonly<Record<string, string>>) => ComponentChildren;
  close: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const original = useMemo(() => JSON.stringify(preset, null, 2), [preset]);
  const [text, setText] = useState(original);
  const [fields, setFields] = useState(mapping);
  useEffect(() => void dialog.current?.showModal(), []);
  const { spec, error } = useMemo(() => parsed(text), [text]);
  // A specification that is being typed is broken most of the time: the last whole one stays in sight.
  const last = useRef<Preset>(preset);
  if (spec) last.current = spec;
  const preview = useMemo(() => draw(last.current, fields), [last.current, fields]);
  return (
    <Portal>
      <dialog class="charteditor" ref={dialog} aria-label={`Edit ${title}`} onClose={close}>
        <header>
          <b>{title}</b>
          <span class="dim">Vega-Lite, {name}</span>
          <span class="grow" />
          <Button
            icon="reset"
            text="Reset"
            onClick={() => {
              setText(original);
              setFields(mapping);
            }}
          />
          <Button
            icon="download"
            text={`${name}.vl.json`}
            label={`Download ${name}.vl.json`}
            disabled={!spec}
            onClick={() => download(`${name}.vl.json`, text, "application/json")}
          />
          <Button icon="close" label="Close" onClick={() => dialog.current?.close()} />
        </header>
        <div class="panes">
          <div class="source">
            <fieldset>
              <legend>Columns</legend>
              {placeholders(last.current, "field").map((field) => (
                <label key={field}>
                  {field}{" "}
                  <select
                    value={fields[field] ?? ""}
                    onChange={(event) => setFields({ ...fields, [field]: event.currentTarget.value })}
                  >
                    <option value="">none</option>
                    {columns.map((column) => (
                      <option key={column} value={column}>
                        {column}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </fieldset>
            <textarea
              aria-label="Specification"
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
            <p class={error ? "state amber" : "state dim"} role="status">
              {error ||
                "A file of this in the folder charts beside the log folder is a preset:" +
                  " plot_table(vega_spec_name=…) draws with it."}
            </p>
          </div>
          <div class="preview" role="group" aria-label="Preview">
            {preview}
          </div>
        </div>
      </dialog>
    </Portal>
  );
}

function parsed(text: string): { spec: Preset | null; error: string } {
  try {
    const spec: unknown = JSON.parse(text);
    return typeof spec === "object" && spec !== null && !Array.isArray(spec)
      ? { spec: spec as Preset, error: "" }
      : { spec: null, error: "a specification is a JSON object" };
  } catch (error) {
    return { spec: null, error: (error as Error).message };
  }
}
