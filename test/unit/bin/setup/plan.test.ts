import { describe, expect, it } from "vitest";
// @ts-expect-error a script without types
import * as setup from "../../../../bin/setup/plan.mjs";

const { distroOf, helpScreen, nodeIsNewEnough, sameTree } = setup;
const plan: (facts: object) => {
  steps: { id: string; why: string; packages?: string[] }[];
  missing: { what: string; why: string }[];
} = setup.plan;

/** A fresh Debian with Node, as root, right after `git clone`. */
const fresh = {
  node: "v20.19.0",
  nodeOk: true,
  env: {},
  distro: "debian",
  isRoot: true,
  sudo: false,
  packages: "none",
  redis: false,
  chromium: false,
  mongod: false,
  pythonVenv: false,
  usernsRestricted: false,
  venv: "none",
  build: "none",
  browserUser: "newsgather-browser",
  browserUserExists: false,
};

const ready = {
  ...fresh,
  packages: "current",
  redis: true,
  chromium: true,
  pythonVenv: true,
  venv: "current",
  build: "current",
  browserUserExists: true,
};

function idsOf(facts: object): string[] {
  return plan(facts).steps.map((step) => step.id);
}

describe("plan", () => {
  it("does everything on a fresh machine, in an order that holds", () => {
    const { steps, missing } = plan(fresh);
    expect(steps.map((step) => step.id)).toEqual(["packages", "apt", "venv", "user", "build"]);
    expect(steps[1]?.packages).toEqual(["redis-server", "chromium-headless-shell", "python3-venv"]);
    expect(steps.every((step) => step.why !== "")).toBe(true);
    expect(missing).toEqual([]);
  });

  it("does nothing when all is there", () => {
    expect(plan(ready)).toEqual({ steps: [], missing: [] });
  });

  it("leaves out what an address or a mongod replaces", () => {
    const env = { MONGODB_URI: "mongodb://db", REDIS_URL: "redis://cache" };
    const bare = { ...ready, redis: false, venv: "none", pythonVenv: false };
    expect(idsOf({ ...bare, env })).toEqual([]);
    expect(idsOf({ ...bare, redis: true, mongod: true })).toEqual([]);
    expect(idsOf({ ...ready, chromium: false, env: { NEWSGATHER_BROWSER_WS: "ws://b" } })).toEqual(
      [],
    );
  });

  it("uses sudo where it asks for no password, and makes no user then", () => {
    expect(idsOf({ ...fresh, isRoot: false, sudo: true })).toEqual([
      "packages",
      "apt",
      "venv",
      "build",
    ]);
  });

  it("says what is missing where apt can't be used", () => {
    const noRoot = plan({ ...fresh, isRoot: false });
    expect(noRoot.missing.map(({ what }) => what)).toEqual([
      "redis-server",
      "chromium-headless-shell",
      "python3-venv",
    ]);
    expect(noRoot.missing[0]?.why).toContain("apt needs root");
    const mac = plan({ ...fresh, distro: "other" });
    expect(mac.missing[0]?.why).toContain("neither Debian nor Ubuntu");
    expect(mac.steps.map((step) => step.id)).not.toContain("user");
  });

  it("installs anew over a half-way venv", () => {
    const [step] = plan({ ...ready, venv: "stale" }).steps;
    expect(step?.id).toBe("venv");
    expect(step?.why).toContain("incomplete");
  });

  it("adds the sandbox helper only where the kernel asks for it", () => {
    const { steps } = plan({ ...fresh, usernsRestricted: true });
    expect(steps[1]?.packages).toContain("chromium-sandbox");
  });

  it("refuses an old Node", () => {
    expect(plan({ ...ready, node: "v18.20.0", nodeOk: false }).missing[0]?.what).toBe(
      "Node.js >= 20.19 (this is v18.20.0)",
    );
    const versions = ["v18.20.8", "v20.18.3", "v20.19.0", "v22.1.0"];
    expect(versions.map(nodeIsNewEnough)).toEqual([false, false, true, true]);
  });
});

describe("sameTree", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b-darwin": { version: "2.0.0", optional: true },
    },
  };

  it("takes a tree without the optional packages of other platforms", () => {
    expect(sameTree(lock, { packages: { "node_modules/a": { version: "1.0.0" } } })).toBe(true);
  });

  it("notices another version, a missing package and a left-over one", () => {
    const a = { version: "1.0.0" };
    expect(sameTree(lock, { packages: { "node_modules/a": { version: "1.0.1" } } })).toBe(false);
    expect(sameTree(lock, { packages: {} })).toBe(false);
    expect(sameTree(lock, { packages: { "node_modules/a": a, "node_modules/c": a } })).toBe(false);
  });
});

describe("helpScreen", () => {
  it("gives commands that can be pasted, and the container way", () => {
    const { missing } = plan({ ...fresh, isRoot: false });
    const screen = helpScreen(missing, { distro: "debian", log: null });
    expect(screen).toContain(
      "sudo apt-get install -y --no-install-recommends redis-server chromium-headless-shell python3-venv",
    );
    expect(screen).toContain("docker compose up");
    expect(screen.split("\n").length).toBeLessThan(24);
  });

  it("names the programs where there is no apt", () => {
    const { missing } = plan({ ...fresh, distro: "other" });
    const screen = helpScreen(missing, { distro: "other", log: "data/setup.log" });
    expect(screen).not.toContain("apt-get install");
    expect(screen).toContain("brew install redis");
    expect(screen).toContain("data/setup.log");
  });
});

describe("distroOf", () => {
  it("reads os-release, also of relatives", () => {
    expect(distroOf('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n')).toBe("debian");
    expect(distroOf('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe("ubuntu");
    expect(distroOf('ID="fedora"\n')).toBe("other");
  });
});
