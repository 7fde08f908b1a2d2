// Packages of a run, as `requirements.txt` has them.

/** Versions by the name of the package. */
export function packagesOf(text: string | null): Map<string, string> {
  const lines = (text ?? "").split("\n").filter((line) => line.includes("=="));
  return new Map(
    lines.map((line) => {
      const [name, version] = line.split("==");
      return [name!.trim(), version!.trim()];
    }),
  );
}
