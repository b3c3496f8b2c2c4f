import type { FigureBy } from "../../model/figure.ts";
import type { Visible } from "../../model/visible.ts";
import { bucketOf } from "./sketch.ts";

/** How an article stands with readers. */
export const STATES = ["listed", "copies", "unlisted", "retracted"] as const;
export type State = (typeof STATES)[number];

/** What was longer on its way came out of an archive, not off the press: it is counted apart, seconds. */
const NEWS = 2 * 86_400;
/** The bucket of those. */
export const OLDER = "older";

/**
 * What an article adds one to. Places, topics and languages are of listed articles alone, so that a
 * copy counts nothing twice; the others are of all that were not taken back.
 */
export function figureKeys(visible: Visible): [FigureBy, string][] {
  const { sourceId, status, listed, timing } = visible;
  const keys: [FigureBy, string][] = [["state", `${sourceId} ${stateOf(visible)}`]];
  if (listed) keys.push(...coverageOf(visible));
  if (status === "retracted" || !timing) return keys;
  const { seenAfter, servedAfter, origin } = timing;
  if (seenAfter !== null) keys.push(["seen", `${sourceId} ${spanOf(seenAfter)}`]);
  if (servedAfter !== null) keys.push(["served", `${sourceId} ${spanOf(servedAfter)}`]);
  if (origin) keys.push(["flow", `${origin.sourceId} ${sourceId} ${bucketOf(origin.after)}`]);
  return keys;
}

function coverageOf({ topics, country, region, city, language }: Visible): [FigureBy, string][] {
  const keys = [...new Set(topics)].map((topic): [FigureBy, string] => ["topic", topic]);
  if (country) keys.push(["country", country]);
  if (region) keys.push(["region", region]);
  if (country && city) keys.push(["city", `${country} ${city}`]);
  if (language) keys.push(["language", language]);
  return keys;
}

function stateOf({ status, listed }: Visible): State {
  if (status !== "published") return status;
  return listed ? "listed" : "copies";
}

function spanOf(seconds: number): string {
  return seconds > NEWS ? OLDER : String(bucketOf(seconds));
}
