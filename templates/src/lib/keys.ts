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

/** Measured on data that was not trained on, by its name. */
export function isHeldOut(key: string): boolean {
  return /(^|[/_.-])(val|valid|validation|test|eval)([/_.-]|$)/i.test(key);
}

const LOW =
  /loss|error|(^|[/._-])(err|ece)([/._-]|$)|time|perplexity|ppl|mse|mae|(fid|wer|cer)\b|latency|duration|regret|brier/i;

const HIGH =
  /acc|iou|f1|auc|score|reward|return|(^|[/_.-])(r2|map|psnr|ssim|bleu|rouge|dice|precision|recall)([/_.-]|$)/i;

/** Whether a metric of this name is one of which more is better, as far as names tell. */
export function highByName(key: string): boolean {
  return HIGH.test(key) && !LOW.test(key);
}

/** Whether a metric of this name is one of which less is better. */
export function lowByName(key: string): boolean {
  return LOW.test(key);
}
