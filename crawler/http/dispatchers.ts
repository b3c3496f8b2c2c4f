import { callbackify } from "node:util";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { HTTP_BOUNDS } from "../../config/limits.ts";
import type { Guard } from "../egress/guard.ts";
import { openTunnel, type Upstream } from "../egress/tunnel.ts";

/** The connections through one proxy, or the direct connections. */
interface GuardedDispatcher {
  dispatcher: Dispatcher;
  addressOf(origin: string): string | null;
}

/** The dispatchers to send requests, directly and through each source's proxy; all are guarded. */
export interface Dispatchers {
  through(proxy: Upstream | null): GuardedDispatcher;
  close(): Promise<void>;
}

const MAX_DISPATCHERS = 32;

/** Returns dispatchers that connect on demand. `limits` are in ms. */
export function createDispatchers(
  guard: Guard,
  limits: { headersTimeout: number; deadline: number },
): Dispatchers {
  const dispatchers = new Map<string, GuardedDispatcher & { close(): Promise<void> }>();
  const open = (connector: (report: ReportAddress) => buildConnector.connector) => {
    const addresses = new Map<string, string>();
    const dispatcher = new Agent({
      connect: connector((origin, address) => addresses.set(origin, address)),
      connections: 8,
      pipelining: 1,
      headersTimeout: limits.headersTimeout,
      bodyTimeout: limits.deadline,
      maxHeaderSize: HTTP_BOUNDS.headers,
    });
    return {
      dispatcher,
      addressOf: (origin: string) => addresses.get(origin) ?? null,
      close: () => dispatcher.destroy(),
    };
  };
  const straight = open((report) => (target, callback) => {
    guard.connector(target, (...result) => {
      const address = result[1]?.remoteAddress;
      if (address) report(originOf(target), address);
      callback(...result);
    });
  });
  return {
    through(proxy) {
      if (proxy === null) return straight;
      const guarded = dispatchers.get(proxy.url) ?? open(tunnelling(guard, proxy));
      dispatchers.delete(proxy.url);
      dispatchers.set(proxy.url, guarded);
      const [oldest] = dispatchers.keys();
      if (dispatchers.size > MAX_DISPATCHERS && oldest !== undefined) {
        void dispatchers.get(oldest)?.close();
        dispatchers.delete(oldest);
      }
      return guarded;
    },
    async close() {
      await Promise.all([straight, ...dispatchers.values()].map((guarded) => guarded.close()));
    },
  };
}

type ReportAddress = (origin: string, address: string) => void;

function tunnelling(guard: Guard, proxy: Upstream) {
  const secure = buildConnector({ timeout: 8000 });
  return (report: ReportAddress): buildConnector.connector =>
    (target, callback) => {
      const encrypted = target.protocol === "https:";
      const port = Number(target.port) || (encrypted ? 443 : 80);
      const open = async () => {
        const tunnel = await openTunnel(guard, proxy, { host: target.hostname, port });
        report(originOf(target), tunnel.address);
        return tunnel.socket;
      };
      callbackify(open)((error, socket) => {
        if (error) callback(error, null);
        else if (encrypted) secure({ ...target, httpSocket: socket }, callback);
        else callback(null, socket);
      });
    };
}

function originOf({ protocol, host, hostname }: buildConnector.Options): string {
  return `${protocol}//${host ?? hostname}`;
}
