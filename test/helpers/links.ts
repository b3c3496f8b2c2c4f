import { newLink } from "../../articles/ingest/links.ts";
import type { Link } from "../../model/crawl/link.ts";

/** Returns a new link. Tests override the fields that they are about; the others have plausible values. */
export function makeLink(id: string, overrides: Partial<Link> = {}): Link {
  const url = overrides.url ?? `https://cities.example/news/${id}`;
  const link = newLink(
    { url, kind: overrides.kind ?? "article", page: 1, hints: {} },
    {
      id,
      source: { _id: "cities" },
      runId: "run",
      lane: "http",
      now: overrides.dueAt ?? new Date("2026-11-25T08:00:00Z"),
      parentId: null,
    },
  );
  return { ...link, ...overrides };
}
