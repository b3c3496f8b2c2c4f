import { promisify } from "node:util";
import type { Guard } from "../egress/guard.ts";
import { hostName } from "../egress/hosts-file.ts";

/**
 * The address that stands for a host (`name:port`) among those that share a server: the first of
 * all its addresses in order, so that it doesn't hang on which one DNS names first. Null when the
 * name leads nowhere or may not be asked.
 */
export async function addressGroup(guard: Guard, host: string): Promise<string | null> {
  const { hostname, port } = new URL(`http://${host}`);
  const lookup = promisify(guard.lookupFor(Number(port) || 443));
  try {
    const found: unknown = await lookup(hostName(hostname), { all: true });
    const addresses = Array.isArray(found) ? found.map(({ address }) => String(address)) : [];
    return addresses.toSorted()[0] ?? null;
  } catch {
    return null;
  }
}
