import type { Html } from "../../lib/html.ts";
import { DAY_MS, dayIn } from "../../lib/time.ts";
import { getDays } from "../../store/publish/days.ts";
import type { Store } from "../../store/store.ts";
import { bars } from "./plot.ts";

/** Days of a source's sparkline. */
const DAYS = 7;

/** Articles of each source on the last days, the oldest first. */
export async function readDays(store: Store, zone: string, now: Date) {
  const days = Array.from({ length: DAYS }, (_, n) =>
    dayIn(zone, new Date(now.getTime() - (DAYS - 1 - n) * DAY_MS)),
  );
  const day = await getDays(store, days);
  return (sourceId: string) => days.map((id) => day(id).bySource[sourceId] ?? 0);
}

/** Articles of the last days as bars. */
export function sparkline(counts: number[]): Html {
  return bars(counts, { label: `articles a day: ${counts.join(", ")}`, width: 70, height: 18 });
}
