import type { z } from "zod";

/** A queue as a value: what its jobs carry, and how they are named. No logic. */
export interface QueueDefinition<Payload> {
  name: string;
  /**
   * Of the payload's form. Raised only where workers of before must not take a job; they leave it to others. A field
   * that is only added needs no other version: it is optional, and they don't see it.
   */
  version: number;
  payload: z.ZodType<Payload>;
  /** Id made from entity ids: adding a job twice is adding it once. No `:`, not a number. */
  jobId(payload: Payload): string;
  /** Tries of a job that failed unexpectedly; expected failures are counted on links. */
  attempts: number;
}
