import type { Env } from "./env.ts";
import { hideCredentials } from "./logger.ts";
import { INFO } from "./setting.ts";
import { Settings } from "./settings.ts";

/** A setting and where its value came from. A secret value is hidden; null if there is none. */
export interface ShownSetting {
  name: string;
  value: string | null;
  from: "environment" | ".env" | "default";
  about: string;
}

const HIDDEN = "***";

/** Returns every setting, with secrets hidden. `file` has the variables of `.env`. */
export function listSettings(env: Env, file: Env): ShownSetting[] {
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const { fallback = null, about = "", secret = true } = INFO.get(schema) ?? {};
    const raw = env[name] || null;
    const value = raw === null ? fallback : secret ? HIDDEN : hideCredentials(raw);
    const from = raw === null ? "default" : file[name] === raw ? ".env" : "environment";
    return { name, value, from, about };
  });
}
