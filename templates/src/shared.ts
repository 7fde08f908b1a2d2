// What the viewers, scripts of their own, use of the page. build.mjs reads these lines: a viewer that imports one of these
// modules gets the page's copy, and only what is named here. Modules without state need not be here: they are bundled.
export { h, render } from "preact";
export { Fragment, jsx, jsxs } from "preact/jsx-runtime";
export { useEffect, useLayoutEffect, useMemo, useRef, useState, useCallback } from "preact/hooks";
export { signal, computed, batch } from "@preact/signals";
export { media, payload, single, viewer, page } from "./entry";
export { param, setParams, shareUrl } from "./route";
export { isDark, resolve, rgb, themeTick } from "./lib/colours";
export { cursor, release, tip } from "./lib/cursor";
export { head, index, jsonBlock, uid } from "./lib/data";
export { paused, waiting } from "./lib/live";
export { search } from "./lib/regex";
export { edges, find, lastAt, loggedValues, stepsOf } from "./lib/media";
export { baseline, drawn, groupKeys, groupLook, join, lookOf, mainMetric, split, table } from "./lib/view";
export { Icon } from "./parts/icons";
export { Swatch, nameOf } from "./parts/identity";
export { Card, Legend } from "./parts/panel";
export { useRunHead } from "./parts/runhead";
export { Restored } from "./parts/states";
export { Portal } from "./parts/portal";
export {
  Button,
  CopyButton,
  Empty,
  Menu,
  SearchField,
  Segments,
  Slider,
  Switch,
  Wait,
  copy,
  download,
} from "./parts/ui";
export { useLoaded, useRuns, useSeen, useKeys } from "./parts/use";
export { Broken, Caption, MediaPanel, RUNS, readMedia, useStep } from "./parts/mediapanel";
export { Item, ViewerPanel } from "./parts/viewer";
