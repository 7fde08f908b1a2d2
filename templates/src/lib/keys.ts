// Names of series: nested keys joined by dots, literal dots escaped by a backslash; sections by the first slash.

/** As people read it: without escapes. */
export function shown(key: string): string {
  return key.replaceAll("\\.", ".");
}

/** The part before the first slash; empty when there is none. */
export function prefix(key: string): string {
  const at = key.indexOf("/");
  return at > 0 ? shown(key.slice(0, at)) : "";
}

/** Prefix with its slash and the rest, for titles with a dim prefix. */
export function parts(key: string): [string, string] {
  const text = shown(key);
  const at = text.lastIndexOf("/");
  return at > 0 && at < text.length - 1 ? [text.slice(0, at + 1), text.slice(at + 1)] : ["", text];
}

const LOW =
  /loss|error|(^|[/._-])err([/._-]|$)|time|perplexity|ppl|rmse|mse|mae|fid\b|wer\b|cer\b|latency|duration|regret/i;

/** Measured on data that was not trained on, by its name. */
export function isHeldOut(key: string): boolean {
  return /(^|[/_.-])(val|valid|validation|test|eval)([/_.-]|$)/i.test(key);
}

const HIGH =
  /acc|iou|f1|auc|score|reward|return|(^|[/_.-])(r2|map|psnr|ssim|bleu|rouge|dice|precision|recall)([/_.-]|$)/i;

/** Whether higher values are known to be better. */
export function highIsBetter(key: string): boolean {
  return HIGH.test(key) && !LOW.test(key);
}

/** Whether a lower value of this metric is the better one. */
export function lowIsBetter(key: string): boolean {
  return LOW.test(key);
}
