import { isIPv4, isIPv6 } from "node:net";
import type { FastifyInstance } from "fastify";

/** Whether a host to bind to reaches this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, "$1").toLowerCase();
  if (bare === "localhost" || bare === "::1") return true;
  if (isIPv4(bare)) return bare.startsWith("127.");
  return isIPv6(bare) && bare.startsWith("::ffff:127.");
}

/**
 * Starts to listen and answers the address. Only loopback is bound: throws otherwise, since
 * nothing here asks who is calling.
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  if (!isLoopback(host)) {
    throw new RangeError(
      `refusing to listen on ${host}: access keys don't exist yet, so anybody who reaches the port could read the operators' pages; use 127.0.0.1 and put a proxy with its own login before it`,
    );
  }
  return app.listen({ host, port });
}
