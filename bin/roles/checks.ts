import { articlesWithPending } from "../../store/articles/articles.ts";
import type { Check } from "../../web/server/config.ts";
import type { Deps } from "../../workers/deps.ts";

/** The lag is the age of the oldest waiting change. */
const MAX_STREAM_LAG_MS = 60_000;

export function checksOf(deps: Deps): () => Promise<Check[]> {
  return () => Promise.all([stream(deps), redis(deps)]);
}

async function stream({ store, now }: Deps): Promise<Check> {
  try {
    const [oldest] = await articlesWithPending(store, now(), 1);
    const since = oldest?.pending[0]?.at;
    const lag = since ? now().getTime() - since.getTime() : 0;
    return {
      name: "store",
      ok: lag < MAX_STREAM_LAG_MS,
      detail: `the oldest change has waited ${Math.round(lag / 1000)} s`,
    };
  } catch (error) {
    return { name: "store", ok: false, detail: messageOf(error) };
  }
}

async function redis({ producer }: Deps): Promise<Check> {
  try {
    await producer.ping();
    return { name: "redis", ok: true, detail: "answers" };
  } catch (error) {
    return { name: "redis", ok: false, detail: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
