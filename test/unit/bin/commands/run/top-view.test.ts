import { describe, expect, it } from "vitest";
import type { Status } from "../../../../../bin/commands/run/status.ts";
import { topView } from "../../../../../bin/commands/run/top.ts";

const source = (id: string, overrides: Partial<Status["sources"][number]>) => ({
  id,
  lastAttemptAt: null,
  lastSuccessAt: null,
  lastNewArticleAt: null,
  nextDueAt: new Date("2026-01-01T00:10:00Z"),
  running: false,
  problem: null,
  fill: null,
  ...overrides,
});

const status = (at: string, head: number, waiting: number): Status => ({
  at: new Date(at),
  processes: [],
  sources: [
    source("idle", {}),
    source("broken", { problem: "503" }),
    source("at-work", { running: true }),
  ],
  openHosts: [],
  deadLinks: 2,
  queues: { fetch: { waiting, delayed: 1, active: 3 } },
  stream: { head, pending: 4 },
  articles: 700,
  disk: { free: 3 * 1024 ** 3, low: null, tight: null },
});

const SCREEN = { rows: 60, columns: 200 };
const later = status("2026-01-01T00:00:30Z", 150, 12);

describe("the live view", () => {
  it("tells what moved since the last look", () => {
    const view = topView(later, status("2026-01-01T00:00:00Z", 100, 20), SCREEN);
    expect(view).toContain("changes a minute: 100 (newest: 150; waiting: 4)");
    expect(view).toMatch(/fetch +│ +12 \(-8\) │ +1 │ +3 │/);
    expect(topView(later, null, SCREEN)).toContain("changes a minute: -");
  });

  it("shows running sources first, then those with a problem", () => {
    const view = topView(later, null, SCREEN);
    const order = ["at-work", "broken", "idle"].map((id) => view.indexOf(id));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  it("tells the whole headline and every problem of a part where the terminal is small", () => {
    const part = (name: string, problem: string | null) =>
      ({ name, pid: 4711, restarts: 0, problem }) as Status["processes"][number];
    const stuck = "its event loop has not answered for 13 s";
    const processes = ["api", "browser", "database", "http", "redis", "scheduler"].map((name) =>
      part(name, name === "http" ? stuck : null),
    );
    const queues = Object.fromEntries(
      ["schedule", "crawl", "fetch", "render", "deliver", "export", "maintain"].map((name) => {
        return [name, { waiting: 1200, delayed: 120, active: 32 }];
      }),
    );
    const view = topView({ ...later, processes, queues }, null, { rows: 23, columns: 80 });
    expect(view).toContain("3.0 GB free");
    expect(view).toContain(`! http: ${stuck}`);
    expect(view).toMatch(/maintain.*│.*\n/);
    expect(view).toMatch(/scheduler +│ +4711 │ +0 │/);
    expect(view).toContain("idle");
  });

  it("fits the terminal", () => {
    const lines = topView(later, null, { rows: 7, columns: 30 }).split("\n");
    expect(lines).toHaveLength(7);
    expect(Math.max(...lines.map((line) => line.length))).toBe(30);
  });
});
