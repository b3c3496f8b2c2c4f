import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { ArticlePage } from "../../model/articles/extraction.ts";
import { getBody } from "../../store/archive/bodies.ts";
import { lastPage } from "../../store/crawl/captures.ts";
import type { Store } from "../../store/store.ts";
import type { Extracted, ExtractTask, StoredArticlePage } from "./parse-tasks.ts";
import type { Parser } from "./parser.ts";

export async function readWhole(
  { store, parser }: { store: Store; parser: Parser },
  task: ExtractTask,
): Promise<Extracted> {
  const articlePages: StoredArticlePage[] = [];
  const requested = new Set<string>();
  for (;;) {
    const whole = await parser.extract({
      ...task,
      ...(articlePages.length > 0 && { articlePages }),
    });
    const { articlePages: pages } = whole.extraction.page;
    // A page just read can name further pages.
    const open = (pages?.number === 1 ? pages.others : []).filter(({ url }) => !requested.has(url));
    for (const { url } of open) requested.add(url);
    const found = await Promise.all(
      open.map((articlePage) => storedArticlePage(store, articlePage)),
    );
    const more = found.flatMap((articlePage) => articlePage ?? []);
    if (more.length === 0) return whole;
    articlePages.push(...more);
  }
}

async function storedArticlePage(
  store: Store,
  articlePage: ArticlePage,
): Promise<StoredArticlePage | null> {
  const capture = await lastPage(store, urlKey(articlePage.url));
  const body = capture?.bodyId ? await getBody(store, capture.bodyId) : null;
  if (!capture || !body) return null;
  return {
    ...articlePage,
    captureId: capture._id,
    body: (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes,
    contentType: capture.headers["content-type"] ?? null,
    now: capture.fetchedAt,
  };
}
