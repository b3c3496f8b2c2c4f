import type { Translator } from "../../articles/editorial/translate.ts";
import type { Config } from "../../config/env.ts";
import { createPost } from "../../crawler/http/post.ts";
import type { ReleaseStack } from "../../lib/stack.ts";
import { guardOf } from "./egress.ts";

/** In ms and bytes. A translation is slower and longer than a webhook's response. */
const TRANSLATION_LIMITS = { deadline: 60_000, afterHeaders: 30_000, bytes: 65_536 };

/** Opens the egress to the configured translator; null if none is configured. */
export function openTranslator(config: Config, stack: ReleaseStack): Translator | null {
  const { translator } = config;
  if (!translator) return null;
  const guard = guardOf(config);
  const post = createPost({ guard, userAgent: config.userAgent, limits: TRANSLATION_LIMITS });
  stack.add("translator's egress", () => post.close());
  return { ...translator, post };
}
