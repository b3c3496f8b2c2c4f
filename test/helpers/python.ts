import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { shortHash } from "../../lib/text.ts";

/** A separate Python for tests: runs a program with arguments and returns its output. */
export type Python = (program: string, ...args: string[]) => string;

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "pipe"],
};
const CACHE = join("data", "test-python");

/** Returns a Python with packages from the index, installed once and cached; null if they can't be installed. */
export function pythonWith(...packages: string[]): Python | null {
  const cached = join(CACHE, shortHash(packages.join(" ")));
  if (!existsSync(cached) && !install(cached, packages)) return null;
  return (program, ...args) =>
    execFileSync(join(cached, "bin/python"), ["-c", program, ...args], QUIET);
}

/** Installs into a temporary name and renames at the end: two tests may install the same at once. */
function install(cached: string, packages: readonly string[]): boolean {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(`${cached}-`);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  try {
    execFileSync("python3", ["-m", "venv", folder], QUIET);
    const python = join(folder, "bin/python");
    execFileSync(python, [...pip, ...packages], { ...QUIET, timeout: 180_000 });
    renameSync(folder, cached);
    return true;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return existsSync(cached);
  }
}
