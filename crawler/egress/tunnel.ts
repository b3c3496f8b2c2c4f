import { request as plainRequest } from "node:http";
import { type RequestOptions, request as tlsRequest } from "node:https";
import { isIP, Socket } from "node:net";
import { unescaped } from "../../lib/text.ts";
import { type Cause, GiveUp, RetryLater } from "../../model/crawl/outcome.ts";
import { EgressRefused, type Guard, hostName } from "./guard.ts";

/** The proxy of a source. */
export interface Upstream {
  /** The value of `proxy` in the source file. It contains no secret. */
  name: string;
  /** `http(s)://[USER:PASSWORD@]HOST[:PORT]` */
  url: string;
  /**
   * Whether the guard checks the proxy's address. False if the URL comes from a secret: whoever
   * sets secrets is trusted to use internal proxies.
   */
  guarded: boolean;
}

export interface Tunnel {
  socket: Socket;
  /** IP address of the target. */
  address: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** The guard refuses the ports of most proxies, so it checks a proxy as if it used this port. */
const WEB_PORT = 443;
const SITE_CAUSES: Record<number, Cause> = { 502: "connect", 503: "connect", 504: "timeout" };

/**
 * Connects to `target` through a proxy, which gets the target's IP address, not its name. Rejects
 * with `EgressRefused`, a resolver's error, `RetryLater` or `GiveUp`. An error with the reason
 * `proxy` blames the proxy.
 */
export async function openTunnel(
  guard: Guard,
  upstream: Upstream,
  target: { host: string; port: number },
): Promise<Tunnel> {
  const address = await allowedAddress(guard, target);
  const authority = `${isIP(address) === 6 ? `[${address}]` : address}:${target.port}`;
  const response = await ask(guard, upstream, authority).catch((error: unknown) => {
    if (error instanceof EgressRefused) {
      const todo =
        "declare the proxy as env:SECRET_NAME or file:NAME, or add its network to NEWSGATHER_ALLOW_NETWORKS";
      throw new GiveUp("proxy", `the proxy ${upstream.name} isn't at a public address: ${todo}`);
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new RetryLater("proxy", `the proxy ${upstream.name} can't be reached: ${why}`);
  });
  const { status, socket } = response;
  if (status >= 200 && status < 300) return { socket, address };
  socket.destroy();
  throw refusal(status, upstream.name, target.host);
}

function refusal(status: number, name: string, host: string): RetryLater | GiveUp {
  if (status === 407) {
    return new GiveUp("proxy", `the proxy ${name} refuses its user name or password (407)`);
  }
  const cause = SITE_CAUSES[status];
  if (cause) return new RetryLater(cause, `the proxy ${name} doesn't reach ${host} (${status})`);
  return new RetryLater("proxy", `the proxy ${name} can't reach ${host} (${status})`);
}

/** Returns one IP address of the target. Rejects if the guard refuses any of its addresses. */
async function allowedAddress(guard: Guard, { host, port }: { host: string; port: number }) {
  const name = hostName(host);
  if (isIP(name)) {
    if (guard.allowed(name, port)) return name;
    throw new EgressRefused(`egress refused: ${name} port ${port}`);
  }
  const addresses = await guard.addressesOf(name, port);
  return addresses.find((one) => isIP(one) === 4) ?? addresses[0] ?? "";
}

function ask(
  guard: Guard,
  { url, guarded }: Upstream,
  authority: string,
): Promise<{ status: number; socket: Socket }> {
  const { protocol, hostname, port, username, password } = new URL(url);
  const host = hostName(hostname);
  const credentials = `${unescaped(username)}:${unescaped(password)}`;
  const options: RequestOptions = {
    method: "CONNECT",
    host,
    path: authority,
    agent: false,
    // Otherwise, Node derives it from the `host` header, which names the target.
    servername: isIP(host) === 0 ? host : "",
    headers: {
      host: authority,
      ...(credentials !== ":" && {
        "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
      }),
    },
    ...(port && { port }),
    ...(guarded && { lookup: guard.lookupFor(WEB_PORT) }),
  };
  return new Promise((resolve, reject) => {
    if (guarded && isIP(host) && !guard.allowed(host, WEB_PORT)) {
      return reject(new EgressRefused(`egress refused: ${host}`));
    }
    const request = protocol === "https:" ? tlsRequest(options) : plainRequest(options);
    const timer = setTimeout(
      () => request.destroy(new Error("no answer in time")),
      CONNECT_TIMEOUT_MS,
    );
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    // Node emits this event for every response to CONNECT, including refusals.
    request.on("connect", ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      if (!(socket instanceof Socket)) return reject(new Error("it returned no connection"));
      if (statusCode >= 200 && statusCode < 300 && head.length > 0) {
        // In HTTP and TLS the client speaks first.
        socket.destroy();
        return reject(new Error("it sent data before the tunnel was open"));
      }
      resolve({ status: statusCode, socket });
    });
    request.end();
  });
}

/** Connects to a target that the guard allows. Rejects with `EgressRefused` or a socket error. */
export function openSocket(guard: Guard, target: { host: string; port: number }): Promise<Socket> {
  const options = { protocol: "http:", hostname: hostName(target.host), port: `${target.port}` };
  return new Promise((resolve, reject) => {
    guard.connector(options, (...[error, socket]) => (error ? reject(error) : resolve(socket)));
  });
}
