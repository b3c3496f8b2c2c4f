import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../../config/root.ts";

// Each costs 15 to 550 ms CPU at the start of every process that loads it, and some MB for as long as that lives.
const BROWSER = ["playwright"];
const RARE = [...BROWSER, "@opentelemetry/api", "nodemailer"];
const SERVER = ["fastify", "@fastify/helmet", "@fastify/swagger", "@fastify/static"];
const EXPORTS = ["hyparquet-writer", "warcio", "yazl"];
const READERS = ["feedsmith", "htmlparser2", "unpdf", "cld3-asm"];

test.each([
  ["bin/tree/role.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS, "bullmq", "mongodb"]],
  ["bin/roles/scheduler.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS, "piscina"]],
  ["bin/roles/http.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS]],
  ["bin/roles/browser.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS]],
  ["bin/roles/api.ts", [...RARE, ...EXPORTS, ...READERS]],
  ["bin/commands/run/start.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS, "bullmq"]],
  ["bin/commands/run/doctor.ts", [...RARE, ...SERVER, ...EXPORTS]],
  ["bin/commands/run/status.ts", [...RARE, ...SERVER, ...EXPORTS, ...READERS, "undici"]],
])("%s loads nothing at its start that is for other roles or rare", (entry, unwanted) => {
  const loaded = packagesOf(entry);
  expect(loaded).toContain("zod");
  expect(unwanted.filter((name) => loaded.has(name))).toEqual([]);
});

const IMPORT =
  /^(?:import|export)\s(?!type\b)(?:[^"';]*?\sfrom\s)?"([^"]+)"|createRequire\(import\.meta\.url\)\(\s*"([^"]+)"/gm;

/** Packages that are imported by a file or by one that it imports, without those that are loaded later. */
function packagesOf(entry: string): Set<string> {
  const files = new Set([join(root, entry)]);
  const packages = new Set<string>();
  for (const file of files) {
    for (const [, imported, from = imported ?? ""] of readFileSync(file, "utf8").matchAll(IMPORT)) {
      if (from.startsWith(".")) files.add(join(dirname(file), from));
      else if (!from.startsWith("node:")) packages.add(from);
    }
  }
  expect([...files].every((file) => existsSync(file))).toBe(true);
  return packages;
}
