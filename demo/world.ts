import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { handMade } from "./hand-made.ts";
import { describeHappening, type Happened, happeningAt } from "./live.ts";
import type { Setting } from "./place.ts";
import { shut, siteServer } from "./server.ts";
import { ok, type Plan, picture, type Reply, type Site } from "./site.ts";
import type { SeenRequest, Truth, WorldReport } from "./truth.ts";

export interface WorldOptions {
  /** Port of all sites; 18080 by default. If it is in use, the world takes a free port. */
  port?: number;
  seed?: number;
  /** Time at which the world starts; its first articles are older. By default the current time. */
  now?: Date;
  /** Poll interval of the sources; `10m` by default. */
  every?: string;
  /** Returns the sites; by default, they are the hand-made ones. */
  plan?: (setting: Setting, happened: readonly Happened[]) => Plan;
  /** Called after each event, because the expected result might have changed. */
  onHappening?: () => void;
}

/** Sample news sites, served on loopback addresses. */
export interface World {
  port: number;
  /** IP of the first site. `/__world/report` and `/__world/happen` work on every site. */
  address: string;
  /** Value of NEWSGATHER_HOSTS. */
  hosts: string;
  /** Value of NEWSGATHER_ALLOW_NETWORKS. */
  allowNetworks: "127.1.0.0/16";
  sources: { id: string; yaml: string }[];
  writeSources(dir: string): Promise<void>;
  readonly truth: Truth;
  /** Triggers the next event of a fixed sequence, and returns its description. */
  happen(): string;
  report(): WorldReport;
  /** One for each site. */
  servers: readonly Server[];
  close(): Promise<void>;
}

const addressOf = (index: number) =>
  `127.1.${Math.floor((index + 1) / 250)}.${(index + 1) % 250 || 250}`;

const json = (value: unknown) => ok("application/json", JSON.stringify(value));

async function serve(
  count: number,
  port: number,
  make: () => Server,
): Promise<{ port: number; servers: Server[] }> {
  for (let attempt = 0; ; attempt++) {
    const servers: Server[] = [];
    let chosen = attempt === 0 ? port : 0;
    try {
      for (let index = 0; index < count; index++) {
        const server = make();
        await once(server.listen(chosen, addressOf(index)), "listening");
        servers.push(server);
        const bound = server.address();
        if (!chosen && bound && typeof bound === "object") chosen = bound.port;
      }
      return { port: chosen, servers };
    } catch (error) {
      await Promise.all(servers.map(shut));
      if (attempt >= 10) throw new Error(`no free port for the sample sites`, { cause: error });
    }
  }
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const {
    seed = 1,
    now = new Date(),
    port: wanted = 18080,
    every,
    plan: makePlan = handMade,
  } = options;
  const happened: Happened[] = [];
  const planFor = (port: number): Plan =>
    makePlan({ port, seed, now, ...(every && { every }) }, happened);
  const seen: SeenRequest[] = [];
  const visited = new Set<string>();
  let plan: Plan;
  let sites: Map<string, Site>;

  const control = (path: string, method: string): Reply | null => {
    if (path === "/__world/report") return json(world.report());
    if (path === "/__world/happen" && method === "POST") return json({ what: world.happen() });
    return null;
  };
  const answer = (host: string, path: string, method: string): Reply | null => {
    if (path.startsWith("/__world/")) return control(path, method);
    const site = sites.get(host);
    if (!site) return { status: 421, headers: {}, body: "" };
    const key = `${host}${path}`;
    const found = site.reply(path);
    if (found?.firstTime && !visited.has(key)) {
      visited.add(key);
      return found.firstTime;
    }
    return found ?? (path.startsWith("/img/") ? picture() : null);
  };

  const { port, servers } = await serve(planFor(wanted).sites.length, wanted, () =>
    siteServer((...request) => answer(...request), seen),
  );
  const update = () => {
    plan = planFor(port);
    sites = new Map(plan.sites.map((site) => [`${site.host}:${port}`, site]));
    return plan;
  };
  const first = update();
  const world: World = {
    port,
    address: addressOf(0),
    hosts: first.sites.map((site, index) => `${addressOf(index)} ${site.host}`).join("\n"),
    allowNetworks: "127.1.0.0/16",
    sources: first.sources,
    writeSources: async (dir) => {
      await mkdir(dir, { recursive: true });
      for (const { id, yaml } of first.sources) await writeFile(join(dir, `${id}.yaml`), yaml);
    },
    get truth() {
      return plan.truth();
    },
    happen: () => {
      const at = new Date(Math.floor(Date.now() / 1000) * 1000);
      const happening = happeningAt(happened.length, at);
      happened.push({ happening, at });
      update();
      options.onHappening?.();
      return describeHappening(happening);
    },
    report: () => reportOf([...seen], plan.truth().forbidden),
    servers,
    close: async () => {
      await Promise.all(servers.map(shut));
    },
  };
  return world;
}

function reportOf(requests: SeenRequest[], forbidden: string[]): WorldReport {
  const summary: WorldReport["summary"] = {};
  const pages = requests.filter((request) => request.kind === "page");
  for (const host of new Set(pages.map((request) => request.host))) {
    const own = pages.filter((request) => request.host === host);
    summary[host] = { count: own.length, ...politeness(own) };
  }
  const banned = new Set(forbidden);
  const urls = requests.map((request) => `http://${request.host}${request.path}`);
  return { requests, summary, forbiddenHits: urls.filter((url) => banned.has(url)) };
}

function politeness(requests: SeenRequest[]) {
  const sorted = requests.toSorted((one, other) => one.start - other.start);
  let minGapMs: number | null = null;
  let minStartGapMs: number | null = null;
  let maxConcurrent = 0;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let open: SeenRequest[] = [];
  for (const [index, request] of sorted.entries()) {
    open = [...open.filter((one) => one.end > request.start), request];
    maxConcurrent = Math.max(maxConcurrent, open.length);
    const before = sorted[index - 1];
    if (before) {
      const gap = Math.max(0, request.start - lastEnd);
      minGapMs = Math.min(minGapMs ?? gap, gap);
      const starts = request.start - before.start;
      minStartGapMs = Math.min(minStartGapMs ?? starts, starts);
    }
    lastEnd = Math.max(lastEnd, request.end);
  }
  return { minGapMs, minStartGapMs, maxConcurrent };
}
