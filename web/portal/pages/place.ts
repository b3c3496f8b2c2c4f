import { ProblemError } from "../../../model/problem.ts";
import { readListing } from "../../../store/articles/listing.ts";
import type { Context } from "../../server/context.ts";
import type { Around } from "../../server/edition.ts";
import { nameOf } from "../../server/names.ts";
import type { Page } from "./layout.ts";
import { type Place, readList, readPlace } from "./read-list.ts";

/** A region by its ISO 3166-2 code, or a city in it by the name that items give it. */
interface Named {
  region: string;
  city?: string | null | undefined;
}

/** The page of a place's articles; throws a 404 problem where there is none to tell what it is called. */
export async function placePage(
  context: Context,
  around: Around,
  { region, city }: Named,
  place: Place,
): Promise<Page> {
  const { now } = around.snapshot;
  const filter = { where: { region: [region], ...(city && { city: [city] }) } };
  const found = await readPlace(context, around.snapshot, filter, place);
  const { articles } = found.page;
  // Behind the oldest one a page is empty.
  const [one] =
    articles.length > 0
      ? articles
      : (await readListing(context.store, filter, { limit: 1, now })).articles;
  if (!one) throw new ProblemError(404, "not-found", "There is no article of this place.");
  const country = nameOf("country", region.slice(0, 2), around);
  const parts = [city, one.region, country].filter((name) => typeof name === "string");
  const subject = {
    path: pathOf({ region, city }),
    // Berlin is a city, and a region.
    title: [...new Set(parts)].join(", "),
    note: region,
    filter,
  };
  return readList(context, around, subject, place, found);
}

/** The address of a place's page. */
export function pathOf({ region, city }: Named): string {
  const path = `/region/${encodeURIComponent(region)}`;
  return city ? `${path}/${encodeURIComponent(city)}` : path;
}
