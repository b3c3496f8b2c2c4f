import { expect, test } from "vitest";
import { createLogger } from "../../../config/logger.ts";
import { createSiteJobs } from "../../../sources/site-jobs.ts";
import type { Store } from "../../../store/store.ts";
import { NO_QUEUES } from "../../helpers/admin.ts";

const log = createLogger({ logLevel: "silent" });
const what = { home: "https://site.example/" };

test("no more than four previews begin at the same moment", async () => {
  const openSites = () => Promise.reject(new Error("Redis is away"));
  const deps = { store: {} as Store, now: () => new Date(), log };
  const { preview } = createSiteJobs({
    ...deps,
    topics: new Set(),
    producer: NO_QUEUES,
    openSites,
  });
  const five = await Promise.allSettled(Array.from({ length: 5 }, () => preview(what, "user ada")));
  const outcomes = five.map((one) => (one.status === "rejected" ? String(one.reason) : "begun"));
  expect(outcomes.filter((words) => words.includes("Redis is away"))).toHaveLength(4);
  expect(outcomes.at(-1)).toContain("4 sites are being checked or previewed");
  await expect(preview(what, "user ada")).rejects.toThrow("Redis is away");
});
