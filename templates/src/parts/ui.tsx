// Buttons, fields, menus, switches: small parts whose state lives in ARIA attributes.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";
import { Portal } from "./portal";

export function Button({
  icon,
  label,
  text,
  pressed,
  kind = "",
  onClick,
  disabled,
  title,
  expanded,
}: {
  icon?: IconName;
  label?: string;
  text?: ComponentChildren;
  pressed?: boolean;
  kind?: string;
  disabled?: boolean;
  title?: string;
  expanded?: boolean;
  onClick: (event: MouseEvent) => void;
}) {
  return (
    <button
      type="button"
      class={`btn ${kind}${text === undefined ? " sq" : ""}`}
      aria-label={label}
      title={title ?? (text === undefined ? label : undefined)}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onClick}
    >
      {icon && <Icon name={icon} small={text !== undefined} />}
      {text}
    </button>
  );
}

export function Switch({
  on,
  text,
  onChange,
  title,
}: {
  on: boolean;
  text: string;
  title?: string;
  onChange: (on: boolean) => void;
}) {
  return (
    <button type="button" class="switch" role="switch" aria-checked={on} title={title} onClick={() => onChange(!on)}>
      {text}
    </button>
  );
}

export function Segments<T extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <div class="seg" role="group" aria-label={label}>
      {options.map(([id, text]) => (
        <button type="button" key={id} aria-pressed={id === value} onClick={() => onChange(id)}>
          {text}
        </button>
      ))}
    </div>
  );
}

/** A search field; `regex` shows the `.*` toggle. Text is given up 120 ms after the last key. */
export function SearchField({
  label,
  value,
  onInput,
  regex,
  onRegex,
  note,
  warn,
  width,
  inputRef,
  onKey,
}: {
  label: string;
  value: string;
  onInput: (value: string) => void;
  regex?: boolean;
  onRegex?: (on: boolean) => void;
  note?: string;
  warn?: boolean;
  width?: number;
  inputRef?: (element: HTMLInputElement | null) => void;
  onKey?: (event: KeyboardEvent) => void;
}) {
  const timer = useRef(0);
  const give = (text: string): void => {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onInput(text), 120);
  };
  return (
    <label
      class="field"
      style={width ? { width: `${width}px` } : undefined}
      title={note || undefined}
      data-note={note && warn ? "" : undefined}
    >
      <Icon name="search" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        ref={inputRef}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => give(event.currentTarget.value)}
        onKeyDown={onKey}
      />
      {note && <span class="dim note-in">{note}</span>}
      {onRegex && (
        <button
          type="button"
          class="rx"
          aria-pressed={regex ?? false}
          aria-label="Regular expression"
          title="Regular expression"
          onClick={() => onRegex(!regex)}
        >
          .*
        </button>
      )}
    </label>
  );
}

export interface MenuItem {
  readonly text: string;
  readonly icon?: IconName;
  readonly key?: string;
  readonly on?: boolean;
  readonly href?: string;
  readonly run?: () => void;
}

/** A button that opens a list of actions, or whatever `children` makes; null is a rule between actions. */
export function Menu({
  label,
  icon,
  text,
  items,
  children,
  kind = "xs",
  trigger,
}: {
  label: string;
  icon?: IconName;
  text?: ComponentChildren;
  items?: () => readonly (MenuItem | null)[];
  children?: (close: () => void) => ComponentChildren;
  kind?: string;
  /** In place of a button's looks. */
  trigger?: {
    readonly class: string;
    readonly content?: ComponentChildren;
    readonly style?: Record<string, string>;
    readonly dash?: number;
  };
}) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const close = (): void => setOpen(false);
  useEffect(() => {
    if (!open) return;
    const inside = (target: EventTarget | null): boolean =>
      Boolean(button.current?.contains(target as Node) || menu.current?.contains(target as Node));
    const outside = (event: Event): void => void (inside(event.target) || close());
    const leave = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      event.preventDefault();
      close();
      button.current?.focus();
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", leave, true);
    addEventListener("scroll", outside, true);
    addEventListener("resize", close);
    // What it holds may still be on its way.
    const arrange = (): void => {
      const box = menu.current;
      if (!box) return;
      place(box, button.current!);
      if (box.contains(document.activeElement)) return;
      const first = box.querySelector<HTMLElement>("[data-first]");
      (first ?? box.querySelector<HTMLElement>("button, a, input, select"))?.focus({ preventScroll: true });
    };
    arrange();
    const observer = new ResizeObserver(arrange);
    observer.observe(menu.current!);
    return () => {
      observer.disconnect();
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("keydown", leave, true);
      removeEventListener("scroll", outside, true);
      removeEventListener("resize", close);
    };
  }, [open]);
  return (
    <>
      <button
        type="button"
        ref={button}
        class={trigger?.class ?? `btn ${kind}${text === undefined ? " sq" : ""}`}
        style={trigger?.style}
        data-dash={trigger?.dash}
        aria-label={trigger || text === undefined ? label : undefined}
        title={label}
        aria-haspopup={items ? "menu" : "dialog"}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {trigger?.content}
        {icon && <Icon name={icon} small={text !== undefined || kind.includes("xs")} />}
        {text}
      </button>
      {open && (
        <Portal>
          {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a label */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: both roles take keys */}
          <div class="menu" ref={menu} role={items ? "menu" : "dialog"} aria-label={label} onKeyDown={arrows}>
            {items?.().map((item, i) =>
              item === null ? <hr key={i} /> : <Item key={item.text} item={item} close={close} />,
            )}
            {children?.(close)}
          </div>
        </Portal>
      )}
    </>
  );
}

function Item({ item, close }: { item: MenuItem; close: () => void }) {
  const inside = (
    <>
      {item.icon && <Icon name={item.icon} small />}
      {item.text}
      {item.key && <span class="kbd">{item.key}</span>}
      {item.on && (
        <span class="on2">
          <Icon name="check" small />
        </span>
      )}
    </>
  );
  if (item.href)
    return (
      <a role="menuitem" href={item.href}>
        {inside}
      </a>
    );
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the item without this state has the role without it
    <button
      type="button"
      role={item.on === undefined ? "menuitem" : "menuitemcheckbox"}
      aria-checked={item.on}
      onClick={() => {
        close();
        item.run?.();
      }}
    >
      {inside}
    </button>
  );
}

/** Below its button, or above where there is more room; always within the window. */
function place(menu: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + 4 + height < innerHeight - 4 || at.top < height;
  const top = below ? Math.min(at.bottom + 4, innerHeight - height - 4) : at.top - height - 4;
  menu.style.left = `${Math.max(4, Math.min(at.left, document.body.clientWidth - width - 4))}px`;
  menu.style.top = `${Math.max(4, top)}px`;
}

function arrows(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!step || (event.target as HTMLElement).matches("input, select")) return;
  event.preventDefault();
  const items = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button, a")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  items[(at + step + items.length) % items.length]?.focus();
}

/** A native slider under the look of components.css. */
export function Slider({
  label,
  value,
  min,
  max,
  step,
  text,
  onInput,
  ticks,
  width,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  step: number;
  text?: string;
  ticks?: readonly number[];
  width?: string;
  onInput: (value: number) => void;
}) {
  const id = useId();
  const share = max > min ? ((value - min) / (max - min)) * 100 : 0;
  const marks = ticks && ticks.length > 1 && ticks.length <= 200 ? ticks : [];
  return (
    <span class="range" style={{ "--p": `${share}%`, width }}>
      {marks.length > 0 && (
        <svg class="ticks" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          {marks.map((tick) => (
            <line key={tick} x1={tick} x2={tick} y1="2" y2="8" />
          ))}
        </svg>
      )}
      <input
        id={id}
        type="range"
        aria-label={label}
        aria-valuetext={text}
        min={min}
        max={max}
        step={step}
        value={value}
        onInput={(event) => onInput(Number(event.currentTarget.value))}
      />
    </span>
  );
}

export function Empty({
  title,
  text,
  children,
}: {
  title: ComponentChildren;
  text?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <b>{title}</b>
      {text && <p>{text}</p>}
      {children && <div class="acts-row">{children}</div>}
    </div>
  );
}

/** Stands where items will, in the height that the card's kind gives them. */
export function Wait({ items = 1 }: { items?: number }) {
  return (
    <div class="plot wait" aria-busy="true" style={{ "--items": items }}>
      <i class="sk" />
    </div>
  );
}

export async function copy(words: string | Promise<string>): Promise<boolean> {
  const text = await words;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // file:// pages of some browsers have no clipboard: the old way needs a field.
    const field = document.createElement("textarea");
    field.value = text;
    field.style.cssText = "position:fixed;opacity:0";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Says for a moment that it worked. */
export function CopyButton({
  text,
  label,
  kind = "xs",
  icon = "copy",
  caption,
}: {
  text: string | (() => string | Promise<string>);
  label: string;
  kind?: string;
  icon?: IconName;
  caption?: string;
}) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      class={`btn ${kind}${caption ? "" : " sq"}`}
      aria-label={caption ? undefined : label}
      title={label}
      onClick={async () => {
        setDone(await copy(typeof text === "string" ? text : text()));
        setTimeout(() => setDone(false), 1500);
      }}
    >
      <Icon name={done ? "check" : icon} small={Boolean(caption)} />
      {caption && (done ? "Copied" : caption)}
      <span class="sr" role="status">
        {done ? "Copied" : ""}
      </span>
    </button>
  );
}

export function download(name: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
