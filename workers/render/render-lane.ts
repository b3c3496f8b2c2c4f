import { toBrowserSet } from "../../articles/ingest/links.ts";
import { HOUR_MS } from "../../lib/time.ts";
import type { Host, RenderMemory } from "../../model/crawl/host.ts";
import type { Lane, LinkChanges } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { saveRenderDecision } from "../../store/crawl/hosts.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import type { KnownAttempt, TurnDeps } from "../deps.ts";
import { wakeHost } from "../schedule/tick.ts";

/**
 * Returns the lane for a page. PDFs use HTTP. If `render` is `auto`, pages that aren't on `host`
 * use HTTP too.
 */
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
  return needsBrowser(host.render[pageType(source._id, url)], now) ? "browser" : "http";
}

/** Stores whether the browser found text in a page. */
export async function noteRendered(
  deps: Pick<TurnDeps, "store" | "hosts">,
  { source, host, link }: Pick<KnownAttempt, "source" | "host" | "link">,
  isFilled: boolean,
): Promise<void> {
  const type = pageType(source._id, link.foundUrl);
  const memory = afterRender(host.render[type], isFilled);
  if (!memory) return;
  await saveRenderDecision(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
}

/** Moves a link to the browser lane, and stores that similar pages need the browser. */
export async function toBrowser(
  deps: TurnDeps,
  { link, source, host }: KnownAttempt,
  keep: (set: LinkChanges) => Promise<void>,
): Promise<void> {
  const type = pageType(source._id, link.foundUrl);
  const memory = confirmed(host.render[type], deps.now());
  await saveRenderDecision(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
  await keep(toBrowserSet(deps.now()));
  await wakeHost(deps, host._id, "browser");
  await noteProblems(deps.store, link.runId, [`${link.kind}s of ${host._id} need the browser`]);
}

const MIN_VERDICT_TTL_MS = 24 * HOUR_MS;
const MAX_VERDICT_TTL_MS = 30 * 24 * HOUR_MS;
const MAX_VAIN_RENDERS = 3;

export function needsBrowser(memory: RenderMemory | undefined, now: Date): boolean {
  return memory !== undefined && !isStale(memory, now) && !isVain(memory);
}

/** Returns whether the browser might find text in a page that had none over HTTP. */
export function mayFill(memory: RenderMemory | undefined, now: Date): boolean {
  return !memory || isStale(memory, now) || !isVain(memory);
}

export function afterRender(
  memory: RenderMemory | undefined,
  isFilled: boolean,
): RenderMemory | null {
  if (!memory || (isFilled ? !memory.vain : isVain(memory))) return null;
  const { vain = 0, ...rest } = memory;
  return isFilled ? rest : { ...rest, vain: vain + 1 };
}

function isVain({ vain = 0 }: RenderMemory): boolean {
  return vain >= MAX_VAIN_RENDERS;
}

/**
 * Whether the need for the browser must be checked again: after a day, doubled by each
 * confirmation, up to 30 days.
 */
export function isStale({ at, checks }: RenderMemory, now: Date): boolean {
  const holds = Math.min(MAX_VERDICT_TTL_MS, MIN_VERDICT_TTL_MS * 2 ** Math.min(10, checks));
  return now.getTime() - at.getTime() >= holds;
}

/** Returns the new record for a page type whose pages need the browser. */
export function confirmed(memory: RenderMemory | undefined, now: Date): RenderMemory {
  if (memory && !isStale(memory, now)) return memory;
  return { at: now, checks: memory ? memory.checks + 1 : 0 };
}

/**
 * Returns a page's type, such as `SOURCE/news/0/x`, from its source and path. `0` stands for a
 * number, `x` for a long or last part.
 */
export function pageType(sourceId: string, url: string): string {
  const parts = new URL(url).pathname.split("/").filter((part) => part !== "");
  const blank = parts.map((part, index) => {
    if (/^\d+$/.test(part)) return "0";
    return index === parts.length - 1 || part.length > 24 ? "x" : part;
  });
  // Field names in the store can't contain dots and dollar signs.
  return `${sourceId}/${blank.slice(0, 4).join("/")}`.replace(/[.$]/g, "_");
}
