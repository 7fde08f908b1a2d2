// What the viewers, scripts of their own, use of the page. build.mjs reads these lines: a viewer that imports one of
// these modules gets the page's copy, and only what is named here. Modules without state are bundled instead.

export { batch, computed, effect, signal } from "@preact/signals";
export { h, render } from "preact";
export { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { Fragment, jsx, jsxs } from "preact/jsx-runtime";
export { media, packed, page, payload, single, viewer } from "./entry";
export { isDark, resolve, rgb, themeTick, toggleDensity, toggleTheme } from "./lib/colours";
export { csv, fileName } from "./lib/csv";
export { cursor, release, tip } from "./lib/cursor";
export {
  failure,
  fileBytes,
  fileMarks,
  fileText,
  head,
  index,
  isHere,
  jsonBlock,
  loadSite,
  site,
  uid,
} from "./lib/data";
export { highIsBetter, lowIsBetter } from "./lib/goals";
export { now, paused, waiting } from "./lib/live";
export { edges, find, lastAt, loggedValues, stepsOf } from "./lib/media";
export {
  boardPanels,
  effective,
  movePanel,
  optionsOf,
  pinned,
  sectionsOf,
  setOptions,
  showTable,
  togglePin,
} from "./lib/panels";
export { search } from "./lib/regex";
export { abandon, begin } from "./lib/slices";
export {
  baseline,
  closedGroups,
  common,
  current,
  cycleSort,
  drawn,
  filter,
  filterText,
  firstMetric,
  groupKeys,
  groupLook,
  groups,
  groupText,
  join,
  listed,
  lookOf,
  mainMetric,
  rawBehind,
  scalars,
  setEyes,
  setSort,
  setZoom,
  sortKeys,
  split,
  table,
  toggleEyes,
  toggleGroup,
  zoomOf,
} from "./lib/view";
export { shapeFor, share } from "./parts/cards";
export { Chart } from "./parts/chart";
export { Icon } from "./parts/icons";
export { Diverged, Dot, nameOf, RunName, Swatch } from "./parts/identity";
export { goTo } from "./parts/jump";
export { Broken, Caption, MediaPanel, RUNS, readMedia, useStep } from "./parts/mediapanel";
export { Modal } from "./parts/modal";
export { Card, ChartBody, hintOf, Legend, LinePanel, saveCsv, Title, useChart } from "./parts/panel";
export { Pick, xs } from "./parts/pick";
export { Portal } from "./parts/portal";
export { pageRun, useRunHead } from "./parts/runhead";
export {
  bestRemoval,
  FilterChips,
  FilterForm,
  partsOf,
  RunSearch,
  setParts,
  useFilterPatterns,
} from "./parts/runsearch";
export { PanelView } from "./parts/section";
export { SmoothChoice } from "./parts/smoothchoice";
export { Spark } from "./parts/spark";
export { Loading, NoRuns, Restored, Unready } from "./parts/states";
export { TipHost } from "./parts/tip";
export { Smooth, XAxis } from "./parts/toolbar";
export { TraceTable } from "./parts/tracetable";
export {
  Button,
  CopyButton,
  copy,
  download,
  Empty,
  Menu,
  SearchField,
  Segments,
  Slider,
  Switch,
  Wait,
} from "./parts/ui";
export { useKeys, useLoaded, useRuns, useSeen, useWidth } from "./parts/use";
export { Item, ViewerPanel } from "./parts/viewer";
export { rowHeight, useWindow, VirtualList } from "./parts/virtual";
export { href, param, preference, reset, setParams, setPreference, shareUrl } from "./route";
