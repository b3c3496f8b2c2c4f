import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

const PATHS = [
  "NEWSGATHER_DATA_DIR",
  "NEWSGATHER_SOURCES_DIR",
  "NEWSGATHER_SECRETS_DIR",
  "NEWSGATHER_BODIES_DIR",
  "NEWSGATHER_SIGNING_KEYS",
  "NEWSGATHER_PORTAL_LOGO",
  "NEWSGATHER_PORTAL_CSS",
  "NEWSGATHER_CHROMIUM",
];

/** Returns the variables in a folder's `.env`, if it exists. Resolves paths from this folder. */
export function readEnvFile(folder: string): Record<string, string> {
  const path = join(folder, ".env");
  const entries = Object.entries(existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {});
  return Object.fromEntries(
    entries.map(([name, value = ""]) => {
      if (name === "NEWSGATHER_HOSTS" && value.startsWith("@"))
        return [name, `@${resolve(folder, value.slice(1))}`];
      return [name, PATHS.includes(name) && value !== "" ? resolve(folder, value) : value];
    }),
  );
}
