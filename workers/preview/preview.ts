import { fetchRendered } from "../../crawler/browser/pages.ts";
import { createVisitor } from "../../crawler/visit.ts";
import { renderPreview } from "../../sources/preview/run.ts";
import { linksWithArticle } from "../../store/crawl/links.ts";
import type { TurnDeps } from "../deps.ts";
import { sharedPermits } from "../fetch/slot.ts";

/** Continues a preview in the browser. If `closing` is aborted, another worker continues it. */
export async function previewInBrowser(
  deps: TurnDeps,
  previewId: string,
  closing?: AbortSignal,
): Promise<void> {
  const { browser, store } = deps;
  if (!browser) throw new Error("this process has no browser");
  const { product } = deps.settings;
  const way = { ...deps, acquirePermit: sharedPermits(deps), product };
  await renderPreview(
    {
      ...deps,
      product,
      visitor: createVisitor(way),
      render: createVisitor({ ...way, pages: fetchRendered(browser.open, browser.permits) }),
      known: (keys) => linksWithArticle(store, keys),
      // The topics were checked when the preview was requested.
      topics: null,
    },
    previewId,
    closing,
  );
}
