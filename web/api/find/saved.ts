import type { Asking } from "../../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../../model/problem.ts";
import { type SavedQuery, type SavedSearch, SearchName } from "../../../model/publish/search.ts";
import { noted } from "../../../store/operations/audit.ts";
import {
  dropSearch,
  getSearch,
  listSearches,
  putSearch,
} from "../../../store/publish/saved-searches.ts";
import type { Store } from "../../../store/store.ts";

/** The saved search of a name; throws a 404 problem. */
export async function savedSearch(store: Store, name: string): Promise<SavedSearch> {
  const found = await getSearch(store, name);
  if (found) return found;
  const known = (await listSearches(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-search", unknownName("saved search", name, known));
}

/** Keeps a search whose query was found to be readable; throws a 400 problem for a name that can't be. */
export async function saveSearch(
  store: Store,
  { name, ...what }: { name: string } & (typeof SavedQuery)["_output"],
  { by, now }: Asking,
): Promise<SavedSearch> {
  const form = SearchName.safeParse(name);
  if (!form.success)
    throw new ProblemError(400, "invalid-request", `name: ${form.error.issues[0]?.message ?? ""}`);
  const search = { _id: name, ...what, at: now, by };
  const entry = { at: now, by, action: "search.save", subject: name, detail: what.query };
  await noted(store, entry, () => putSearch(store, search));
  return search;
}

/** Removes a saved search; throws a 404 problem. */
export async function removeSearch(store: Store, name: string, { by, now }: Asking): Promise<void> {
  await savedSearch(store, name);
  const entry = { at: now, by, action: "search.remove", subject: name };
  await noted(store, entry, () => dropSearch(store, name));
}
