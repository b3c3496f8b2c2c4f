import { randomBytes, timingSafeEqual } from "node:crypto";
import {
  Agent,
  createServer,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import type { Duplex, Readable, Writable } from "node:stream";
import { callbackify } from "node:util";
import { HTTP_BOUNDS, LIMITS } from "../../config/limits.ts";
import { setBounded } from "../../lib/async.ts";
import { EgressRefused, type Guard, hostName } from "../egress/guard.ts";
import { openSocket, openTunnel, type Upstream } from "../egress/tunnel.ts";

/** The forward proxy between the browser and the internet. It only allows what the guard allows. */
export interface Proxy {
  /** `http://127.0.0.1:PORT` */
  server: string;
  /**
   * User name for a context that logs in. Each context that renders pages has its own user name.
   */
  username: string;
  password: string;
  /** `refused` includes requests to the browser's vendor, and requests without the password. */
  counts: { requests: number; tunnels: number; refused: number };
  /** Resets the byte counts of this user's open tunnels. Call it when a context begins a page. */
  beginPage(username: string): void;
  /**
   * Returns why the last connection to a host (`name:port`) failed; undefined if it didn't. An
   * `EgressRefused` is from the guard; a `RetryLater` or `GiveUp` is from the source's proxy.
   */
  errorOf(host: string): unknown;
  /** Returns the IP address of the last connection to `name:port`; null if there was none. */
  addressOf(host: string): string | null;
  close(): Promise<void>;
}

/** Header with the reason why the proxy itself replied instead of forwarding a request. */
export const REFUSED_HEADER = "x-newsgather-refused";
const MAX_REMEMBERED_HOSTS = 2000;

/**
 * Starts the guarded proxy on a free loopback port, with its own password. Connects to sites
 * through the upstream proxy `beyond`, or directly if `beyond` is null. Ends a response that
 * exceeds `limits.bytes`, and a tunnel that receives more than `limits.bytes` for one page.
 */
export async function startProxy(
  guard: Guard,
  beyond: Upstream | null = null,
  limits = { bytes: LIMITS.pageBytes },
): Promise<Proxy> {
  const password = randomBytes(24).toString("base64url");
  const counts = { requests: 0, tunnels: 0, refused: 0 };
  const errors = new Map<string, unknown>();
  const addresses = new Map<string, string>();
  const open = new Set<Duplex>();
  const meters = new Set<Meter>();

  /** Returns the user name; null if the password is missing or wrong. */
  const userOf = ({ headers }: IncomingMessage): string | null => {
    const [, encoded = ""] = /^Basic (\S+)$/.exec(headers["proxy-authorization"] ?? "") ?? [];
    const [username = "", ...rest] = Buffer.from(encoded, "base64").toString("latin1").split(":");
    const [received, wanted] = [Buffer.from(rest.join(":")), Buffer.from(password)];
    const isRight = received.length === wanted.length && timingSafeEqual(received, wanted);
    return isRight ? username : null;
  };
  const reach = async (target: { host: string; port: number }) => {
    if (beyond) return openTunnel(guard, beyond, target);
    const socket = await openSocket(guard, target);
    return { socket, address: socket.remoteAddress ?? "" };
  };
  const connectTo = async (host: string, port: number): Promise<Socket> => {
    const key = `${host}:${port}`;
    if (isVendorHost(host))
      throw new EgressRefused(`egress refused: ${host} is a host of the browser's vendor`);
    const { socket, address } = await reach({ host, port });
    errors.delete(key);
    setBounded(addresses, key, address, MAX_REMEMBERED_HOSTS);
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    return socket;
  };
  const rememberFailure = (error: unknown, key: string): [number, string] => {
    const message = error instanceof Error ? error.message : String(error);
    setBounded(errors, key, error, MAX_REMEMBERED_HOSTS);
    if (!(error instanceof EgressRefused)) return [502, message];
    counts.refused += 1;
    return [403, message];
  };

  const agent = new Agent({ keepAlive: true, maxSockets: 6, timeout: 30_000 });
  agent.createConnection = (options, callback) => {
    const { host, port } = options;
    if (callback) callbackify(() => connectTo(host ?? "", Number(port ?? 80)))(callback);
    return undefined;
  };

  const server = createServer((message: IncomingMessage, response: ServerResponse) => {
    counts.requests += 1;
    const target = originOf(message.url ?? "");
    if (!target) return answer(response, 400, "only absolute http:// addresses");
    if (userOf(message) === null) {
      counts.refused += 1;
      response.setHeader("proxy-authenticate", 'Basic realm="newsgather"');
      return answer(response, 407, "token missing");
    }
    const key = `${target.host}:${target.port}`;
    const refuse = (error: unknown) => {
      const [status, reason] = rememberFailure(error, key);
      if (response.headersSent) response.destroy();
      else answer(response, status, reason);
    };
    const upstream = request({ ...outgoing(message, target), agent }, (incoming) => {
      // A response that arrived together with too many 1xx responses is still emitted.
      if (upstream.destroyed) return incoming.destroy();
      try {
        response.writeHead(incoming.statusCode ?? 502, endToEndHeaders(incoming));
      } catch {
        // Node accepts responses that it can't send, such as status 099.
        incoming.destroy();
        return refuse(
          new Error(`the site's answer can't be passed on: status ${incoming.statusCode}`),
        );
      }
      capped(incoming, response, { bytes: 0 }, limits.bytes);
    });
    let interim = 0;
    upstream.on("information", () => {
      interim += 1;
      if (interim > HTTP_BOUNDS.interim)
        upstream.destroy(new Error(`more than ${HTTP_BOUNDS.interim} interim responses (1xx)`));
    });
    upstream.on("error", refuse);
    response.on("close", () => upstream.destroy());
    message.on("error", refuse).pipe(upstream);
  });

  const tunnel = async (message: IncomingMessage, client: Duplex, head: Buffer): Promise<void> => {
    counts.tunnels += 1;
    client.on("error", () => client.destroy());
    const username = userOf(message);
    if (username === null) {
      counts.refused += 1;
      const ask = 'Proxy-Authenticate: Basic realm="newsgather"\r\nContent-Length: 0\r\n';
      client.end(`HTTP/1.1 407 Proxy Authentication Required\r\n${ask}\r\n`);
      return;
    }
    const target = originOf(`http://${message.url}`, 443);
    if (!target) {
      client.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      return;
    }
    try {
      const upstream = await connectTo(target.host, target.port);
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      if (head.length > 0) upstream.write(head);
      upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
      client.on("close", () => upstream.destroy());
      client.pipe(upstream);
      const meter = { username, bytes: 0 };
      meters.add(meter);
      upstream.on("close", () => meters.delete(meter));
      capped(upstream, client, meter, limits.bytes);
    } catch (error) {
      const [status, reason] = rememberFailure(error, `${target.host}:${target.port}`);
      client.end(`HTTP/1.1 ${status} Refused\r\n${REFUSED_HEADER}: ${reason}\r\n\r\n`);
    }
  };
  server.on("connect", (message: IncomingMessage, client: Duplex, head: Buffer) => {
    void tunnel(message, client, head);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  server.on("clientError", (_, socket) => socket.destroy());

  await new Promise<void>((done, failed) => {
    server.once("error", failed).listen(0, "127.0.0.1", done);
  });
  const bound = server.address();
  const port = bound !== null && typeof bound === "object" ? bound.port : 0;
  return {
    server: `http://127.0.0.1:${port}`,
    username: "newsgather",
    password,
    counts,
    beginPage(user) {
      for (const meter of meters) if (meter.username === user) meter.bytes = 0;
    },
    errorOf: (host) => errors.get(host),
    addressOf: (host) => addresses.get(host) ?? null,
    close: () =>
      new Promise((done) => {
        agent.destroy();
        server.close(() => done());
        for (const socket of open) socket.destroy();
      }),
  };
}

function answer(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { [REFUSED_HEADER]: reason.replace(/[^\x20-\x7e]/g, "?") }).end();
}

const CHROMIUM_SERVICE_HOSTS = new Set([
  "accounts.google.com",
  "android.clients.google.com",
  "clients1.google.com",
  "clients2.google.com",
  "clients3.google.com",
  "clients4.google.com",
  "clientservices.googleapis.com",
  "content-autofill.googleapis.com",
  "edgedl.me.gvt1.com",
  "mtalk.google.com",
  "optimizationguide-pa.googleapis.com",
  "redirector.gvt1.com",
  "safebrowsing.googleapis.com",
  "sb-ssl.google.com",
  "update.googleapis.com",
  "www.gstatic.com",
]);

export function isVendorHost(host: string): boolean {
  return CHROMIUM_SERVICE_HOSTS.has(host) || host.endsWith(".gvt1.com");
}

const MAX_CHAINED_PROXIES = 16;

/** Returns local proxies, one for each upstream proxy. Each starts when it is first needed. */
export function chainedProxies(start: (upstream: Upstream) => Promise<Proxy>) {
  const started = new Map<string, Promise<Proxy>>();
  const end = (proxy: Promise<Proxy>) =>
    proxy.then(
      (one) => one.close(),
      () => {},
    );
  return {
    through(upstream: Upstream): Promise<Proxy> {
      const proxy = started.get(upstream.url) ?? start(upstream);
      const oldest = setBounded(started, upstream.url, proxy, MAX_CHAINED_PROXIES);
      if (oldest) void end(oldest);
      return proxy;
    },
    async close(): Promise<void> {
      await Promise.all([...started.values()].map(end));
    },
  };
}

interface Target {
  host: string;
  port: number;
  path: string;
}

/** RFC 9110 section 7.6.1 limits these headers to one connection. */
const HOP_BY_HOP = new Set([
  "proxy-authorization",
  "proxy-connection",
  "connection",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

export function originOf(address: string, defaultPort = 80): Target | null {
  if (!address.startsWith("http://") || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.username || url.password) return null;
  // URL drops an explicit port 80 because it is the default.
  const written = /^http:\/\/[^/?#]*:80(?=$|[/?#])/.test(address) ? 80 : defaultPort;
  const port = Number(url.port) || written;
  return { host: hostName(url.hostname), port, path: `${url.pathname}${url.search}` };
}

function outgoing(message: IncomingMessage, target: Target): RequestOptions {
  const headers = [...endToEndHeaders(message), "Connection", "keep-alive"];
  const { host, port, path } = target;
  return { host, port, path, method: message.method ?? "GET", headers, setHost: false };
}

function endToEndHeaders({ rawHeaders }: IncomingMessage): string[] {
  const headers: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}

interface Meter {
  username: string;
  bytes: number;
}

function capped(from: Readable, to: Writable, meter: Pick<Meter, "bytes">, limit: number): void {
  from.on("data", (chunk: Buffer) => {
    meter.bytes += chunk.length;
    if (meter.bytes <= limit) return;
    from.destroy();
    to.destroy();
  });
  from.on("error", () => to.destroy());
  from.pipe(to);
}
