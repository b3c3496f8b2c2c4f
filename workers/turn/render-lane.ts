import { laneOf, pageType, type RenderMemory, remember } from "../../fetch/render-verdict.ts";
import type { Host } from "../../model/host.ts";
import type { Lane } from "../../model/link.ts";
import type { SourceRecord } from "../../model/source.ts";

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
