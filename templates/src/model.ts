// Written by `python -m site_builder.typescript`; the explanations stand there and in items.py.

export const SCHEMA = 7;
export const BLOCK_ROWS = 16384;
export const BLOCK_BUCKETS = 2048;
export const OPEN_ROWS = 4096;
export const OPEN_BUCKETS = 512;

export type State = "running" | "silent" | "finished" | "failed" | "crashed";
export type Kind = "number" | "bool" | "string" | "histogram" | "image" | "audio" | "video" | "html" | "molecule" | "object3d" | "table" | "plotly" | "vega" | "chart" | "other";
export const MEDIA_KINDS: ReadonlySet<string> = new Set<Kind>(["image","audio","video","html","molecule","object3d"]);
export type Stream = "history" | "system";
export type AlertLevel = "INFO" | "WARN" | "ERROR";
export type Goal = "" | "minimize" | "maximize";

export interface MediaItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
}

export interface ClassCount {
  readonly id: number;
  readonly label: string;
  readonly colour: string;
  readonly count: number;
}

export interface Score {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

export interface MaskSet {
  readonly name: string;
  readonly payload: number;
  readonly width: number;
  readonly height: number;
  readonly classes: readonly ClassCount[];
  readonly error: string;
  readonly note: string;
}

export interface BoxSet {
  readonly name: string;
  readonly payload: number;
  readonly classes: readonly ClassCount[];
  readonly scores: readonly Score[];
  readonly error: string;
  readonly note: string;
}

export interface ImageItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly thumb: string;
  readonly width: number;
  readonly height: number;
  readonly note: string;
  readonly grouping: number;
  readonly masks: readonly MaskSet[];
  readonly boxes: readonly BoxSet[];
}

export interface AudioItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly format: string;
  readonly duration: number;
  readonly sample_rate: number;
  readonly channels: number;
  readonly peaks: readonly number[];
  readonly bands: number;
}

export interface VideoItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly frames: number;
  readonly sheet: string;
  readonly columns: number;
}

export interface HtmlItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly scripts: readonly number[];
}

export interface FigureItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
}

export interface MoleculeItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly format: string;
}

export interface Box3D {
  readonly corners: readonly (readonly [number, number, number])[];
  readonly label: string;
  readonly color: readonly [number, number, number] | null;
  readonly score: number | null;
}

export interface Arrow {
  readonly start: readonly [number, number, number];
  readonly end: readonly [number, number, number];
  readonly color: readonly [number, number, number] | null;
}

export interface Object3DItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly format: "" | "obj" | "glb" | "stl" | "cloud";
  readonly points: number;
  readonly total: number;
  readonly colours: "" | "category" | "rgb";
  readonly center: readonly [number, number, number];
  readonly boxes: readonly Box3D[];
  readonly arrows: readonly Arrow[];
  readonly note: string;
}

export interface ChartItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly preset: string;
}

export interface ChartData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly fields: readonly (readonly [string, string])[];
  readonly strings: readonly (readonly [string, string])[];
  readonly spec: unknown;
  readonly refused: string;
  readonly note: string;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly zone: boolean;
}

export interface TableItem {
  readonly caption: string;
  readonly error: string;
  readonly whole: boolean;
  readonly bytes: number;
  readonly src: string;
  readonly payload: number;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
  readonly blocks: readonly number[];
  readonly note: string;
  readonly cut: boolean;
  readonly increment: number;
}

export interface MediaValue {
  readonly items: readonly MediaItem[];
}

export interface RunFile {
  readonly path: string;
  readonly size: number;
  readonly kind: "text" | "image" | "binary";
  readonly block: number;
  readonly content: string;
  readonly marks: boolean;
  readonly src: string;
  readonly note: string;
}

export interface RunArtifact {
  readonly use: "logged" | "used";
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly digest: string;
  readonly aliases: readonly string[];
  readonly project: string;
}

export interface ArtifactRow {
  readonly entry: string;
  readonly parts: readonly string[];
  readonly page: string;
  readonly name: string;
  readonly type: string;
  readonly digests: readonly string[];
  readonly aliases: readonly string[];
  readonly size: number;
  readonly files: number;
  readonly updated: number;
  readonly root: string;
}

export interface ArtifactFile {
  readonly file: RunFile;
  readonly digest: string;
  readonly ref: string;
  readonly kind: string;
  readonly value: MediaValue | null;
}

export interface ArtifactVersion {
  readonly number: number;
  readonly digest: string;
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly description: string;
  readonly metadata: readonly (readonly [string, string])[];
  readonly created: number;
  readonly size: number;
  readonly files: number;
  readonly listed: number;
  readonly note: string;
  readonly logged: readonly string[];
  readonly elsewhere: readonly string[];
  readonly used: readonly string[];
}

export interface ArtifactHead {
  readonly part_starts: readonly number[];
  readonly payloads: readonly number[];
  readonly name: string;
  readonly type: string;
  readonly versions: readonly ArtifactVersion[];
  readonly damage: readonly string[];
}

export interface ProjectRow {
  readonly project: string;
  readonly page: string;
  readonly runs: number;
  readonly running: number;
  readonly crashed: number;
  readonly failed: number;
  readonly last_sign: number;
}

export interface SiteIndex {
  readonly title: string;
  readonly projects: readonly ProjectRow[];
}

export interface Lost {
  readonly since: number;
  readonly what: "NaN" | "+Inf" | "−Inf" | "NaN or Inf";
  readonly good: number | null;
}

export interface Alert {
  readonly title: string;
  readonly text: string;
  readonly level: "INFO" | "WARN" | "ERROR";
  readonly timestamp: number;
}

export interface RunRow {
  readonly entry: string;
  readonly parts: readonly string[];
  readonly page: string;
  readonly id: string;
  readonly name: string;
  readonly state: "running" | "silent" | "finished" | "failed" | "crashed";
  readonly created: number;
  readonly duration: number;
  readonly last_sign: number;
  readonly step: number;
  readonly rows: number;
  readonly tags: readonly string[];
  readonly notes: string;
  readonly group: string;
  readonly job_type: string;
  readonly host: string;
  readonly user: string;
  readonly commit: string;
  readonly root: string;
  readonly damaged: number;
  readonly lost: number;
  readonly diverged: readonly (readonly [string, Lost])[];
  readonly alerts: readonly Alert[];
}

export interface Column {
  readonly key: string;
  readonly rows: readonly number[] | null;
  readonly values: readonly unknown[];
}

export interface KeyInfo {
  readonly key: string;
  readonly kind: "number" | "bool" | "string" | "histogram" | "image" | "audio" | "video" | "html" | "molecule" | "object3d" | "table" | "plotly" | "vega" | "chart" | "other";
  readonly stream: "history" | "system";
  readonly runs: number;
  readonly hidden: boolean;
  readonly x: string;
  readonly goal: "" | "minimize" | "maximize";
}

export interface Pack {
  readonly runs: readonly number[];
  readonly first: readonly string[];
  readonly parts: readonly string[];
}

export interface ProjectIndex {
  readonly project: string;
  readonly runs: readonly RunRow[];
  readonly config: readonly Column[];
  readonly summary: readonly Column[];
  readonly least: readonly Column[];
  readonly greatest: readonly Column[];
  readonly keys: readonly KeyInfo[];
  readonly artifacts: readonly ArtifactRow[];
  readonly packs: readonly Pack[];
}

export interface Level {
  readonly size: number;
  readonly blocks: readonly number[];
  readonly starts: readonly number[] | null;
  readonly whole: number;
}

export interface Axis {
  readonly size: number;
  readonly levels: readonly Level[];
  readonly monotonic: boolean;
}

export interface Series {
  readonly key: string;
  readonly kind: "number" | "bool" | "string" | "histogram" | "image" | "audio" | "video" | "html" | "molecule" | "object3d" | "table" | "plotly" | "vega" | "chart" | "other";
  readonly stream: "history" | "system";
  readonly rank: string;
  readonly hidden: boolean;
  readonly x: string;
  readonly goal: "" | "minimize" | "maximize";
  readonly axis: number;
  readonly size: number;
  readonly levels: readonly Level[];
  readonly finite: number;
  readonly nan: number;
  readonly posinf: number;
  readonly neginf: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly argmin: number;
  readonly argmax: number;
  readonly last: unknown;
  readonly lost: Lost | null;
}

export interface HistogramValue {
  readonly counts: readonly number[];
  readonly min: number | null;
  readonly width: number | null;
  readonly bins: readonly number[] | null;
  readonly dropped: number;
}

export interface LogMark {
  readonly line: number;
  readonly level: "warn" | "error";
}

export interface Logs {
  readonly lines: number;
  readonly stderr: number;
  readonly bytes: number;
  readonly blocks: readonly number[];
  readonly starts: readonly number[];
  readonly marks: readonly LogMark[];
}

export interface Joint {
  readonly step: number;
  readonly timestamp: number;
  readonly superseded: number;
}

export interface Damage {
  readonly file: string;
  readonly line: number;
  readonly offset: number;
  readonly reason: string;
}

export interface RunHead {
  readonly part_starts: readonly number[];
  readonly full: readonly string[];
  readonly axes: readonly Axis[];
  readonly series: readonly Series[];
  readonly payloads: readonly number[];
  readonly logs: Logs;
  readonly files: readonly RunFile[];
  readonly joints: readonly Joint[];
  readonly damage: readonly Damage[];
  readonly started: number;
  readonly environment: readonly (readonly [string, string])[];
  readonly artifacts: readonly RunArtifact[];
}

export interface Change {
  readonly build: number;
  readonly entries: readonly string[];
}

export interface Version {
  readonly schema: number;
  readonly build: number;
  readonly written: number;
  readonly live: boolean;
  readonly files: readonly (readonly [string, string])[];
  readonly changed: readonly Change[];
}

export interface Page {
  readonly schema: number;
  readonly site: string;
  readonly kind: "index" | "project" | "table" | "media" | "compare" | "run" | "artifacts" | "artifact";
  readonly path: string;
  readonly root: string;
  readonly project: string;
  readonly run: string;
  readonly artifact: string;
}
