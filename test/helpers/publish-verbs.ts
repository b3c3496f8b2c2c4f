import { draftsOf } from "../../store/articles/stories.ts";
import {
  releaseIdempotencyKey,
  saveIdempotentResponse,
} from "../../store/operations/idempotency.ts";
import { clicksOf, readClicks, readFollowed } from "../../store/publish/clicks.ts";
import { articlesOfDay } from "../../store/publish/counters.ts";
import type { Store } from "../../store/store.ts";
import { NOW } from "./full-store.ts";

const FIRST = { page: 1, size: 10 };
const answer = { status: 204, type: null, body: "" };

/** The queries of the portal and the API other than those for articles and changes. */
export const PUBLISH_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["articlesOfDay", (store) => articlesOfDay(store, NOW.toISOString().slice(0, 10), FIRST)],
  ["readClicks", (store) => readClicks(store, "2026-11-25", 10)],
  ["clicksOf", (store) => clicksOf(store, "2026-11-25")],
  ["readFollowed", (store) => readFollowed(store, "2026-11-25", 10)],
  ["draftsOf", (store) => draftsOf(store, "a-7")],
  ["saveIdempotentResponse", (store) => saveIdempotentResponse(store, "r-7", answer)],
  ["releaseIdempotencyKey", (store) => releaseIdempotencyKey(store, "r-7")],
];
