import type { Command } from "commander";
import { CommandError } from "../../../lib/exit.ts";
import { isPaused, type SourceRecord } from "../../../model/sources/source.ts";
import { accept } from "../../../sources/baseline/learn-run.ts";
import { hold, resume } from "../../../sources/operations.ts";
import type { Store } from "../../../store/store.ts";
import { sourceNamed } from "../../known.ts";
import { onStore } from "../../services/use.ts";
import { laterTime } from "../../time.ts";
import { dueWords, requireReason, tellDone, type VerbOptions, verbOptions } from "./options.ts";

interface HoldRequest {
  actor: string;
  reason: string;
  until?: Date;
}

/** What a verb does to a source: whether it did, what then is the case and happens next, and why it didn't. */
interface Verb {
  act(store: Store, id: string, request: HoldRequest, now: Date): Promise<boolean>;
  describe(source: SourceRecord, request: HoldRequest): { done: string; next: string };
  refusal: string;
}

/** `newsgather sources hold | resume | accept`: an operator's word over a source. */
export function registerHold(sources: Command): void {
  verb(sources, "hold", "pause a source; a run that is open finishes first", {
    act: hold,
    describe({ _id, openRunId }, { until }) {
      const end = until ? ` until ${until.toISOString()}` : "";
      const back = `newsgather sources resume ${_id} --reason WHY`;
      const now = openRunId ? "its run finishes first, then no other begins" : "no run begins";
      return {
        done: `${_id} is paused${end}`,
        next: `${now}; ${until ? "before that, " : ""}${back} lets it go on`,
      };
    },
    refusal: "it can't be paused",
  }).option("--until <time>", "when it ends by itself, a date or a duration such as 7d");
  verb(sources, "resume", "let a paused source go on", {
    act: resume,
    describe: ({ _id, active, paused }) => ({
      done: `${_id} goes on`,
      next: !active
        ? `no run begins: it is retired (newsgather sources versions ${_id})`
        : isPaused({ paused }, new Date())
          ? "no run begins: its file pauses it"
          : dueWords(_id),
    }),
    refusal: "no operator has paused it",
  });
  verb(sources, "accept", "take how its articles are read now for what is usual", {
    act: accept,
    describe: ({ _id }) => ({
      done: `${_id}: how its articles are read now is usual`,
      next: "later runs are compared with that",
    }),
    refusal: "its articles are read as before",
  });
}

function verb(sources: Command, name: string, description: string, how: Verb): Command {
  const command = sources.command(name).description(description).argument("<id>");
  return verbOptions(command).action(
    async (id: string, { reason, until, json }: VerbOptions & { until?: string }) => {
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
