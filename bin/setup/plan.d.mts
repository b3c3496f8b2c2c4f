/** What set-up found on this machine. */
export interface Facts {
  node: string;
  nodeOk: boolean;
  env: Record<string, string | undefined>;
  distro: "debian" | "ubuntu" | "other";
  isRoot: boolean;
  sudo: boolean;
  packages: "none" | "stale" | "current";
  redis: boolean;
  chromium: boolean;
  mongod: boolean;
  pythonVenv: boolean;
  usernsRestricted: boolean;
  venv: "none" | "stale" | "current";
  build: "none" | "stale" | "current";
  browserUser: string;
  browserUserExists: boolean;
}

export interface Step {
  id: "packages" | "apt" | "venv" | "user" | "build";
  title: string;
  why: string;
  packages?: string[];
}

export interface Missing {
  what: string;
  why: string;
}

interface Tree {
  packages?: Record<string, { version?: string; optional?: boolean }>;
}

export function plan(facts: Facts): { steps: Step[]; missing: Missing[] };
export function aptPackages(facts: Facts): { name: string; why: string }[];
export function aptRefusal(facts: Pick<Facts, "distro" | "isRoot" | "sudo">): string | null;
export function distroOf(osRelease: string): Facts["distro"];
export function nodeIsNewEnough(version: string): boolean;
export function sameTree(lock: Tree, installed: Tree): boolean;
export function helpScreen(
  missing: Missing[],
  options: { distro: Facts["distro"]; log: string | null; command?: string },
): string;
