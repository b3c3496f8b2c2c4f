import type { Preview } from "../../model/sources/preview.ts";

/** Returns a finished preview that found nothing. Tests override the fields that they are about. */
export function makePreview(id: string, at: Date, overrides: Partial<Preview> = {}): Preview {
  return {
    _id: id,
    sourceId: "cities",
    home: null,
    yaml: "id: cities\nname: Cities\nfeeds: [https://cities.example/rss]\n",
    state: "done",
    step: "green",
    stepAt: at,
    at,
    actor: "user oscar",
    siteDiscovery: null,
    result: { verdict: "green", problems: [], entries: [], links: [], articles: [] },
    pages: [],
    activated: null,
    expiresAt: null,
    ...overrides,
  };
}
