import { z } from "zod";

/** A date-time, or a date, which is its first moment in UTC. */
export const Moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text));
