import { spawn } from "node:child_process";
import {
  chmodSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { dataDir, REQUIREMENTS, ROOT, stamps } from "./facts.mjs";

const POLICY = "/usr/sbin/policy-rc.d";

/** The functions that perform the steps; each throws `CommandFailed` if its step fails. */
export const steps = {
  async packages(_step, { env, log }) {
    const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
    const npm = env.npm_execpath ? [process.execPath, env.npm_execpath] : ["npm"];
    await run([...npm, ...args], { log, env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" } });
    writeFileSync(...stamps.packages());
  },

  async apt({ packages }, { facts, log }) {
    const root = facts.isRoot ? [] : ["sudo", "-n"];
    const quiet = ["env", "DEBIAN_FRONTEND=noninteractive"];
    const wait = ["-o", "DPkg::Lock::Timeout=300"];
    await run([...root, ...quiet, "apt-get", ...wait, "update"], { log });
    const install = ["apt-get", ...wait, "install", "-y", "--no-install-recommends", ...packages];
    await withoutServices(root, log, () => run([...root, ...quiet, ...install], { log }));
    if (packages.includes("redis-server")) await disableSystemRedis(root, log);
  },

  async venv(_step, { env, log }) {
    const folder = join(dataDir(env), "venv");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    await run(["python3", "-m", "venv", folder], { log });
    const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
    const exact = ["--no-deps", "--require-hashes", "--only-binary", ":all:"];
    const python = join(folder, "bin/python3");
    await run([python, ...pip, ...exact, "--requirement", REQUIREMENTS], { log });
    await run([join(folder, "bin/secantusd-py"), "--help"], { log });
    writeFileSync(...stamps.venv(env));
  },

  async user(_step, { facts, log }) {
    const home = `/var/lib/${facts.browserUser}`;
    const options = ["--system", "--user-group", "--create-home", "--home-dir", home];
    const shell = ["--shell", "/usr/sbin/nologin"];
    await run(["useradd", ...options, ...shell, facts.browserUser], { log });
    chmodSync(home, 0o700);
  },

  async build(_step, { log }) {
    // Record the input that was read, not what an editor has written since.
    const [stamp, text] = stamps.build();
    const [fresh, old, dist] = ["dist.new", "dist.old", "dist"].map((name) => join(ROOT, name));
    rmSync(fresh, { recursive: true, force: true });
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    const project = ["-p", join(ROOT, "tsconfig.build.json"), "--outDir", fresh];
    // With the build information in the old folder, the build after a failed one would assume that
    // its files exist.
    project.push("--tsBuildInfoFile", join(fresh, ".tsbuildinfo"));
    try {
      await run([process.execPath, tsc, ...project], { log });
      await run([process.execPath, join(ROOT, "bin/setup/bundle.mjs"), fresh], { log });
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(fresh, dist);
    rmSync(old, { recursive: true, force: true });
    writeFileSync(stamp, text);
  },
};

export class CommandFailed extends Error {
  constructor(command, code, output) {
    super(`failed with ${code}`);
    this.command = command.join(" ");
    this.name = "CommandFailed";
    this.output = output;
  }
}

/** Runs `install` while `policy-rc.d` prevents Debian packages from starting services. */
async function withoutServices(root, log, install) {
  const write = `printf '#!/bin/sh\\nexit 101\\n' > ${POLICY} && chmod 755 ${POLICY}`;
  const ours = !existsSync(POLICY);
  if (ours) await run([...root, "sh", "-c", write], { log });
  try {
    await install();
  } finally {
    if (ours) await run([...root, "rm", "-f", POLICY], { log });
  }
}

async function disableSystemRedis(root, log) {
  const off = existsSync("/run/systemd/system")
    ? ["systemctl", "disable", "--now", "redis-server.service"]
    : ["update-rc.d", "redis-server", "disable"];
  await run([...root, ...off], { log });
}

function run(command, { log, env = {} }) {
  return new Promise((resolve, reject) => {
    const out = createWriteStream(log, { flags: "a" });
    out.write(`$ ${command.join(" ")}\n`);
    const child = spawn(command[0], command.slice(1), {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk) => {
      out.write(chunk);
      output = (output + chunk).slice(-4000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.once("error", (error) => reject(new CommandFailed(command, error.code, error.message)));
    child.once("close", (code) => {
      out.end();
      if (code === 0) resolve();
      else reject(new CommandFailed(command, `exit code ${code}`, output));
    });
  });
}
