import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Python of a test's own. */
export interface Python {
  /** Runs a program with arguments; what it printed. */
  run(program: string, ...args: string[]): string;
  clear(): void;
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "pipe"],
};

/** A Python with packages from the index; null where they can't be installed. */
export function pythonWith(...packages: string[]): Python | null {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-python-"));
  const clear = () => rmSync(folder, { recursive: true, force: true });
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  try {
    execFileSync("python3", ["-m", "venv", folder], QUIET);
    const python = join(folder, "bin/python");
    execFileSync(python, [...pip, ...packages], { ...QUIET, timeout: 60_000 });
    const run = (program: string, ...args: string[]) =>
      execFileSync(python, ["-c", program, ...args], QUIET);
    return { run, clear };
  } catch {
    clear();
    return null;
  }
}
