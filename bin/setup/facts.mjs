import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { distroOf, nodeIsNewEnough, sameTree } from "./plan.mjs";
import { THEME_FILES } from "./theme.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const REQUIREMENTS = join(ROOT, "bin/services/secantusdb.txt");
const PACKAGES_STAMP = join(ROOT, "node_modules/.newsgather");
const BUILD_STAMP = join(ROOT, "dist/.newsgather");
const CHROMIUM_SHELL = "/usr/lib/chromium/chromium-headless-shell";
const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const NOT_BUILT = new Set([
  ..."node_modules dist dist.new data coverage test/unit test/integration test/e2e".split(" "),
  ...THEME_FILES,
]);

export function gatherFacts(env) {
  const isRoot = process.getuid?.() === 0;
  const distro = existsSync("/etc/os-release")
    ? distroOf(readFileSync("/etc/os-release", "utf8"))
    : "other";
  const venv = venvState(env);
  const browserUser = env.NEWSGATHER_BROWSER_USER || "newsgather-browser";
  return {
    env,
    node: process.version,
    nodeOk: nodeIsNewEnough(process.version),
    distro,
    isRoot,
    sudo: !isRoot && onPath("sudo", env) && succeeds("sudo", ["-n", "true"]),
    packages: packagesState(),
    redis: onPath("redis-server", env),
    chromium:
      Boolean(env.NEWSGATHER_CHROMIUM) ||
      isExecutable(CHROMIUM_SHELL) ||
      CHROMIUM_NAMES.some((name) => onPath(name, env)),
    mongod: onPath("mongod", env),
    venv,
    // Checked only if needed, because starting Python takes a while.
    pythonVenv: venv === "current" || succeeds("python3", ["-c", "import venv, ensurepip"]),
    usernsRestricted:
      readNumber("/proc/sys/kernel/unprivileged_userns_clone") === 0 ||
      readNumber("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === 1,
    build: stampState(BUILD_STAMP, buildHash(), join(ROOT, "dist")),
    browserUser,
    browserUserExists:
      existsSync("/etc/passwd") &&
      readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .some((line) => line.startsWith(`${browserUser}:`)),
  };
}

export function dataDir(env) {
  return resolve(ROOT, env.NEWSGATHER_DATA_DIR || "data");
}

/** Stamp files by step, with a hash of what the step depends on. A changed hash runs the step. */
export const stamps = {
  packages: () => [PACKAGES_STAMP, packagesHash()],
  build: () => [BUILD_STAMP, buildHash()],
  venv: (env) => [join(dataDir(env), "venv/.newsgather"), hash([readFileSync(REQUIREMENTS)])],
};

/** Returns the paths of the files that determine what the build makes. */
export function sourceFiles(folder = "") {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.name.startsWith(".") || NOT_BUILT.has(path)) return [];
    if (entry.isDirectory()) return sourceFiles(path);
    const how = /^(?:tsconfig.*\.json|package-lock\.json|bin\/setup\/.*\.mjs)$/.test(path);
    const isCopied = path.startsWith("web/") || path.startsWith("demo/world/");
    const isMade = entry.name.endsWith(".ts") || isCopied || how;
    return isMade ? [path] : [];
  });
}

function packagesState() {
  const state = stampState(PACKAGES_STAMP, packagesHash(), join(ROOT, "node_modules"));
  const recorded = join(ROOT, "node_modules/.package-lock.json");
  if (state !== "stale" || !existsSync(recorded)) return state;
  // Somebody ran npm manually: compare what npm recorded with the lock file.
  return sameTree(readJson(join(ROOT, "package-lock.json")), readJson(recorded))
    ? "current"
    : "stale";
}

function packagesHash() {
  // A new major version of Node can need other binaries.
  const platform = [process.version.split(".")[0], process.platform, process.arch].join();
  return hash([platform, readFileSync(join(ROOT, "package-lock.json"))]);
}

function buildHash() {
  return hash(sourceFiles().flatMap((path) => [path, readFileSync(join(ROOT, path))]));
}

function venvState(env) {
  const [stamp, text] = stamps.venv(env);
  const folder = join(dataDir(env), "venv");
  // A venv has a dangling link if its Python was upgraded away.
  const works = existsSync(join(folder, "bin/python3"));
  const state = stampState(stamp, text, folder);
  return state === "current" && !works ? "stale" : state;
}

function stampState(stamp, text, folder) {
  if (existsSync(stamp)) return readFileSync(stamp, "utf8") === text ? "current" : "stale";
  return existsSync(folder) ? "stale" : "none";
}

function hash(parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part).update("\0");
  return digest.digest("hex");
}

function onPath(name, env) {
  return (env.PATH ?? "").split(delimiter).some((folder) => isExecutable(join(folder, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function succeeds(command, args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function readNumber(path) {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
