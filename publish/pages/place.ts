import { readListing } from "../../store/listing.ts";
import type { Context } from "../context.ts";
import type { Around } from "../edition.ts";
import { nameOf } from "../names.ts";
import { ProblemError } from "../problem.ts";
import type { Subject } from "./read-list.ts";

/** A region by its ISO 3166-2 code, or a city in it by the name that items give it. */
interface Named {
  region: string;
  city?: string | null | undefined;
}

/** The list of a place's articles; throws a 404 problem where there is none to tell what it is called. */
export async function placeOf(
  { store }: Context,
  around: Around,
  { region, city }: Named,
): Promise<Subject> {
  const { now } = around.snapshot;
  const filter = { where: { region: [region], ...(city && { city: [city] }) } };
  const { articles } = await readListing(store, filter, { limit: 1, now });
  const [newest] = articles;
  if (!newest) throw new ProblemError(404, "not-found", "There is no article of this place.");
  const country = nameOf("country", region.slice(0, 2), around);
  const parts = [city, newest.region, country].filter((name) => typeof name === "string");
  return {
    path: pathOf({ region, city }),
    // Berlin is a city, and a region.
    title: [...new Set(parts)].join(", "),
    note: region,
    filter,
  };
}

/** The address of a place's page. */
export function pathOf({ region, city }: Named): string {
  const path = `/region/${encodeURIComponent(region)}`;
  return city ? `${path}/${encodeURIComponent(city)}` : path;
}
