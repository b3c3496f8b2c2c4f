import type { FastifyInstance } from "fastify";
import { isLoopbackHost } from "../../config/setting.ts";

export function refusalOf(host: string): string {
  return `refusing to listen on ${host}: there is no user or key yet, so anybody who reaches the port could read the admin. Add a user first: \`newsgather users add NAME --role admin\``;
}

/**
 * Starts to listen and returns the URL. Throws a `RangeError` if the host isn't loopback and there
 * are no accounts.
 */
export async function listen(
  app: FastifyInstance,
  { host, port, accounts }: { host: string; port: number; accounts: boolean },
): Promise<string> {
  // Anybody who reaches the port could read the admin.
  if (!isLoopbackHost(host) && !accounts) {
    throw new RangeError(refusalOf(host));
  }
  // The log message is constant, like all others; the address is a separate field.
  return app.listen({ host, port, listenTextResolver: () => "listening" });
}
