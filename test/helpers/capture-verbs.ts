import { findBody, readBodies } from "../../store/archive/bodies.ts";
import { bodiesToMove, finishMoves } from "../../store/archive/body-moves.ts";
import { dueExports, listExports, withdrawExports } from "../../store/archive/exports.ts";
import { captureAt, lastPage, linkIdsOfArticle, readCaptures } from "../../store/crawl/captures.ts";
import type { Store } from "../../store/store.ts";
import { before, NOW } from "./full-store.ts";

const behind = { fetchedAt: before(7 * 60), id: "d" };
const links = { of: { linkIds: ["link-7", "link-8"] }, until: NOW };
const source = { of: { sourceId: "s3" }, until: NOW };

/** The queries of analysts for captures. */
export const CAPTURE_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["readCaptures of a source", (store) => readCaptures(store, source, { limit: 5 })],
  ["readCaptures of links", (store) => readCaptures(store, links, { limit: 5, before: behind })],
  ["lastPage", (store) => lastPage(store, "link-7")],
  ["dueExports", (store) => dueExports(store, NOW)],
  ["listExports", (store) => listExports(store, NOW)],
  ["withdrawExports", (store) => withdrawExports(store, before(60))],
  ["captureAt", (store) => captureAt(store, "link-7", before(60))],
  ["linkIdsOfArticle", (store) => linkIdsOfArticle(store, "a-7")],
  ["findBody", (store) => findBody(store, "b-900")],
  ["readBodies", (store) => readBodies(store, ["b-900", "b-901", "new"])],
  ["bodiesToMove", (store) => bodiesToMove(store, "files", before(119_000), 5)],
  ["finishMoves", (store) => finishMoves(store, 5)],
];
