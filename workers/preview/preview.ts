import { fetchRendered } from "../../crawler/browser/pages.ts";
import { createVisitor } from "../../crawler/visit.ts";
import { renderPreview } from "../../sources/preview/run.ts";
import { knownArticles } from "../../store/articles/articles.ts";
import type { TurnDeps } from "../deps.ts";
import { sharedPermits } from "../fetch/slot.ts";

/** Goes on with a preview whose pages need the browser, at the pace that all workers share. */
export async function previewInBrowser(deps: TurnDeps, previewId: string): Promise<void> {
  const { browser, store, parser, http, logins, proxyOf, settings, now } = deps;
  if (!browser) throw new Error("this process has no browser");
  const { product } = settings;
  const way = { http, acquirePermit: sharedPermits(deps), product, now, logins, proxyOf };
  await renderPreview(
    {
      store,
      parser,
      product,
      now,
      visitor: createVisitor(way),
      render: createVisitor({ ...way, pages: fetchRendered(browser.open, browser.permits) }),
      known: (keys) => knownArticles(store, keys),
      // Who asked for it has checked them.
      topics: null,
    },
    previewId,
  );
}
