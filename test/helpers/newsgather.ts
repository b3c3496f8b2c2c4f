import { spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../config/root.ts";
import { within } from "../../lib/async.ts";
import { killAll } from "./processes.ts";

/** A folder for one run of the program; all processes that it starts can be found by its name. */
export interface Place {
  folder: string;
  dataDir: string;
  sourcesDir: string;
  env: Record<string, string | undefined>;
  /** Ends remaining processes and removes the folder. */
  clear(): Promise<void>;
}

/** Creates a folder with its own data and sources; only embedded services are used. */
export async function makePlace(env: Record<string, string> = {}): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "newsgather-e2e-"));
  const [dataDir, sourcesDir, temporary] = ["data", "sources", "tmp"].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  for (const path of [dataDir, sourcesDir, temporary]) await mkdir(path);
  // The browser runs as another user below it.
  await chmod(folder, 0o755);
  await chmod(temporary, 0o1777);
  return {
    folder,
    dataDir,
    sourcesDir,
    env: {
      ...process.env,
      MONGODB_URI: "",
      REDIS_URL: "",
      TMPDIR: temporary,
      NEWSGATHER_DATA_DIR: dataDir,
      NEWSGATHER_SOURCES_DIR: sourcesDir,
      NEWSGATHER_LOG_LEVEL: "warn",
      ...env,
    },
    async clear() {
      killAll(folder);
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** The exit of a command. */
interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A command in its own process group, as an operator runs it. */
export interface Command {
  pid: number;
  /** Returns its output so far. */
  out(): string;
  err(): string;
  /** Resolves when it has ended and all its output was read; rejects if that takes too long. */
  ended(deadline?: number): Promise<End>;
  /** Resolves with the first match in its output; rejects if it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts `newsgather` with these arguments. */
export function newsgather(args: string[], place: Pick<Place, "env">): Command {
  return started(process.execPath, [join(root, "bin/newsgather"), ...args], place);
}

/** Starts a script of `package.json` without its set-up step. */
export function npmRun(script: string, place: Pick<Place, "env">): Command {
  return started("npm", ["run", script, "--ignore-scripts"], place);
}

function started(command: string, args: string[], { env }: Pick<Place, "env">): Command {
  const child = spawn(command, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  const heard = new Set<() => void>();
  const hear = () => {
    for (const listener of heard) listener();
  };
  child.stdout.on("data", (chunk) => (out += String(chunk))).on("data", hear);
  child.stderr.on("data", (chunk) => (err += String(chunk))).on("data", hear);
  const ended = new Promise<End>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    out: () => out,
    err: () => err,
    ended: (deadline = 200_000) =>
      within(deadline, ended, args.join(" ")).catch((cause: unknown) => {
        throw new Error(`${command} ${args.join(" ")} does not end:\n${out}\n${err}`, { cause });
      }),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const tryMatch = () => {
          const match = pattern.exec(out + err);
          if (match) resolve(match);
          return match !== null;
        };
        if (tryMatch()) return;
        const listener = () => tryMatch() && heard.delete(listener);
        heard.add(listener);
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code} before it said ${pattern}:\n${out}\n${err}`)),
        );
      }),
  };
}
