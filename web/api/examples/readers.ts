import { CHANGE } from "./articles.ts";
import type { Examples } from "./examples.ts";

const AT = "2026-11-25T09:30:00.000Z";
const FILTER = { topic: ["egovernment"], country: ["DE"] };
const MADE = { createdAt: AT, createdBy: "key 1a2b3c4d" };

const CONSUMER = {
  name: "search-index",
  filter: FILTER,
  view: null,
  state: "idle",
  seq: 1204,
  cursor: "MTIwNC4w",
  lag: { changes: 0, seconds: null },
  leasedUntil: null,
  ackedAt: AT,
  ...MADE,
};
const WEBHOOK = {
  id: "wh-5f2a9c",
  url: "https://site.example/hooks/news",
  filter: FILTER,
  view: null,
  state: "active",
  reason: null,
  circuit: "closed",
  seq: 1204,
  lag: 0,
  failures: 0,
  failingSince: null,
  nextTryAt: null,
  deliveredAt: AT,
  lastProblem: null,
  ...MADE,
};
const SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const DELIVERY = {
  id: "d-77",
  messageId: "msg-wh-5f2a9c-1204",
  seq: 1204,
  at: AT,
  ms: 84,
  delivered: true,
  problem: null,
  request: {
    url: WEBHOOK.url,
    headers: { "webhook-id": "msg-wh-5f2a9c-1204" },
    digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    bytes: 1512,
  },
  response: { status: 204, headers: {}, body: "" },
};
const VIEW = {
  id: "berlin",
  name: "From Berlin",
  filter: { region: ["DE-BE"] },
  page: "https://portal.example/view/berlin",
  feed: "https://portal.example/feeds/view/berlin.atom",
  savedAt: AT,
};

/** Examples of consumers, webhooks and views. */
export const READERS: Examples = {
  "GET /v1/consumers": { answer: [CONSUMER] },
  "POST /v1/consumers": {
    body: { name: CONSUMER.name, from: "start", filter: FILTER },
    answer: CONSUMER,
  },
  "GET /v1/consumers/{name}": { answer: CONSUMER },
  "POST /v1/consumers/{name}/lease": {
    body: { limit: 100, seconds: 60, wait: 30 },
    answer: { lease: "0b6f7c52-9a1e-4a6e-8a2f-5f0f6f3f9d11", until: AT, items: [CHANGE] },
  },
  "POST /v1/consumers/{name}/ack": {
    body: { lease: "0b6f7c52-9a1e-4a6e-8a2f-5f0f6f3f9d11" },
    answer: { seq: 1204 },
  },
  "POST /v1/consumers/{name}/replay": {
    body: { from: "2026-11-24T00:00:00Z" },
    answer: CONSUMER,
  },
  "GET /v1/webhooks": { answer: [WEBHOOK] },
  "POST /v1/webhooks": {
    body: { url: WEBHOOK.url, from: "latest", filter: FILTER },
    answer: { ...WEBHOOK, secret: SECRET },
  },
  "GET /v1/webhooks/{id}": { answer: WEBHOOK },
  "POST /v1/webhooks/{id}/test": { answer: { ...DELIVERY, seq: null } },
  "POST /v1/webhooks/{id}/rotate": { answer: { secret: SECRET } },
  "POST /v1/webhooks/{id}/pause": { answer: { ...WEBHOOK, state: "paused" } },
  "POST /v1/webhooks/{id}/resume": { body: { skip: false }, answer: WEBHOOK },
  "POST /v1/webhooks/{id}/replay": { body: { from: "start" }, answer: { ...WEBHOOK, seq: 0 } },
  "GET /v1/webhooks/{id}/deliveries": { answer: [DELIVERY] },
  "GET /v1/webhooks/{id}/deliveries/{delivery}": {
    answer: { ...DELIVERY, body: '{"type":"article.updated"}', same: true },
  },
  "GET /v1/views": { answer: [VIEW] },
  "GET /v1/views/{id}": { answer: VIEW },
  "PUT /v1/views/{id}": { body: { name: VIEW.name, filter: VIEW.filter }, answer: VIEW },
};
