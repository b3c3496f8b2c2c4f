import { toBrowserSet } from "../../articles/ingest/link-states.ts";
import { HOUR_MS } from "../../lib/time.ts";
import type { Host, RenderMemory } from "../../model/crawl/host.ts";
import type { Lane } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { saveVerdict } from "../../store/crawl/hosts.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import type { KnownAttempt, LinkSet, TurnDeps } from "../deps.ts";
import { wakeHost } from "../schedule/turns.ts";

/** The lane that a page of a source has to take on a host, by setting or by what is remembered. */
export function laneFor(
  source: Pick<SourceRecord, "_id" | "render">,
  host: Pick<Host, "_id" | "render">,
  url: string,
  now: Date,
): Lane {
  // A browser downloads a PDF instead of showing it.
  if (/\.pdf$/i.test(new URL(url).pathname)) return "http";
  if (source.render !== "auto") return source.render;
  if (new URL(url).host !== host._id) return "http";
  return laneOf(host.render[pageType(source._id, url)], now);
}

/** That pages like this one need the browser, to be remembered by the host. */
export function browserVerdict(
  source: Pick<SourceRecord, "_id">,
  host: Pick<Host, "render">,
  url: string,
  now: Date,
): { type: string; memory: RenderMemory } {
  const type = pageType(source._id, url);
  return { type, memory: remember(host.render[type], "browser", now) };
}

/** Whether the browser may fill a page that came empty over HTTP. */
export function browserMayFill(
  source: Pick<SourceRecord, "_id">,
  host: Pick<Host, "render">,
  url: string,
  now: Date,
): boolean {
  return mayFill(host.render[pageType(source._id, url)], now);
}

/** Remembers whether the browser filled a page. */
export async function noteRendered(
  deps: Pick<TurnDeps, "store" | "hosts">,
  { source, host, link }: Pick<KnownAttempt, "source" | "host" | "link">,
  isFilled: boolean,
): Promise<void> {
  const type = pageType(source._id, link.foundUrl);
  const memory = afterRender(host.render[type], isFilled);
  if (!memory) return;
  await saveVerdict(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
}

/** Hands a link to the browser, and remembers that pages like it need one. */
export async function toBrowser(
  deps: TurnDeps,
  { link, source, host }: KnownAttempt,
  keep: (set: LinkSet) => Promise<void>,
): Promise<void> {
  const { type, memory } = browserVerdict(source, host, link.foundUrl, deps.now());
  await saveVerdict(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
  await keep(toBrowserSet(deps.now()));
  await wakeHost(deps, host._id, "browser");
  await noteProblems(deps.store, link.runId, [`${link.kind}s of ${host._id} need the browser`]);
}

const SHORTEST = 24 * HOUR_MS;
const LONGEST = 30 * 24 * HOUR_MS;
/** Number of empty pages in the browser, in a row, after which such pages are fetched over HTTP. */
const VAIN_RENDERS = 3;

/** The lane to try first under `render: auto`; HTTP where nothing is known or the verdict is old. */
export function laneOf(memory: RenderMemory | undefined, now: Date): Lane {
  const holds = memory?.lane === "browser" && !isStale(memory, now) && !isVain(memory);
  return holds ? "browser" : "http";
}

/** Whether the browser may fill a page that came empty over HTTP: not where it lately filled none like it. */
export function mayFill(memory: RenderMemory | undefined, now: Date): boolean {
  return !memory || isStale(memory, now) || !isVain(memory);
}

/** What to remember of a type after one of its pages was rendered; null when that changes nothing. */
export function afterRender(
  memory: RenderMemory | undefined,
  isFilled: boolean,
): RenderMemory | null {
  if (!memory || (isFilled ? !memory.vain : isVain(memory))) return null;
  const { vain = 0, ...rest } = memory;
  return isFilled ? rest : { ...rest, vain: vain + 1 };
}

function isVain({ vain = 0 }: RenderMemory): boolean {
  return vain >= VAIN_RENDERS;
}

/** Whether a verdict is due to be checked again: after a day, doubling up to thirty days. */
export function isStale({ at, checks }: RenderMemory, now: Date): boolean {
  const holds = Math.min(LONGEST, SHORTEST * 2 ** Math.min(10, checks));
  return now.getTime() - at.getTime() >= holds;
}

/**
 * The verdict to remember after a page: the same one again holds longer, another one starts again.
 * `lane` is where the article's text was found.
 */
export function remember(memory: RenderMemory | undefined, lane: Lane, now: Date): RenderMemory {
  const same = memory?.lane === lane;
  if (same && !isStale(memory, now)) return memory;
  return { lane, at: now, checks: same ? memory.checks + 1 : 0 };
}

/** Key of a page type: the source and its path with digits and slugs blanked. */
export function pageType(sourceId: string, url: string): string {
  const parts = new URL(url).pathname.split("/").filter((part) => part !== "");
  const blank = parts.map((part, index) => {
    if (/^\d+$/.test(part)) return "0";
    return index === parts.length - 1 || part.length > 24 ? "x" : part;
  });
  // Field names of the store can't contain dots and dollars.
  return `${sourceId}/${blank.slice(0, 4).join("/")}`.replace(/[.$]/g, "_");
}
