import { randomInt } from "node:crypto";
import { createServer } from "node:net";

// Below the kernel's ephemeral ports: a client that reconnects to a dead port in that range can
// end up connected to itself, and then the restarted server can't bind its own port.
const FIRST = 20_000;
const LAST = 32_000;

/** A port of 127.0.0.1 on which nothing listens now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(FIRST, LAST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port on 127.0.0.1 between ${FIRST} and ${LAST}`);
}

/** Whether nothing listens on a port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
