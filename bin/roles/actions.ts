import {
  type CorrectionOutcome,
  correct,
  correctAll,
  undoCorrection,
} from "../../articles/editorial/correct.ts";
import { reinstate, retractByEditor } from "../../articles/editorial/retract.ts";
import { draftTranslation, type Translator } from "../../articles/editorial/translate.ts";
import { joinStories, type StoryOutcome, splitStory } from "../../articles/stories/corrections.ts";
import { dropView, saveView } from "../../articles/stream/views.ts";
import type { Topic } from "../../config/topics.ts";
import { ProblemError } from "../../model/problem.ts";
import { accept } from "../../sources/baseline/learn-run.ts";
import { hold, replay, resume, runNow } from "../../sources/operations.ts";
import { dropDraft } from "../../store/articles/drafts.ts";
import { getLink } from "../../store/crawl/links.ts";
import { note } from "../../store/operations/audit.ts";
import type { AdminActions } from "../../web/admin/actions.ts";
import { pauseWebhook, resumeWebhook, webhookOf } from "../../web/api/manage-webhooks.ts";
import { askExport, dropExport } from "../../web/api/request-export.ts";
import type { SearchActions, WebhookActions } from "../../web/server/actions.ts";
import type { Deps } from "../../workers/deps.ts";
import type { SourceActionNames } from "./source-actions.ts";

/** What the operators' pages can do; each notes itself in the audit log, wherever it is asked for. */
export function actionsOf(
  { store, now, search }: Pick<Deps, "store" | "now"> & { search?: SearchActions | undefined },
  topics: readonly Topic[],
  webhooks: WebhookActions,
  desk: Pick<
    AdminActions,
    "preview" | "activate" | "findMoved" | "recall" | "useSelector" | SourceActionNames
  >,
  translator: Translator | null = null,
): AdminActions {
  return {
    ...desk,
    async hold(id, asked, until) {
      if (until && until <= now()) {
        throw new ProblemError(400, "not-possible", "This time is in the past.");
      }
      if (await hold(store, id, { ...asked, until }, now()))
        return "it is held from its next run on";
      throw new ProblemError(400, "not-possible", "There is no such source.");
    },
    async runNow(id, asked) {
      const outcome = await runNow(store, id, asked, now());
      if ("problem" in outcome) throw new ProblemError(400, "not-possible", outcome.problem);
      return `run ${outcome.runId}`;
    },
    async resume(id, asked) {
      if (await resume(store, id, asked, now())) return "it goes on";
      throw new ProblemError(400, "not-possible", "This source isn't held.");
    },
    async accept(id, asked) {
      if (await accept(store, id, asked, now())) return "what is read now is usual";
      throw new ProblemError(400, "not-possible", "This source is read as before.");
    },
    async replay(linkIds, asked) {
      const found = await Promise.all(linkIds.map((id) => getLink(store, id)));
      const letters = found.flatMap((link) => link ?? []);
      const subject = linkIds.join(" ");
      const { told } = await replay({ store, now }, letters, { ...asked, subject });
      return told;
    },
    async webhook(id, verb, { by, reason }) {
      if (verb === "pause") await pauseWebhook(store, id, { by, reason, now: now() });
      if (verb === "resume")
        await resumeWebhook(store, id, { by, reason, now: now(), skip: false });
      if (verb !== "test") return `${verb}d`;
      const { delivered, problem, ms } = await webhooks.test(await webhookOf(store, id));
      const detail = delivered ? `taken in ${ms} ms` : `not taken: ${problem}`;
      await note(store, { at: now(), by, action: "webhook.test", subject: id, reason, detail });
      return detail;
    },
    async say(articleIds, word, asked) {
      const came = await correctAll(store, { articleIds, word, ...asked }, { topics, now });
      if (word.field === "wording" && word.language !== null) {
        for (const { id } of came.done) await dropDraft(store, id, word.language);
      }
      return toldOf(came.done.length, came.problems);
    },
    async withdraw(articleIds, back, asked) {
      const problems: { id: string; problem: string }[] = [];
      for (const articleId of articleIds) {
        const verb = back ? retractByEditor : reinstate;
        const came = await verb(store, { articleId, ...asked }, now());
        if ("problem" in came) problems.push({ id: articleId, problem: came.problem });
      }
      return toldOf(articleIds.length - problems.length, problems);
    },
    translate:
      translator &&
      (async (articleId, language, asked) => {
        const wanted = { articleId, language, ...asked };
        const came = await draftTranslation({ store, now }, translator, wanted);
        if ("problem" in came) throw new ProblemError(400, "not-possible", came.problem);
        return `drafted: ${came.title}`;
      }),
    async saveView(view, asked) {
      const known = topics.map(({ id }) => id);
      await saveView(store, view, { ...asked, topics: known, now: now() });
      return `saved: /view/${view.id} and /feeds/view/${view.id}.atom within five seconds`;
    },
    async removeView(id, asked) {
      await dropView(store, id, { ...asked, now: now() });
      return "removed";
    },
    async askExport(wanted, asked) {
      const { _id } = await askExport(store, wanted, { ...asked, now: now() }, search);
      return `it is being written: ${_id}`;
    },
    async removeExport(id, asked) {
      await dropExport(store, id, { ...asked, now: now() });
      return "removed";
    },
    async correctTopics(articleId, { add, remove }, asked) {
      const word = { field: "topics", add, remove } as const;
      return resultOf(await correct(store, { articleId, word, ...asked }, { topics, now: now() }));
    },
    async undoCorrection(id, asked) {
      return resultOf(await undoCorrection(store, { id, ...asked }, now()));
    },
    async splitStory(articleId, asked) {
      return movedOf(await splitStory(store, { articleId, ...asked }, now));
    },
    async joinStories(articleId, other, asked) {
      return movedOf(await joinStories(store, { articleId, other, ...asked }, now));
    },
  };
}

/** How many it was done to; throws where it was none. */
function toldOf(done: number, problems: readonly { id: string; problem: string }[]): string {
  const why = problems.map(({ id, problem }) => `${id}: ${problem}`).join("; ");
  if (done === 0) throw new ProblemError(400, "not-possible", why);
  return why === "" ? `done to ${done}` : `done to ${done}; not to ${why}`;
}

function movedOf(outcome: StoryOutcome): string {
  if ("problem" in outcome) throw new ProblemError(400, "not-possible", outcome.problem);
  return `kept; articles that another one stands for now: ${outcome.moved}`;
}

function resultOf(outcome: CorrectionOutcome): string {
  if ("problem" in outcome) throw new ProblemError(400, "not-possible", outcome.problem);
  return outcome.changed ? "readers see the difference" : "kept; readers see no difference";
}
