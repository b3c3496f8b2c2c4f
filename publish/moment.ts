import { z } from "zod";

const Day = z.iso.date().transform((day) => new Date(`${day}T00:00:00Z`));
const Instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** A date-time, or a date, which is its first moment in UTC. */
export const Moment = z.union([Instant, Day]);
