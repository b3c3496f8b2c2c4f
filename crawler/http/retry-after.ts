import { DAY_MS } from "../../lib/time.ts";

/** Milliseconds that `Retry-After` asks for (seconds or an HTTP date), 0 to 24 h; null if unreadable. */
export function retryAfter(header: string | undefined, now: Date): number | null {
  const value = header?.split("\n")[0]?.trim() ?? "";
  if (value === "") return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return Number.isNaN(ms) ? null : Math.min(DAY_MS, Math.max(0, ms));
}
