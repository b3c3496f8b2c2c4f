import { z } from "zod";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { jsonOf } from "../../lib/text.ts";
import { DAY_MS } from "../../lib/time.ts";
import type { TdmCopy, TdmRule } from "../../model/crawl/host.ts";
import type { FileAnswer } from "./policy.ts";
import { matches, pathOf, toPattern } from "./robots.ts";

/** Path of the file with which a host reserves the rights to text and data mining of its pages. */
export const TDM_PATH = "/.well-known/tdmrep.json";
export const TDM_BYTES = 100_000;
const MAX_RULES = 500;

const Rule = z
  .object({
    location: z.string().min(1).max(2000),
    "tdm-reservation": z.literal([0, 1, "0", "1"]),
    "tdm-policy": z.string().min(1).max(2000).optional().catch(undefined),
  })
  .transform((rule): TdmRule => {
    const policy = rule["tdm-policy"];
    const reserved = Number(rule["tdm-reservation"]) === 1;
    return { location: rule.location, reserved, ...(policy !== undefined && { policy }) };
  });

/**
 * Returns the copy to store (W3C TDMRep, "TDM File on the Origin Server"). A 2xx replaces the
 * rules. Nothing is reserved after a 2xx whose body isn't a list of rules, a 3xx, or a 4xx other
 * than 429. In all these cases, the next request follows in a day. After a 429, a 5xx or no
 * response, the previous rules remain valid, and the next request follows in an hour.
 */
export function tdmCopy(answer: FileAnswer, previous: TdmCopy | null, now: Date): TdmCopy {
  const copy = (rules: TdmRule[], status: number | null, ms: number, detail: string | null) => {
    return { rules, status, fetchedAt: now, expiresAt: new Date(now.getTime() + ms), detail };
  };
  const known = previous?.rules ?? [];
  const { delayMs } = RETRY_POLICY.tdmFile;
  if ("failed" in answer) return copy(known, null, delayMs, answer.failed);
  const { status, text } = answer;
  if (status >= 500 || status === 429) {
    return copy(known, status, delayMs, `tdmrep.json answered ${status}`);
  }
  if (status >= 300) return copy([], status, DAY_MS, null);
  const rules = rulesOf(text);
  return copy(rules ?? [], status, DAY_MS, rules ? null : "tdmrep.json isn't a list of rules");
}

function rulesOf(text: string): TdmRule[] | null {
  const list = jsonOf(text.replace(/^\ufeff/, ""));
  if (!Array.isArray(list)) return null;
  return list.slice(0, MAX_RULES).flatMap((item) => Rule.safeParse(item).data ?? []);
}

export function tdmRuleFor(rules: readonly TdmRule[], url: string): TdmRule | null {
  const path = pathOf(new URL(url).href);
  return rules.find(({ location }) => matches(toPattern(location), path)) ?? null;
}

export function isReserved(rules: readonly TdmRule[], url: string): boolean {
  return tdmRuleFor(rules, url)?.reserved ?? false;
}
