import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startedAt } from "../../../bin/services/machine.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import { kill } from "../../helpers/processes.ts";
import { MAIN, openRoles, type RolesPlace } from "../../helpers/roles.ts";

/** Starts the role that it is given as `newsgather start` does, and says its pid. */
const PARENT = `
const { fork } = require("node:child_process");
const role = fork(process.argv[1], [process.argv[2]], { stdio: ["ignore", "inherit", 2, "ipc"] });
role.on("message", ({ ready }) => ready && console.log(role.pid));`;

const stack = new ReleaseStack();
let roles: RolesPlace;
beforeAll(async () => {
  roles = await openRoles(stack, import.meta.filename, {});
});
afterAll(() => stack.close(30_000));

test.each(["scheduler", "http"])("a %s whose parent was killed ends in order", async (role) => {
  const { env } = roles.place;
  const parent = spawn(process.execPath, ["--eval", PARENT, MAIN.now, role], { env });
  const log = text(parent.stderr);
  const [message] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(message.toString());
  stack.add(role, () => kill(pid));
  expect(startedAt(pid)).not.toBeNull();
  parent.kill("SIGKILL");
  // The role has the other end of both: they end with it.
  expect(await log).not.toMatch(/stop failed|unhandled|EPIPE/i);
  expect(startedAt(pid)).toBeNull();
});
