import { spawn } from "node:child_process";
import { mkdtemp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../../config/root.ts";
import { blocksOf, guidePages, isRun, scriptOf } from "../../helpers/code-blocks.ts";
import { type Command, makePlace, newsgather, type Place } from "../../helpers/newsgather.ts";

let place: Place;
let demo: Command;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  place = await makePlace();
  demo = newsgather(["demo"], place);
  const [, url = ""] = await demo.says(/(http:\/\/127\.0\.0\.1:\d+)/);
  // Every source has been read once.
  await demo.says(/│ all +│/);
  const bin = join(root, "bin");
  env = { ...place.env, PATH: `${bin}:${process.env["PATH"]}`, URL: url };
  const key = await run("newsgather keys add guides --scope admin --json");
  env["KEY"] = /ng_[\w-]+/.exec(key.out)?.[0];
});
afterAll(async () => {
  if (demo) process.kill(-demo.pid, "SIGINT");
  await demo?.ended();
  await place?.clear();
});

/** Runs a script in a folder of its own, as if it were that of Newsgather. */
async function run(script: string): Promise<{ code: number | null; out: string }> {
  const cwd = await mkdtemp(join(place.folder, "page-"));
  await symlink(join(root, "bin"), join(cwd, "bin"));
  const child = spawn("bash", ["-c", script], { cwd, env });
  child.stdin.end();
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out: `${out}${err}` };
}

const pages = guidePages().filter((page) => blocksOf(page).some(isRun));

test("guides have commands to run", () => expect(pages.length).toBeGreaterThan(4));

test.each(pages)("the commands of %s run beside the demo", async (page) => {
  const { code, out } = await run(scriptOf(page));
  expect(`${code}\n${code === 0 ? "" : out.slice(-3000)}`).toBe("0\n");
});
