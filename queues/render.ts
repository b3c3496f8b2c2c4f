import { fetchQueue, type TurnPayload } from "./fetch.ts";
import type { QueueDefinition } from "./queue.ts";

/** Host turns in the browser. */
export const renderQueue: QueueDefinition<TurnPayload> = { ...fetchQueue, name: "render" };
