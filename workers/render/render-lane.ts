import { toBrowserSet } from "../../articles/ingest/link-states.ts";
import {
  afterRender,
  laneOf,
  mayFill,
  pageType,
  remember,
} from "../../crawler/browser/render-verdict.ts";
import type { Host, RenderMemory } from "../../model/crawl/host.ts";
import type { Lane } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { saveVerdict } from "../../store/crawl/hosts.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import type { KnownLook, LinkSet, TurnDeps } from "../deps.ts";
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
  { source, host, link }: Pick<KnownLook, "source" | "host" | "link">,
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
  { link, source, host }: KnownLook,
  keep: (set: LinkSet) => Promise<void>,
): Promise<void> {
  const { type, memory } = browserVerdict(source, host, link.foundUrl, deps.now());
  await saveVerdict(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
  await keep(toBrowserSet(deps.now()));
  await wakeHost(deps, host._id, "browser");
  await noteProblems(deps.store, link.runId, [`${link.kind}s of ${host._id} need the browser`]);
}
