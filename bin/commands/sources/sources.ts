import type { Command } from "@commander-js/extra-typings";
import { loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { ENTRY_POINT_KINDS, ENTRY_POINTS } from "../../../model/crawl/entry-points.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import { scheduleWords } from "../../../model/sources/schedule.ts";
import {
  isOffered,
  isPaused,
  type Source,
  type SourceRecord,
  withoutSecrets,
} from "../../../model/sources/source.ts";
import { findMoved, repairMoved } from "../../../sources/discovery/moved.ts";
import { sourceJsonSchema } from "../../../sources/files/validate.ts";
import { acceptBaseline, hold, resume } from "../../../sources/operations.ts";
import { cliActor } from "../../actor.ts";
import { sourceNamed } from "../../known.ts";
import { plainTable, print } from "../../output.ts";
import { secretsOf } from "../../roles/egress.ts";
import { onStore } from "../../services/use.ts";
import { withSiteAccess } from "../../site-access.ts";
import { laterTime } from "../../time.ts";
import { registerImportExport } from "./import-export.ts";
import {
  addVerb,
  dueWords,
  fileOf,
  readConfigured,
  requireNoProblems,
  requireReason,
  tellDone,
  warnOfSharedEntries,
} from "./options.ts";
import { registerPlan } from "./plan.ts";
import { registerPreview } from "./preview.ts";
import { registerSelect } from "./select.ts";
import { registerVersions } from "./versions.ts";

export function register(program: Command): void {
  const sources = program
    .command("sources")
    .description("list, check, preview, change and apply sources");
  sources
    .command("list")
    .description("list sources and how they are watched")
    .option("--json", "print the complete declarations as JSON")
    .action(async ({ json }) => {
      const loaded = await readConfigured();
      print(loaded.sources.map(withoutSecrets), json, () => listOf(loaded.sources));
      requireNoProblems(loaded);
    });
  sources
    .command("validate")
    .description("check the source files; print each mistake with file, line and column")
    .option("--json", "print the mistakes as JSON")
    .action(async ({ json }) => {
      const loaded = await readConfigured(undefined, secretsOf(loadConfig(processEnv())));
      print(loaded.problems, json, () => `valid sources: ${loaded.sources.length}`);
      warnOfSharedEntries(loaded);
      requireNoProblems(loaded);
    });
  registerHold(sources);
  registerPreview(sources);
  sources
    .command("repair <id>")
    .description("show entry points that have moved or are gone; --apply writes their new URLs")
    .option("--find", "search the site for new URLs of entry points that are gone")
    .option("--apply", "write the new URLs into the source's file, as its next version")
    .option("--reason <text>", "why, for the audit log", "")
    .action(repair);
  registerSelect(sources);
  registerPlan(sources);
  registerImportExport(sources);
  registerVersions(sources);
  sources
    .command("schema")
    .description("print the JSON Schema of a source's file")
    .action(() => {
      process.stdout.write(`${JSON.stringify(sourceJsonSchema(), null, 2)}\n`);
    });
}

function listOf(sources: Source[]): string {
  const rows = sources.map((source) => {
    const { id, name, language = "", country = "", render } = source;
    return [
      id,
      name,
      language,
      country,
      entryPoints(source),
      scheduleWords(source.schedule),
      render,
      stateOf(source),
    ];
  });
  const head = ["id", "name", "language", "country", "entry points", "schedule", "render", "state"];
  return plainTable(head, rows);
}

function stateOf({ paused, verified }: Source): string {
  if (paused) return `paused: ${paused.reason}`;
  return verified ? "" : "unverified";
}

function entryPoints(source: Source): string {
  return ENTRY_POINT_KINDS.map((kind) => [kind, source[ENTRY_POINTS[kind].field].length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}${count > 1 ? "s" : ""}`)
    .join(", ");
}

interface Options {
  find?: true;
  apply?: true;
  reason: string;
}

async function repair(id: string, { find, apply, reason }: Options): Promise<void> {
  if (apply && !givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  const file = await fileOf(id);
  await onStore(async (store) => {
    const read = () => sourceNamed(store, id);
    if (find) {
      await withSiteAccess(loadConfig(processEnv()), async (access) => {
        const progress = (step: string) => console.error(step);
        const rest = { product: PRODUCT, now: () => new Date(), progress };
        console.error(await findMoved({ ...access, ...rest, store }, await read()));
      });
    }
    const { moved = [] } = await read();
    for (const one of moved) {
      const how = one.foundBy === "discovery" ? "found on its site" : `seen in runs: ${one.runs}`;
      console.log(
        `${one.from} -> ${one.to ?? "gone"} (${how}${isOffered(one) ? "" : ", not sure yet"})`,
      );
    }
    if (moved.length === 0) console.log("no entry point has moved");
    if (!apply) return;
    const author = { actor: cliActor(), reason };
    const outcome = await repairMoved({ store, file, now: new Date() }, id, author);
    if ("problem" in outcome) throw new CommandError("failed", outcome.problem);
    console.error(outcome.done);
  });
}

interface Verb {
  act: typeof hold;
  describe(source: SourceRecord, request: { until?: Date }): { done: string; next: string };
  refusal: string;
}

interface VerbOptions {
  reason: string;
  until?: string;
  json?: true;
}

function registerHold(sources: Command): void {
  verb(sources, "hold", "pause a source; a run that has started finishes first", {
    act: hold,
    describe({ _id, openRunId }, { until }) {
      const end = until ? ` until ${until.toISOString()}` : "";
      const back = `newsgather sources resume ${_id} --reason WHY`;
      const now = openRunId ? "the current run will finish first" : "no run will start";
      return {
        done: `${_id} is paused${end}`,
        next: `${now}; ${until ? "before that time, " : ""}${back} resumes the source`,
      };
    },
    refusal: "this source can't be paused",
  }).option("--until <time>", "when the pause ends, a date or a duration such as 7d");
  verb(sources, "resume", "resume a paused source", {
    act: resume,
    describe: ({ _id, active, paused }) => ({
      done: `${_id} is resumed`,
      next: !active
        ? `no run will start: the source is retired; \`newsgather sources versions ${_id}\` shows the versions that \`newsgather sources rollback\` can restore`
        : isPaused({ paused }, new Date())
          ? "no run will start: the source's file pauses it"
          : dueWords(_id),
    }),
    refusal: "no operator has paused this source",
  });
  verb(sources, "accept", "accept the present extraction results of a source as its new baseline", {
    act: acceptBaseline,
    describe: ({ _id }) => ({
      done: `${_id}: the present extraction results are the new baseline`,
      next: "later runs are compared with this baseline",
    }),
    refusal: "the extraction results match the baseline, so there is nothing to accept",
  });
}

function verb(sources: Command, name: string, description: string, how: Verb): Command<[string]> {
  return addVerb(sources, name, description).action(
    async (id, { reason, until, json }: VerbOptions) => {
      const request = {
        ...requireReason(reason),
        ...(until !== undefined && { until: laterTime("--until", until) }),
      };
      const changed = await onStore(async (store) => {
        const source = await sourceNamed(store, id);
        return (await how.act(store, id, request, new Date())) ? source : null;
      });
      if (!changed) throw new CommandError("failed", `${id}: ${how.refusal}`);
      tellDone({ ...(json && { id }), ...how.describe(changed, request) }, json);
    },
  );
}
