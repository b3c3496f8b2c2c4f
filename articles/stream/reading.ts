import { ProblemError } from "../../model/problem.ts";
import type { Filter } from "../../model/publish/filter.ts";
import type { View } from "../../model/publish/view.ts";
import type { Store } from "../../store/store.ts";
import { storedView, viewNamed } from "./views.ts";

/** What a reader of the stream wants: from which point, by a filter or by a view. */
export interface Reading {
  from: string;
  filter: Filter;
  view?: string | undefined;
}

/** Filter or view as they are kept; throws a problem when there is no such view, or both are given. */
export async function checkedReading(
  store: Store,
  { filter, view }: Omit<Reading, "from">,
): Promise<{ filter: Filter; view?: string }> {
  if (view === undefined) return { filter };
  if (Object.values(filter).some((wanted) => wanted !== undefined)) {
    const detail = "Name a view, or a filter of your own, not both.";
    throw new ProblemError(400, "invalid-request", detail);
  }
  await storedView(store, view);
  return { filter, view };
}

/** The filter that holds for a reader now; throws a 404 problem when its view is gone. */
export function filterOf(
  { filter, view }: Omit<Reading, "from">,
  views: ReadonlyMap<string, View>,
): Filter {
  return view === undefined ? filter : viewNamed(view, views).filter;
}
