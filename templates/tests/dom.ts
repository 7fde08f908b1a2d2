// As much of a browser as entry.ts and route.ts ask for when they are loaded.
const page = {
  schema: 1,
  site: "s",
  kind: "run",
  path: "demo/runs/x.html",
  root: "../../",
  project: "p/demo",
  run: "r/demo/x",
};
const state = { hash: "" };

Object.assign(globalThis, {
  window: globalThis,
  document: { documentElement: { dataset: {} }, getElementById: () => ({ textContent: JSON.stringify(page) }) },
  location: {
    get hash() {
      return state.hash;
    },
    href: "file:///site/demo/runs/x.html",
  },
  history: {
    state: null,
    replaceState: (_state: unknown, _title: string, hash: string) => {
      state.hash = hash;
    },
  },
});

export function setHash(hash: string): void {
  state.hash = hash;
}
export function hash(): string {
  return state.hash;
}
