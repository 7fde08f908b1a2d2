// What the viewers, scripts of their own, use of the page. build.mjs reads these lines: a viewer that imports one of
// these modules gets the page's copy, and only what is named here. Modules without state are bundled instead.

export { batch, computed, signal } from "@preact/signals";
export { h, render } from "preact";
export { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { Fragment, jsx, jsxs } from "preact/jsx-runtime";
export { media, page, payload, single, viewer } from "./entry";
export { isDark, resolve, rgb, themeTick, toggleDensity, toggleTheme } from "./lib/colours";
export { cursor, release, tip } from "./lib/cursor";
export { head, index, jsonBlock, loadSite, site, uid } from "./lib/data";
export { paused, waiting } from "./lib/live";
export { edges, find, lastAt, loggedValues, stepsOf } from "./lib/media";
export { boardPanels } from "./lib/panels";
export { search } from "./lib/regex";
export { baseline, drawn, groupKeys, groupLook, join, lookOf, mainMetric, setEyes, split, table } from "./lib/view";
export { Cards } from "./parts/cards";
export { Icon } from "./parts/icons";
export { nameOf, Swatch } from "./parts/identity";
export { Broken, Caption, MediaPanel, RUNS, readMedia, useStep } from "./parts/mediapanel";
export { Modal } from "./parts/modal";
export { Card, Legend } from "./parts/panel";
export { Portal } from "./parts/portal";
export { useRunHead } from "./parts/runhead";
export { Restored } from "./parts/states";
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
export { href, param, preference, reset, setParams, setPreference, shareUrl } from "./route";
