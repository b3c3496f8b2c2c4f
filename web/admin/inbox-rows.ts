import type { Article } from "../../model/articles/article.ts";
import { STATES, stateOf } from "../../model/articles/editorial.ts";
import { toVisible } from "../../model/articles/item.ts";
import { ProblemError } from "../../model/problem.ts";
import { fits } from "../../model/publish/filter.ts";
import type { View } from "../../model/publish/view.ts";
import { readInbox, readListing } from "../../store/articles/listing.ts";
import type { AdminDeps } from "./deps.ts";

/** Articles on the page. */
export const MOST = 100;
/** Articles of a state that are looked at for those of a view. */
const LOOKED_AT = 500;
/** States in the order of the page; `waiting`: all that wait for an editor. */
export const TABS = ["waiting", ...STATES] as const;
export type Tab = (typeof TABS)[number];

/** What the page shows: a state, of all articles or of those that a view asks for. */
export interface Shown {
  show: Tab;
  view: View | null;
}

/** An article as the inbox shows it. */
export type Row = Pick<
  Article,
  | "_id"
  | "prefix"
  | "title"
  | "teaser"
  | "sourceId"
  | "topics"
  | "sortAt"
  | "editorial"
  | "unlisted"
>;

/** The view that an address names, null without a name; throws a 404 problem. */
export function viewOf(views: readonly View[], id: string | undefined): View | null {
  if (id === undefined) return null;
  const view = views.find(({ _id }) => _id === id);
  if (view) return view;
  throw new ProblemError(404, "unknown-view", `There is no view "${id}".`);
}

/** The articles that the page shows, the latest first. */
export async function rowsOf(
  { store, now }: AdminDeps,
  { show, view }: Shown,
): Promise<readonly Row[]> {
  const asked = { now: now(), limit: MOST };
  if (show === "published") {
    const filter = view ? { where: view.filter } : {};
    return (await readListing(store, filter, asked)).articles;
  }
  const what = show === "withdrawn" ? "withdrawn" : "waiting";
  const found = await readInbox(store, what, { ...asked, limit: view ? LOOKED_AT : MOST });
  return found
    .filter((article) => show === "waiting" || stateOf(article) === show)
    .filter((article) => !view || isIn(view, article))
    .slice(0, MOST);
}

function isIn({ filter }: View, article: Omit<Article, "pending" | "pendingAt">): boolean {
  const state = stateOf(article);
  const wanted = !filter.state || (state !== null && filter.state.includes(state));
  return wanted && fits(filter, toVisible(article));
}

/** The tab that a view opens: that of its state; where it names none, or several, all that wait. */
export function tabOf(view: View | null): Tab {
  const [only, ...others] = view?.filter.state ?? [];
  return only && others.length === 0 ? only : "waiting";
}
