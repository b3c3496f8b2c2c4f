import { createSocket, type Socket } from "node:dgram";
import { createServer, type Server } from "node:http";

/** A server on every address of this machine that counts all connections. */
export interface Canary {
  port: number;
  /** Whether it listens on IPv6 too. */
  six: boolean;
  /** TCP connections and UDP packets so far. */
  hits(): number;
  packets(): number;
  /** Requested paths. */
  requests: string[];
  close(): Promise<void>;
}

/** Listens on all addresses, TCP and UDP; on a machine without IPv6, on those of IPv4. */
export async function openCanary(): Promise<Canary> {
  let hits = 0;
  let packets = 0;
  const requests: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    requests.push(url);
    response.setHeader("access-control-allow-origin", "*").end("canary");
  }).on("connection", () => hits++);
  const six = await bind(server, "::").then(
    () => true,
    () => false,
  );
  if (!six) await bind(server, "0.0.0.0");
  const bound = server.address();
  const port = bound && typeof bound === "object" ? bound.port : 0;
  const udp: Socket = createSocket({ type: six ? "udp6" : "udp4" }).on("message", () => packets++);
  await new Promise<void>((done) => udp.bind(port, done));
  return {
    port,
    six,
    hits: () => hits,
    packets: () => packets,
    requests,
    close: () =>
      new Promise((done) => {
        udp.close();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
