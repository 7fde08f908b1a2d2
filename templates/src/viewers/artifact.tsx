// The page of an artifact: its versions, what is in one of them, where it came from and went, how two of them differ.
import { useEffect } from "preact/hooks";
import { page } from "../entry";
import { failure, head, index } from "../lib/data";
import { bytes, dateTime, full, fullDate, plural } from "../lib/format";
import type { ArtifactHead, ArtifactRow, ArtifactVersion } from "../model";
import { Button, CopyButton, Empty } from "../parts/ui";
import { useLoaded } from "../parts/use";
import { param, setParams } from "../route";
import { Difference } from "./artifact/difference";
import { Files } from "./artifact/files";
import { Lineage, RunLink, runName } from "./artifact/lineage";
import css from "./artifact.css";
import codeCss from "./code.css";
import compareCss from "./compare.css";
import difflines from "./lib/difflines.css";
import { addStyle } from "./lib/style";
import syntax from "./lib/syntax.css";

addStyle(syntax + difflines + codeCss + compareCss + css);

/** A version by `v3`, an alias or the begin of its digest. */
function found(versions: readonly ArtifactVersion[], name: string | undefined): ArtifactVersion | undefined {
  if (!name) return undefined;
  return versions.find(
    ({ number, digest, aliases }) => `v${number}` === name || aliases.includes(name) || digest === name,
  );
}

function Page() {
  const row = index.value?.artifacts.find(({ entry }) => entry === page.value.artifact) ?? null;
  const { value, error } = useLoaded(() => head<ArtifactHead>(row!), [row?.parts.join()], row !== null);
  if (error || failure.value) return <Empty title="This artifact could not be read" text={error || failure.value} />;
  if (index.value && !row) return <Empty title="No version of this artifact could be read" />;
  if (!row || !value)
    return (
      <div class="sec" aria-busy="true">
        <i class="sk" />
      </div>
    );
  const shown = found(value.versions, param("version")) ?? value.versions.at(-1)!;
  const other = found(value.versions, param("with"));
  const beside = other === shown ? undefined : other;
  return (
    <div class="art">
      <Versions head={value} shown={shown} beside={beside} />
      <Version key={shown.digest} row={row} head={value} version={shown} beside={beside} />
    </div>
  );
}

interface Chosen {
  readonly head: ArtifactHead;
  /** The version that is compared with the one that is shown. */
  readonly beside: ArtifactVersion | undefined;
}

function Versions({ head: { versions }, shown, beside }: Chosen & { shown: ArtifactVersion }) {
  const choose = (version: ArtifactVersion) => (): void => {
    // Whoever compares goes on comparing; the version on the other side changes places with the one that was shown.
    const other = version === beside ? shown : beside;
    setParams({ version: `v${version.number}`, file: undefined, with: other && `v${other.number}` });
  };
  // The older of two is A.
  const letter = (version: ArtifactVersion): string => {
    if (!beside || (version !== shown && version !== beside)) return "";
    return version.number === Math.min(shown.number, beside.number) ? "A" : "B";
  };
  return (
    <nav class="art-versions" aria-label="Versions">
      <p class="dim">{plural(versions.length, "version")}</p>
      <ul>
        {versions.toReversed().map((version) => (
          <li key={version.digest}>
            <button type="button" aria-current={version === shown ? "true" : undefined} onClick={choose(version)}>
              <b>v{version.number}</b>
              {version.aliases.map((alias) => (
                <span class="chip" key={alias}>
                  {alias}
                </span>
              ))}
              {letter(version) && <span class="cmp-letter">{letter(version)}</span>}
              <span class="dim" title={fullDate(version.created)}>
                {dateTime(version.created)}
              </span>
              <span class="dim cut">{[...loggers(version), bytes(version.size)].join(", ")}</span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** Who logged a version: the first run by name, and how many others. */
function loggers({ logged, elsewhere }: ArtifactVersion): string[] {
  const names = logged.length ? logged.map(runName) : elsewhere.map((id) => `run ${id}`);
  return names.length > 1 ? [`${names[0]} and ${plural(names.length - 1, "other")}`] : names;
}

function Version({ row, head: of, version, beside }: Chosen & { row: ArtifactRow; version: ArtifactVersion }) {
  const name = `${of.name}:v${version.number}`;
  useEffect(() => {
    if (param("with") && !beside) setParams({ with: undefined });
  }, []);
  return (
    <div class="art-main">
      <header class="art-head">
        <h2>v{version.number}</h2>
        {[...version.aliases, ...version.tags].map((word) => (
          <span class="chip" key={word}>
            {word}
          </span>
        ))}
        <span class="grow" />
        {of.versions.length > 1 && (
          <label class="art-with">
            <span class="dim">Compare with</span>
            <select
              class="plainselect"
              value={beside ? `v${beside.number}` : ""}
              onChange={({ currentTarget }) =>
                setParams({ with: currentTarget.value || undefined, version: `v${version.number}`, file: undefined })
              }
            >
              <option value="">no other version</option>
              {of.versions.toReversed().map(
                (one) =>
                  one !== version && (
                    <option key={one.digest} value={`v${one.number}`}>
                      {[`v${one.number}`, ...one.aliases].join(" ")}
                    </option>
                  ),
              )}
            </select>
          </label>
        )}
        {beside && <Button text="Close" icon="close" onClick={() => setParams({ with: undefined })} />}
      </header>
      {beside ? (
        <Difference
          row={row}
          head={of}
          before={beside.number < version.number ? beside : version}
          after={beside.number < version.number ? version : beside}
        />
      ) : (
        <>
          {version.description && <p class="art-text">{version.description}</p>}
          <Facts version={version} name={name} />
          <Lineage row={row} version={version} />
          <Files row={row} head={of} version={version} />
        </>
      )}
    </div>
  );
}

function Facts({ version, name }: { version: ArtifactVersion; name: string }) {
  const use = `run.use_artifact("${name}")`;
  return (
    <section class="card cmp-card" aria-label="About this version">
      <dl class="kv art-facts">
        <dt>Created</dt>
        <dd title={fullDate(version.created)}>{dateTime(version.created)}</dd>
        <dt>Files</dt>
        <dd>
          {full(version.files)}, {bytes(version.size)}
        </dd>
        <dt>Digest</dt>
        <dd class="mono wrap">{version.digest}</dd>
        <dt>Logged by</dt>
        <dd>
          {version.logged.map((entry) => (
            <RunLink key={entry} entry={entry} />
          ))}
          {version.elsewhere.length > 0 && (
            <span class="dim">run {version.elsewhere.join(", ")}, not in this site</span>
          )}
          {!version.logged.length && !version.elsewhere.length && <span class="dim">no run</span>}
        </dd>
        <dt>Used by</dt>
        <dd>
          {version.used.length ? (
            version.used.map((entry) => <RunLink key={entry} entry={entry} />)
          ) : (
            <span class="dim">no run of this site</span>
          )}
        </dd>
        <dt>Use it</dt>
        <dd class="art-use">
          <code class="cut">{use}</code>
          <CopyButton text={use} label="Copy" />
        </dd>
        {version.metadata.length > 0 && (
          <>
            <dt class="art-meta">Metadata</dt>
            <dd class="dim art-meta">{plural(version.metadata.length, "value")}</dd>
          </>
        )}
        {version.metadata.map(([key, value]) => (
          <>
            <dt>{key}</dt>
            <dd class="wrap">{value}</dd>
          </>
        ))}
      </dl>
    </section>
  );
}

tracklog.viewer("artifact", { Page });
