// The mean of a group's lines, for charts that draw groups.
import { fold, meanStd } from "../lib/group";
import { css, PATTERNS } from "../lib/palette";
import { smooth } from "../lib/smooth";
import type { Groups } from "../lib/trace";

/** The mean of a group's lines over the columns of the visible range: a trace in place of theirs. */
const groupTrace: Groups["groupTrace"] = (id, label, lines, look, spread, columns, smoothing) => {
  const usable = lines.filter((line) => line.ascending && line.x.length);
  const { range } = columns;
  const folded = fold(usable, columns, spread);
  const sum = (field: "rows" | "drawn" | "behind" | "leftOut" | "notNumbers" | "infinite"): number =>
    lines.reduce((total, line) => total + line[field], 0);
  return {
    ...folded,
    id: `group:${id}`,
    label,
    colour: css(look),
    look,
    dash: PATTERNS[look.dash],
    smooth: smooth(smoothing, folded.x, folded.y, null, range[1] - range[0]),
    other: null,
    lost: lines.flatMap(({ lost }) => lost ?? []),
    joints: [],
    last: meanStd(lines.map((line) => line.last)).mean,
    span: range,
    members: usable.length,
    end: "",
    rows: sum("rows"),
    drawn: sum("drawn"),
    behind: sum("behind"),
    leftOut: sum("leftOut"),
    notNumbers: sum("notNumbers"),
    infinite: sum("infinite"),
    damaged: false,
    coarse: lines.some((line) => line.coarse),
    dropped: lines.length - usable.length,
  };
};

tracklog.viewer("groups", { groupTrace } satisfies Groups);
