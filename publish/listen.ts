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
 * Starts to listen and answers the address. Without any user or key only loopback is bound: throws
 * a `RangeError` otherwise, since anybody who reaches the port could read the operators' pages.
 */
export async function listen(
  app: FastifyInstance,
  { host, port, accounts }: { host: string; port: number; accounts: boolean },
): Promise<string> {
  if (!isLoopback(host) && !accounts) {
    throw new RangeError(
      `refusing to listen on ${host}: there is neither user nor key, so anybody who reaches the port could read the operators' pages; listen on 127.0.0.1 first, make one with \`newsgather users add NAME --role admin\`, then start again`,
    );
  }
  // A constant message, as all of ours; the address is told beside it.
  return app.listen({ host, port, listenTextResolver: () => "listening" });
}
