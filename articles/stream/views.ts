import type { AuditContext } from "../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../model/problem.ts";
import type { Filter, Query, View } from "../../model/publish/filter.ts";
import { runAudited } from "../../store/operations/audit.ts";
import { listConsumers } from "../../store/publish/consumers.ts";
import { listSubscribers } from "../../store/publish/subscribers.ts";
import { getView, listViews, MAX_VIEWS, putView, removeView } from "../../store/publish/views.ts";
import { readDirectory } from "../../store/sources/sources.ts";
import type { Store } from "../../store/store.ts";

export interface Wanted {
  id: string;
  name: string;
  filter: Query;
}

/** Returns a stored view by id. Throws a 404 problem if there is none. */
export async function storedView(store: Store, id: string): Promise<View> {
  const view = await getView(store, id);
  if (view) return view;
  const known = (await listViews(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-view", unknownName("view", id, known));
}

/**
 * Saves or replaces a view. Throws a 400 problem for an unknown source or topic, or too many views.
 */
export async function saveView(
  store: Store,
  { id, name, filter }: Wanted,
  { topics, ...audit }: AuditContext & { topics: readonly string[] },
): Promise<View> {
  const sources = (await readDirectory(store)).map(({ _id }) => _id);
  const unknown = [
    ...unknownOf("source", filter.source, sources),
    ...unknownOf("topic", filter.topic, topics),
  ];
  if (unknown.length > 0) throw new ProblemError(400, "invalid-request", unknown.join(" "));
  const all = await listViews(store);
  if (all.length >= MAX_VIEWS && !all.some(({ _id }) => _id === id)) {
    const limit = `There are already ${MAX_VIEWS} views. Remove one first.`;
    throw new ProblemError(400, "too-many-views", limit);
  }
  const view = { _id: id, name, filter, at: audit.now, actor: audit.actor };
  const detail = `${name}: ${JSON.stringify(filter)}`;
  await runAudited(store, audit, { action: "view.save", subject: id, detail }, () =>
    putView(store, view),
  );
  return view;
}

/** Removes a view. Throws a 409 problem if a consumer or webhook uses it; 404 if it is missing. */
export async function dropView(store: Store, id: string, audit: AuditContext): Promise<void> {
  await storedView(store, id);
  const [consumers, subscribers] = await Promise.all([
    listConsumers(store),
    listSubscribers(store),
  ]);
  const readers = [...consumers, ...subscribers].filter(({ view }) => view === id);
  if (readers.length > 0) {
    const names = readers.map(({ _id }) => _id).join(", ");
    const use = `The view is used by ${names}. Remove those readers first.`;
    throw new ProblemError(409, "view-in-use", use);
  }
  await runAudited(store, audit, { action: "view.remove", subject: id }, () =>
    removeView(store, id),
  );
}

function unknownOf(
  what: string,
  wanted: readonly string[] | undefined,
  known: readonly string[],
): string[] {
  const unknown = (wanted ?? []).filter((id) => !known.includes(id));
  return unknown.map((id) => unknownName(what, id, known));
}

/** Returns the view named in a URL. Throws a 404 problem if there is none. */
export function viewNamed(id: string, views: ReadonlyMap<string, View>): View {
  const view = views.get(id);
  if (view) return view;
  throw new ProblemError(404, "unknown-view", unknownName("view", id, views.keys()));
}

/** A request to read the stream: the position to read from, and a filter or view. */
export interface Reading {
  from: string;
  filter: Filter;
  view?: string | undefined;
}

/** Returns a reader's filter or view. Throws a problem for both at once or an unknown view. */
export async function checkedReading(
  store: Store,
  { filter, view }: Omit<Reading, "from">,
): Promise<{ filter: Filter; view?: string }> {
  if (view === undefined) return { filter };
  if (Object.values(filter).some((wanted) => wanted !== undefined)) {
    const detail = "Give either a view or a filter, not both.";
    throw new ProblemError(400, "invalid-request", detail);
  }
  await storedView(store, view);
  return { filter, view };
}

/** Returns a reader's current filter. Throws a 404 problem if its view was removed. */
export function filterOf(
  { filter, view }: Omit<Reading, "from">,
  views: ReadonlyMap<string, View>,
): Filter {
  return view === undefined ? filter : viewNamed(view, views).filter;
}
