import { toBrowserSet } from "../../articles/ingest/link-states.ts";
import { saveVerdict } from "../../store/crawl/hosts.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import type { TurnDeps } from "../deps.ts";
import type { KnownLook, LinkSet } from "./keep-capture.ts";
import { browserVerdict } from "./render-lane.ts";
import { wakeHost } from "./wake.ts";

/** Hands a link to the browser, and remembers that pages like it need one. */
export async function toBrowser(
  deps: TurnDeps,
  { link, source, host }: KnownLook,
  keep: (set: LinkSet) => Promise<void>,
): Promise<void> {
  const { type, memory } = browserVerdict(source, host, link.foundUrl, deps.now());
  await saveVerdict(deps.store, host, type, memory);
  deps.hosts.forget(host._id);
  await keep(toBrowserSet(deps.now()));
  await wakeHost(deps, host._id, "browser");
  await noteProblems(deps.store, link.runId, [`${link.kind}s of ${host._id} need the browser`]);
}
