import { stringify } from "yaml";
import { TDM_PATH } from "../../crawler/robots/robots.ts";
import { type Loopback, listen } from "./loopback.ts";
import { articlePage, feedOf } from "./site.ts";

/** A host of a measured world; delays in ms. */
export interface PoliteHost {
  name: string;
  address: string;
  delay: number;
  concurrency: number;
  render: "http" | "browser" | "auto";
  pages: number;
  /** Delay in seconds that robots.txt asks for between requests. */
  crawlDelay?: number;
  robots?: number;
  /** Status and `Retry-After` of the first response for its second article. */
  once?: { status: number; retryAfter: number };
}

/**
 * A top-level request as the server saw it; ms. A server process without CPU notices a request late: the request came
 * between `from`, when the server was last idle, and `start`; the response was sent at `end` or later.
 */
export interface Seen {
  host: string;
  path: string;
  status: number;
  from: number;
  start: number;
  end: number;
}

/** How often the server checks whether it is idle, ms. */
const BEAT = 2;

/** Sites that record when each request for a page began and ended. */
export interface PoliteSites {
  seen: Seen[];
  /** Value of NEWSGATHER_HOSTS. */
  hosts: string;
  /** `name:port` of a host. */
  idOf(name: string): string;
  /** Source declarations by id. */
  sources: Record<string, string>;
  close(): Promise<void>;
}

/** Serves each host's articles, listed in a feed, each after `latency` ms. */
export async function servePolitely(
  hosts: PoliteHost[],
  { latency }: { latency: number },
): Promise<PoliteSites> {
  const seen: Seen[] = [];
  const refused = new Set<string>();
  const byName = new Map(hosts.map((host) => [host.name, host]));
  let port = 0;
  const at = (name: string, path: string) => `http://${name}:${port}${path}`;

  const answer = (host: PoliteHost, path: string): [number, string, Record<string, string>?] => {
    if (path === "/robots.txt") {
      const rules = `User-agent: *\nAllow: /\n${host.crawlDelay ? `Crawl-delay: ${host.crawlDelay}\n` : ""}`;
      return [host.robots ?? 200, rules, { "content-type": "text/plain" }];
    }
    if (path === TDM_PATH) return [404, "nothing is reserved"];
    if (path === "/feed.xml") {
      const urls = Array.from({ length: host.pages }, (_, n) => at(host.name, `/news/${n}`));
      return [200, feedOf(urls), { "content-type": "application/rss+xml" }];
    }
    if (path === "/news/1" && host.once && !refused.has(host.name)) {
      refused.add(host.name);
      const { status, retryAfter } = host.once;
      return [status, "later", { "retry-after": `${retryAfter}` }];
    }
    return [200, articlePage(`Report ${path} of ${host.name}`)];
  };

  // A request that is handled now arrived after the last beat but one: since then, the event loop has waited for
  // requests.
  let beats = [performance.now(), performance.now(), performance.now()];
  const beat = setInterval(() => void (beats = [...beats.slice(1), performance.now()]), BEAT);

  const servers: Loopback[] = [];
  for (const address of new Set(hosts.map((host) => host.address))) {
    const server = await listen(
      address,
      (request, response) => {
        const start = performance.now();
        const [from = start] = beats;
        const id = request.headers.host ?? "";
        const host = byName.get(id.replace(/:\d+$/, ""));
        const path = request.url ?? "";
        if (!host || path === "/favicon.ico") return response.writeHead(404).end();
        const [status, body, headers = {}] = answer(host, path);
        setTimeout(() => {
          const end = performance.now();
          response.once("finish", () =>
            seen.push({ host: host.name, path, status, from, start, end }),
          );
          response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
        }, latency);
        return response;
      },
      port,
    );
    port = server.port;
    servers.push(server);
  }
  return {
    seen,
    hosts: hosts.map(({ name, address }) => `${address} ${name}`).join("\n"),
    idOf: (name) => `${name}:${port}`,
    sources: Object.fromEntries(
      hosts.map(({ name, delay, concurrency, render }) => {
        const id = name.replaceAll(".", "-");
        const pace = { delay: `${delay}ms`, concurrency };
        const feeds = [at(name, "/feed.xml")];
        const schedule = { every: "1h" };
        return [id, stringify({ id, name, home: at(name, "/"), feeds, pace, render, schedule })];
      }),
    ),
    close: async () => {
      clearInterval(beat);
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
