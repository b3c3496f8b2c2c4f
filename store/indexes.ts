import type { Index } from "./store.ts";

/** The comment above an index names its queries; a test checks with `explain` that they use it. */
export const INDEXES: Index[] = [
  // sources: due ones
  { collection: "sources", key: { nextDueAt: 1 }, sparse: true },
  // versions: those of a source, newest first
  { collection: "versions", key: { sourceId: 1, version: 1 }, unique: true },
  // runs: open ones; the history of a source; at most one open run of a source's entry points
  { collection: "runs", key: { open: 1, startedAt: 1 } },
  { collection: "runs", key: { sourceId: 1, startedAt: 1 } },
  { collection: "runs", key: { openOf: 1 }, unique: true, sparse: true },
  // links: for a host turn; a run's open links and all its links; a source's links by reason; the
  // backlog; due revisits; due announcements; dead letters; claims
  { collection: "links", key: { host: 1, lane: 1, dueAt: 1 } },
  { collection: "links", key: { runId: 1, state: 1, dueAt: 1 } },
  { collection: "links", key: { sourceId: 1, reason: 1 } },
  { collection: "links", key: { dueAt: 1 }, sparse: true },
  { collection: "links", key: { nextFetchAt: 1 }, sparse: true },
  { collection: "links", key: { announceAt: 1 }, sparse: true },
  { collection: "links", key: { state: 1, doneAt: 1 } },
  { collection: "links", key: { "claim.at": 1 }, sparse: true },
  // links: those that a source's entry points announced since a time
  { collection: "links", key: { sourceId: 1, firstSeenAt: 1 } },
  // coverage: sources to count; sites to probe
  { collection: "coverage", key: { nextCheckAt: 1 } },
  { collection: "coverage", key: { nextProbeAt: 1 } },
  // hosts: those whose turn it is, per lane; paused ones; failing ones
  { collection: "hosts", key: { "nextTurnAt.http": 1 }, sparse: true },
  { collection: "hosts", key: { "nextTurnAt.browser": 1 }, sparse: true },
  { collection: "hosts", key: { openUntil: 1 }, sparse: true },
  { collection: "hosts", key: { failures: 1 } },
  // robots: the rules of hosts that are no longer visited expire
  { collection: "robots", key: { readAt: 1 }, expireAfterSeconds: 30 * 86_400 },
  // rights documents: those that no host names any more expire
  { collection: "hosts", key: { documentIds: 1 }, sparse: true },
  { collection: "rightsDocuments", key: { fetchedAt: 1 }, expireAfterSeconds: 400 * 86_400 },
  // hosts whose answers are unreliable
  { collection: "hosts", key: { mistrustedUntil: 1 }, sparse: true },
  // captures: those of a link; those of a source by time
  { collection: "captures", key: { linkId: 1, fetchedAt: 1 } },
  { collection: "captures", key: { sourceId: 1, fetchedAt: 1 } },
  // captures: those that name a body, before it is removed
  { collection: "captures", key: { bodyId: 1 }, sparse: true },
  // bodies: those that no capture has used for long
  { collection: "bodies", key: { storedAt: 1 } },
  // bodies: those in a tier, oldest first; moved ones whose old copy remains
  { collection: "bodies", key: { tier: 1, storedAt: 1 } },
  { collection: "bodies", key: { was: 1 }, sparse: true },
  // articles: those with changes for the sequencer
  { collection: "articles", key: { pendingAt: 1 }, sparse: true },
  // articles: lists, newest first, by each field that narrows them; the articles of a story
  { collection: "articles", key: { sortAt: 1, _id: 1 } },
  { collection: "articles", key: { sourceId: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { topics: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { country: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { regionCode: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { language: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { day: 1, sortAt: 1, _id: 1 } },
  { collection: "articles", key: { storyId: 1 } },
  // articles: unlisted ones, newest first
  { collection: "articles", key: { "unlisted.at": 1 }, sparse: true },
  // articles: those waiting for an editor, retracted ones, pinned ones, and those whose visibility
  // changes
  { collection: "articles", key: { "editorial.waitsSince": 1 }, sparse: true },
  { collection: "articles", key: { "retraction.at": 1 }, sparse: true },
  { collection: "articles", key: { pinnedUntil: 1 }, sparse: true },
  { collection: "articles", key: { visibilityChangesAt: 1 }, sparse: true },
  // processes: those with a heartbeat
  { collection: "processes", key: { at: 1 } },
  // alarms: open ones; closed ones expire after 30 days. digests: unsent ones; the latest
  { collection: "alarms", key: { closedAt: 1 }, expireAfterSeconds: 30 * 86_400 },
  { collection: "digests", key: { nextTryAt: 1 }, sparse: true },
  { collection: "digests", key: { at: 1 }, expireAfterSeconds: 90 * 86_400 },
  // aliases: all URLs of an article. revisions: those of an article
  { collection: "aliases", key: { articleId: 1 } },
  { collection: "revisions", key: { articleId: 1, revision: 1 } },
  // texts: those of an article to be removed
  { collection: "texts", key: { articleId: 1 } },
  // fingerprints: similar ones; those of a story; stale ones
  { collection: "fingerprints", key: { keys: 1 } },
  { collection: "fingerprints", key: { "cluster.story": 1 } },
  { collection: "fingerprints", key: { staleAt: 1 }, sparse: true },
  // tombstones: the latest erasures
  { collection: "tombstones", key: { kind: 1, at: 1 } },
  // corrections: of articles; the latest
  { collection: "corrections", key: { articleId: 1 } },
  { collection: "corrections", key: { at: 1 } },
  // intents: unfinished ones
  { collection: "intents", key: { at: 1 } },
  // boilerplate: sources to finish; sources whose articles must be read again
  { collection: "boilerplate", key: { finishAt: 1 }, sparse: true },
  { collection: "boilerplate", key: { rereadAt: 1 }, sparse: true },
  // previews: the latest; the fixture of a source; those never activated expire
  { collection: "previews", key: { at: 1 } },
  { collection: "previews", key: { sourceId: 1, "activated.at": 1 } },
  { collection: "previews", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // users: by identity at the OpenID provider
  { collection: "users", key: { identity: 1 }, unique: true, sparse: true },
  // sessions: those of a user; ended ones expire
  { collection: "sessions", key: { user: 1 } },
  { collection: "sessions", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // audit: the latest lines
  { collection: "audit", key: { at: 1 } },
  // subscribers: active ones
  { collection: "subscribers", key: { state: 1 } },
  // subscriptions: of a feed; of a source; those due for a request to their hub
  { collection: "subscriptions", key: { linkId: 1 }, unique: true },
  { collection: "subscriptions", key: { sourceId: 1 } },
  { collection: "subscriptions", key: { askAt: 1 }, sparse: true },
  // deliveries: a subscriber's latest; those of a change; they expire after 30 days
  { collection: "deliveries", key: { subscriberId: 1, at: 1 } },
  { collection: "deliveries", key: { seq: 1 } },
  { collection: "deliveries", key: { at: 1 }, expireAfterSeconds: 30 * 86_400 },
  // clicks: of a day, most clicked first; they expire after 400 days
  { collection: "clicks", key: { day: 1, count: 1 } },
  { collection: "clicks", key: { at: 1 }, expireAfterSeconds: 400 * 86_400 },
  // idempotencyRecords: they expire after a day
  { collection: "idempotencyRecords", key: { at: 1 }, expireAfterSeconds: 86_400 },
  // drafts: of an article; they expire after 90 days
  { collection: "drafts", key: { articleId: 1 } },
  { collection: "drafts", key: { at: 1 }, expireAfterSeconds: 90 * 86_400 },
  // exports: the latest; unfinished ones; they expire
  { collection: "exports", key: { requestedAt: 1 } },
  { collection: "exports", key: { dueAt: 1 }, sparse: true },
  { collection: "exports", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // stagedArticles: of a staging set, by outcome and by field; of an article; they expire
  { collection: "stagedArticles", key: { stagingSet: 1, state: 1 } },
  { collection: "stagedArticles", key: { stagingSet: 1, fields: 1 } },
  { collection: "stagedArticles", key: { articleId: 1 } },
  { collection: "stagedArticles", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  { collection: "stagingSets", key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  // statistics: of a span of days in one dimension
  { collection: "statistics", key: { dimension: 1, day: 1 } },
  // sourceDays: of a span of days
  { collection: "sourceDays", key: { day: 1 } },
  // changes: the stream; each change at most once
  { collection: "changes", key: { seq: 1 }, unique: true },
  { collection: "changes", key: { articleId: 1, version: 1 }, unique: true },
];
