import type { Index } from "./store.ts";

/** Every index, beside the queries that need it; a test asks `explain` whether they do. */
export const INDEXES: Index[] = [
  // sources: what is due
  { collection: "sources", key: { nextDueAt: 1 }, sparse: true },
  // versions: of a source, newest first
  { collection: "versions", key: { sourceId: 1, version: 1 }, unique: true },
  // runs: the open ones; a source's history; at most one open run of a source's entry points
  { collection: "runs", key: { open: 1, startedAt: 1 } },
  { collection: "runs", key: { sourceId: 1, startedAt: 1 } },
  { collection: "runs", key: { openOf: 1 }, unique: true, sparse: true },
  // links: a host turn; a run's open and all links; a source's by reason; the backlog; next looks
  { collection: "links", key: { host: 1, lane: 1, dueAt: 1 } },
  { collection: "links", key: { runId: 1, state: 1, dueAt: 1 } },
  { collection: "links", key: { sourceId: 1, reason: 1 } },
  { collection: "links", key: { dueAt: 1 }, sparse: true },
  { collection: "links", key: { nextFetchAt: 1 }, sparse: true },
  { collection: "links", key: { announceAt: 1 }, sparse: true },
  { collection: "links", key: { state: 1, doneAt: 1 } },
  { collection: "links", key: { "claim.at": 1 }, sparse: true },
  // links: what entry points of a source named since a time
  { collection: "links", key: { sourceId: 1, firstSeenAt: 1 } },
  // coverage: sources to count now; sites to probe
  { collection: "coverage", key: { nextCheckAt: 1 } },
  { collection: "coverage", key: { nextProbeAt: 1 } },
  // hosts: whose turn it is, per lane; those left alone
  { collection: "hosts", key: { "nextTurnAt.http": 1 }, sparse: true },
  { collection: "hosts", key: { "nextTurnAt.browser": 1 }, sparse: true },
  { collection: "hosts", key: { openUntil: 1 }, sparse: true },
  { collection: "hosts", key: { failures: 1 } },
  // robots: rules of hosts that nobody visits any more go by themselves
  { collection: "robots", key: { readAt: 1 }, expireAfterSeconds: 30 * 86_400 },
  // rights documents: those that nobody names any more go by themselves
  { collection: "hosts", key: { documentIds: 1 }, sparse: true },
  { collection: "rightsDocuments", key: { fetchedAt: 1 }, expireAfterSeconds: 400 * 86_400 },
  // hosts whose word isn't believed
  { collection: "hosts", key: { mistrustedUntil: 1 }, sparse: true },
  // captures: of a link; of a source by time
  { collection: "captures", key: { linkId: 1, fetchedAt: 1 } },
  { collection: "captures", key: { sourceId: 1, fetchedAt: 1 } },
  // captures: who else names a body that is to go
  { collection: "captures", key: { bodyId: 1 }, sparse: true },
  // bodies: what no capture stored for long
  { collection: "bodies", key: { storedAt: 1 } },
  // bodies: those of a tier, the oldest first; those that were moved and left a copy
  { collection: "bodies", key: { tier: 1, storedAt: 1 } },
  { collection: "bodies", key: { was: 1 }, sparse: true },
  // articles: what the sequencer has to move
  { collection: "articles", key: { pendingAt: 1 }, sparse: true },
  // articles: lists, newest first, by what narrows them, and a story's
  { collection: "articles", key: { sortAt: 1, _id: 1 } },
  { collection: "articles", key: { sourceId: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { topics: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { country: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { language: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { day: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { storyId: 1 } },
  // articles: what readers don't see, newest first
  { collection: "articles", key: { "unlisted.at": 1 }, sparse: true },
  // articles: what waits for an editor, what was taken back, what is pinned, whose time is over
  { collection: "articles", key: { "editorial.waitsSince": 1 }, sparse: true },
  { collection: "articles", key: { "retraction.at": 1 }, sparse: true },
  { collection: "articles", key: { pinnedUntil: 1 }, sparse: true },
  { collection: "articles", key: { visibilityChangesAt: 1 }, sparse: true },
  // processes: those with a heartbeat
  { collection: "processes", key: { at: 1 } },
  // alarms: those that last; those that ended are stored for 30 days. digests: to be sent; the latest
  { collection: "alarms", key: { closedAt: 1 }, expireAfterSeconds: 30 * 86_400 },
  { collection: "digests", key: { nextTryAt: 1 }, sparse: true },
  { collection: "digests", key: { at: 1 }, expireAfterSeconds: 90 * 86_400 },
  // aliases: all addresses of an article
  { collection: "aliases", key: { articleId: 1 } },
  { collection: "revisions", key: { articleId: 1, revision: 1 } },
  // texts: of an article that goes
  { collection: "texts", key: { articleId: 1 } },
  // fingerprints: copies; a story's; what has to be decided again
  { collection: "fingerprints", key: { keys: 1 } },
  { collection: "fingerprints", key: { "cluster.story": 1 } },
  { collection: "fingerprints", key: { staleAt: 1 }, sparse: true },
  // tombstones: the latest erasures
  { collection: "tombstones", key: { kind: 1, at: 1 } },
  // corrections: of articles; the latest
  { collection: "corrections", key: { articleId: 1 } },
  { collection: "corrections", key: { at: 1 } },
  // intents: those that were left undone
  { collection: "intents", key: { at: 1 } },
  // boilerplate: sources to be settled; sources whose articles are read again
  { collection: "boilerplate", key: { finishAt: 1 }, sparse: true },
  { collection: "boilerplate", key: { rereadAt: 1 }, sparse: true },
  // previews: the latest; a source's fixture; those never activated go by themselves
  { collection: "previews", key: { at: 1 } },
  { collection: "previews", key: { sourceId: 1, "activated.at": 1 } },
  { collection: "previews", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // users: whom the OpenID provider names
  { collection: "users", key: { identity: 1 }, unique: true, sparse: true },
  // sessions: a user's; those that are over go by themselves
  { collection: "sessions", key: { user: 1 } },
  { collection: "sessions", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // audit: the latest lines
  { collection: "audit", key: { at: 1 } },
  // subscribers: those that get something
  { collection: "subscribers", key: { state: 1 } },
  // subscriptions: of a feed; of a source; those whose hub is asked
  { collection: "subscriptions", key: { linkId: 1 }, unique: true },
  { collection: "subscriptions", key: { sourceId: 1 } },
  { collection: "subscriptions", key: { askAt: 1 }, sparse: true },
  // deliveries: a subscriber's latest; those of a change; they are stored for 30 days
  { collection: "deliveries", key: { subscriberId: 1, at: 1 } },
  { collection: "deliveries", key: { seq: 1 } },
  { collection: "deliveries", key: { at: 1 }, expireAfterSeconds: 30 * 86_400 },
  // clicks: of a day, most first; they are kept for 400 days
  { collection: "clicks", key: { day: 1, count: 1 } },
  { collection: "clicks", key: { at: 1 }, expireAfterSeconds: 400 * 86_400 },
  // idempotencyRecords: they are kept for a day
  { collection: "idempotencyRecords", key: { at: 1 }, expireAfterSeconds: 86_400 },
  // drafts: of an article; they are kept for 90 days
  { collection: "drafts", key: { articleId: 1 } },
  { collection: "drafts", key: { at: 1 }, expireAfterSeconds: 90 * 86_400 },
  // exports: the latest; those to be worked on; they go by themselves
  { collection: "exports", key: { requestedAt: 1 } },
  { collection: "exports", key: { dueAt: 1 }, sparse: true },
  { collection: "exports", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // stagedArticles: of a staging set, by what became of them and by field; of articles; they go by themselves
  { collection: "stagedArticles", key: { stagingSet: 1, state: 1 } },
  { collection: "stagedArticles", key: { stagingSet: 1, fields: 1 } },
  { collection: "stagedArticles", key: { articleId: 1 } },
  { collection: "stagedArticles", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  { collection: "stagingSets", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // statistics: of some days by one thing
  { collection: "statistics", key: { dimension: 1, day: 1 } },
  // sourceDays: some days
  { collection: "sourceDays", key: { day: 1 } },
  // changes: the stream, and no change twice
  { collection: "changes", key: { seq: 1 }, unique: true },
  { collection: "changes", key: { articleId: 1, version: 1 }, unique: true },
];
