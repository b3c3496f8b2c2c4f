import { z } from "zod";
import type { QueueDefinition } from "./queue.ts";

const Versioned = z.looseObject({ v: z.int().default(1) });

/** A payload as a job carries it: no more than the queue says, and the version of its form. */
export function pack<Payload extends object>(
  { version, payload }: Pick<QueueDefinition<Payload>, "version" | "payload">,
  given: Payload,
): Payload & { v: number } {
  return { ...payload.parse(given), v: version };
}

/**
 * The payload of a job, without what a later version has added to it; null where that version says that it must
 * not be read so. Throws `ZodError` on anything else.
 */
export function unpack<Payload>(
  { version, payload }: Pick<QueueDefinition<Payload>, "version" | "payload">,
  data: unknown,
): Payload | null {
  const { v, ...rest } = Versioned.parse(data);
  return v > version ? null : payload.parse(rest);
}
