import {
  dropStagedArticlesOf,
  getStagedArticle,
  listStagedArticles,
  openStagedArticles,
  promotionOf,
  stillOpen,
} from "../../store/articles/staging-sets.ts";
import type { Store } from "../../store/store.ts";

const PAGE = { stagingSet: "next", skip: 0, limit: 10 };

/** The queries for staged articles. */
export const STAGING_SET_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["openStagedArticles", (store) => openStagedArticles(store, "next")],
  ["stillOpen", (store) => stillOpen(store, ["next:a"])],
  ["listStagedArticles", (store) => listStagedArticles(store, { ...PAGE, field: null })],
  [
    "listStagedArticles of a field",
    (store) => listStagedArticles(store, { ...PAGE, field: "title" }),
  ],
  ["getStagedArticle", (store) => getStagedArticle(store, "next", "a-7")],
  ["promotionOf", (store) => promotionOf(store, "next")],
  ["dropStagedArticlesOf", (store) => dropStagedArticlesOf(store, ["a-7"])],
];
