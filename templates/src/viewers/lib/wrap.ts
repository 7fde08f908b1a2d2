// Compositions that stand beside each other begin a new row where their place ends.

type Spec = Readonly<Record<string, unknown>>;

/** Pixels of axes and gaps beside a view, what Vega-Lite makes a view wide that says nothing, and the narrowest. */
const [BESIDE, USUAL, LEAST] = [64, 200, 110];
/** Share of the height of a chart that one of several in rows has. */
const SHARE = 0.6;
const MANY = 64;

const isSpec = (value: unknown): value is Spec => typeof value === "object" && value !== null && !Array.isArray(value);

function widthOf(spec: Spec): number {
  return typeof spec.width === "number" ? spec.width : USUAL;
}

/** How many views of a width fit, at least one. */
const fitting = (view: number, width: number): number => Math.max(1, Math.floor(width / (view + BESIDE)));

/** A specification whose facets and views beside each other wrap and fill their place. */
export function wrapped(spec: Spec, rows: readonly object[] | undefined, width: number, height: number): Spec {
  const {
    encoding,
    facet,
    hconcat,
    spec: inner,
  } = spec as {
    encoding?: Spec;
    facet?: Spec;
    hconcat?: readonly Spec[];
    spec?: Spec;
  };
  if (isSpec(encoding) && !encoding.row && (isSpec(encoding.column) || isSpec(encoding.facet))) {
    const { column, facet: own, ...rest } = encoding;
    const field = (own ?? column) as Spec;
    const { columns, ...size } = placed(spec, countOf(rows, field.field), width, height);
    return { ...size, ...spec, encoding: { ...rest, facet: { columns, ...field } } };
  }
  if (isSpec(facet) && isSpec(inner) && !facet.row) {
    const field = (facet.column ?? facet) as Spec;
    const { columns, ...size } = placed(inner, countOf(rows, field.field), width, height);
    return { columns, ...spec, facet: field, spec: { ...size, ...inner } };
  }
  if (Array.isArray(hconcat) && hconcat.reduce((sum, view) => sum + widthOf(view) + BESIDE, 0) > width) {
    const { hconcat: _, ...rest } = spec;
    return { ...rest, concat: hconcat, columns: fitting(Math.max(...hconcat.map(widthOf)), width) };
  }
  return spec;
}

/** How many views stand in a row, and their size where they have none of their own. */
function placed(
  view: Spec,
  count: number,
  width: number,
  height: number,
): { readonly columns: number; readonly width?: number; readonly height?: number } {
  const columns = Math.min(count, fitting("width" in view ? widthOf(view) : LEAST, width));
  if ("width" in view) return { columns };
  return { columns, width: Math.max(LEAST, Math.floor(width / columns) - BESIDE), height: Math.round(height * SHARE) };
}

/** Different values of a field; as many as anybody wants where that is not known. */
function countOf(rows: readonly object[] | undefined, field: unknown): number {
  if (!rows?.length || typeof field !== "string") return MANY;
  return new Set(rows.map((row) => (row as Record<string, unknown>)[field.replace(/\\(.)/g, "$1")])).size;
}

/** A chart of several runs as one for each. */
export function multiples({ layer, mark, encoding, ...rest }: Spec): Spec {
  const view = { ...(layer !== undefined && { layer }), ...(mark !== undefined && { mark }), encoding };
  return { ...rest, facet: { field: "_run", type: "nominal", title: null, sort: null }, spec: view };
}
