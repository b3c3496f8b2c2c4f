import { createServer, type RequestListener, type Server } from "node:http";

/** A real HTTP server on a loopback address; `hits` counts connections. */
export interface Loopback {
  origin: string;
  port: number;
  server: Server;
  hits(): number;
  close(): Promise<void>;
}

/** Starts a server with `listener` on `address`, by default on a free port. */
export async function listen(
  address: string,
  listener: RequestListener,
  wanted = 0,
): Promise<Loopback> {
  let hits = 0;
  const server = createServer(listener).on("connection", () => hits++);
  await new Promise<void>((done) => server.listen(wanted, address, done));
  const bound = server.address();
  const port = bound && typeof bound === "object" ? bound.port : 0;
  return {
    origin: `http://${address}:${port}`,
    port,
    server,
    hits: () => hits,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
