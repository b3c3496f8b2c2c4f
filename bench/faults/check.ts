import { startedAt } from "../../bin/services/machine.ts";
import { urlKey } from "../../crawler/links/url.ts";
import type { TrueArticle } from "../../demo/truth.ts";
import { sleep } from "../../lib/time.ts";
import { commandOf } from "../../test/helpers/chromium.ts";
import { parentOf, processesOf } from "../../test/helpers/processes.ts";
import { jobsInVain } from "./jobs.ts";
import type { Stage } from "./stage.ts";

export interface Tally {
  expected: number;
  stored: number;
  lost: number;
  doubled: number;
}

const IDLE_TIMEOUT_MS = 20_000;

/** Any unexpected article counts as duplicated. */
export async function tallyOf(
  { running }: Stage,
  articles: readonly TrueArticle[],
  ids: readonly string[],
): Promise<Tally> {
  const { articles: collection } = running.store.collections;
  const found = await collection
    .find({ sourceId: { $in: [...ids] } }, { projection: { url: 1 } })
    .toArray();
  const wanted = new Set(articles.map(({ url }) => url));
  const stored = new Set(found.map(({ url }) => url).filter((url) => wanted.has(url)));
  return {
    expected: wanted.size,
    stored: stored.size,
    lost: wanted.size - stored.size,
    doubled: found.length - stored.size,
  };
}

export function leftOver(stage: Stage): Promise<string[]> {
  return untilNone(10_000, () => orphansOf(stage));
}

/**
 * Describes each queue that has waiting or running jobs although nothing is due any more. Waits up
 * to `IDLE_TIMEOUT_MS` ms for these jobs to end.
 */
export function idleJobs(stage: Stage): Promise<string[]> {
  return untilNone(IDLE_TIMEOUT_MS, () => jobsInVain(stage));
}

export async function missingOf(
  { running }: Stage,
  articles: readonly TrueArticle[],
): Promise<string[]> {
  const { articles: stored, links, hosts, aliases, captures } = running.store.collections;
  const problems: string[] = [];
  for (const { url } of articles) {
    if (await stored.findOne({ url })) continue;
    const host = await hosts.findOne({ _id: new URL(url).host });
    const link = await links.findOne({ _id: urlKey(url) });
    problems.push(`missing: ${url}, its link ${brief(link)}, its host ${brief(host)}`);
    if (!link?.articleId) continue;
    // The page led to another article. Show its URLs and the response.
    const { articleId } = link;
    const projection = { url: 1, title: 1, sourceId: 1, captureId: 1 };
    const article = await stored.findOne({ _id: articleId }, { projection });
    const known = await aliases.find({ articleId }).toArray();
    const capture = await captures.findOne({ _id: link.captureId ?? "" });
    problems.push(`its article ${brief(article)}, known as ${brief(known)}, by ${brief(capture)}`);
  }
  return problems;
}

function brief(document: object | null): string {
  const {
    hints: _,
    validators: __,
    render: ___,
    ...rest
  } = { ...document } as Record<string, unknown>;
  return document ? JSON.stringify(rest) : "is unknown";
}

async function untilNone(
  patience: number,
  find: () => string[] | Promise<string[]>,
): Promise<string[]> {
  const deadline = Date.now() + patience;
  for (;;) {
    const found = await find();
    if (found.length === 0 || Date.now() > deadline) return found;
    await sleep(500);
  }
}

function orphansOf({ place, running }: Stage): string[] {
  const all = processesOf(place.folder);
  return all
    .filter(({ pid }) => !descends(ownerOf(pid), running.daemon.pid))
    .filter(({ pid, started }) => startedAt(pid) === started)
    .map(({ pid, command }) => `process ${pid} belongs to nobody: ${command}`);
}

/**
 * A crash handler of Chromium leaves its parent, but the name of its folder contains the parent's
 * pid.
 */
function ownerOf(pid: number): number {
  return Number(/newsgather-browser-(\d+)-/.exec(commandOf(pid))?.[1] ?? pid);
}

function descends(pid: number, from: number): boolean {
  for (let at = pid; at > 1; at = parentOf(at)) if (at === from) return true;
  return false;
}
