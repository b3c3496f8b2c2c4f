import type { asKey } from "./gated.ts";

/** The changes of a lease, or the problem. */
export interface Leased {
  lease: string | null;
  items: { seq: number; articleId: string; version: number; kind: string }[];
}

/** Leases the next changes of a consumer. */
export async function leaseOf(
  ask: Awaited<ReturnType<typeof asKey>>,
  name: string,
  options: { limit?: number; seconds?: number; wait?: number } = {},
): Promise<{ status: number; body: Leased }> {
  const { status, body } = await ask("POST", `/v1/consumers/${name}/lease`, options);
  return { status, body: body as Leased };
}
