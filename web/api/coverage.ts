import { z } from "zod";
import { ProblemError } from "../../model/problem.ts";
import {
  announcedIn,
  budgetOf,
  type Coverage,
  type CoverageCounts,
  type CoverageSummary,
} from "../../model/sources/coverage.ts";
import { getCoverage, listCoverage } from "../../store/sources/coverage.ts";
import { requireActor } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";

const Counts = z.object({
  announced: z.int().describe("Articles that a feed, sitemap or list announced for the first time"),
  inTime: z.int().describe("Articles that were on the portal within the objective's time"),
  late: z.int().describe("Articles that were on the portal, but too late"),
  missing: z.int().describe("Articles that are not on the portal"),
  excluded: z
    .record(z.string(), z.int())
    .describe("Articles that were excluded on purpose, by reason; not part of `announced`"),
  completeness: z.record(z.string(), z.int()).describe("Articles on the portal, by completeness"),
});

const SourceCoverage = Counts.extend({
  source: z.string(),
  objective: z.object({
    share: z
      .number()
      .describe("Target share of announced articles that are on the portal in time, 0 to 1"),
    seconds: z.int().describe("Maximum time from announcement to portal, in seconds"),
  }),
  shareInTime: z
    .number()
    .nullable()
    .describe(
      "Share of the announced articles that were on the portal in time, 0 to 1; null if none was announced",
    ),
  shareCovered: z
    .number()
    .nullable()
    .describe("Share of the announced articles that are on the portal, in time or late"),
  budgetRemaining: z
    .number()
    .describe("Share of the error budget that is left; negative if the objective is missed"),
  countedUntil: z.string().describe("Announcements up to this time are counted"),
});

const Gap = z.object({
  url: z.string(),
  title: z.string().nullable(),
  announcedAt: z.string(),
  namedBy: z
    .array(z.string())
    .describe("URLs of the feeds, sitemaps and lists that announced the article"),
  reason: z.string(),
  why: z.string().describe("The reason in words"),
  backfillAt: z.string().nullable().describe("When the article is fetched again; null: never"),
});

const SourceCoverageWhole = SourceCoverage.extend({
  days: z.array(Counts.extend({ day: z.string().describe("Day of the announcement, UTC") })),
  gaps: z.array(Gap).describe("Missing articles, newest first, at most 1,000"),
});

export const coverageRoutes: Routes = (app, { store }) => {
  const api = typed(app, { preHandler: requireActor });
  api.get(
    "/v1/coverage",
    {
      summary: "How many of each source's announced articles of the last 28 days are on the portal",
      response: { 200: z.object({ items: z.array(SourceCoverage) }) },
    },
    async (_, reply) => {
      const items = (await listCoverage(store)).map(showCoverage);
      return sendJson(reply.header("cache-control", "no-store"), { items });
    },
  );

  api.get(
    "/v1/coverage/:source",
    {
      summary: "The coverage of one source by day, with each missing article and the reason",
      params: z.object({ source: z.string().max(63) }),
      response: { 200: SourceCoverageWhole, 404: Problem },
    },
    async (request, reply) => {
      const found = await getCoverage(store, request.params.source);
      if (!found) {
        const detail = "There is no such source, or its coverage isn't counted yet.";
        throw new ProblemError(404, "not-found", detail);
      }
      return sendJson(reply.header("cache-control", "no-store"), showWhole(found));
    },
  );
};

function showCounts(counts: CoverageCounts): z.output<typeof Counts> {
  return fieldsOf(Counts, { ...counts, announced: announcedIn(counts) });
}

function showCoverage(summary: CoverageSummary): z.output<typeof SourceCoverage> {
  const { _id, total, objective, countedUntil } = summary;
  const { inTime, covered, remaining } = budgetOf(total, objective);
  return {
    source: _id,
    ...showCounts(total),
    objective: { share: objective.share, seconds: Math.round(objective.within / 1000) },
    shareInTime: inTime,
    shareCovered: covered,
    budgetRemaining: remaining,
    countedUntil: countedUntil.toISOString(),
  };
}

function showWhole(coverage: Coverage): z.output<typeof SourceCoverageWhole> {
  return {
    ...showCoverage(coverage),
    days: coverage.days.map(({ day, ...counts }) => ({ day, ...showCounts(counts) })),
    gaps: coverage.gaps.map((gap) => fieldsOf(Gap, gap)),
  };
}
