import { DAY_MS } from "../../lib/time.ts";
import type { Discovery, FoundLink } from "../../model/crawl/link.ts";
import { dateOf, newestFirst } from "./newest-first.ts";

/**
 * What a source's first run takes: articles of the last `days` days, newest first, at most
 * `articles` of them; undated ones count as new, in order of appearance. Entry points and pages of
 * lists are always kept. The rest is `too-old`.
 */
export function firstRunBudget(
  links: readonly FoundLink[],
  budget: { articles: number; days: number; now: Date },
): { kept: FoundLink[]; skipped: Discovery["skipped"] } {
  const oldest = budget.now.getTime() - budget.days * DAY_MS;
  const kept = links.filter((link) => link.kind !== "article");
  const skipped: Discovery["skipped"] = [];
  let left = budget.articles;
  for (const link of newestFirst(links.filter((each) => each.kind === "article"))) {
    const isOld = dateOf(link) < oldest;
    if (!isOld && left > 0) {
      kept.push(link);
      left -= 1;
    } else {
      const detail = isOld
        ? `older than ${budget.days} days`
        : `beyond ${budget.articles} articles`;
      skipped.push({ url: link.url, reason: "too-old", detail });
    }
  }
  return { kept, skipped };
}
