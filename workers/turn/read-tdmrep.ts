import type { Upstream } from "../../crawler/egress/tunnel.ts";
import { verdict } from "../../crawler/robots/policy.ts";
import { TDM_BYTES, TDM_PATH, tdmCopy } from "../../crawler/robots/tdmrep.ts";
import type { Host, RobotsCopy } from "../../model/host.ts";
import { isSkipped } from "../../model/skipped.ts";
import type { TurnDeps } from "../deps.ts";
import { askFile } from "./ask-file.ts";
import type { Slot } from "./hold-slot.ts";

/**
 * Asks for tdmrep.json of the host that `page` is on, once a day, and keeps what it reserves; where
 * robots.txt forbids that, nothing is asked. False when no request was made.
 */
export async function readTdmrep(
  deps: TurnDeps,
  host: Host,
  page: string,
  { slot, robots, proxy }: { slot: Slot; robots: RobotsCopy | null; proxy: Upstream | null },
): Promise<boolean> {
  const url = new URL(TDM_PATH, page).href;
  const refused = robots && verdict(robots, deps.settings.product, url);
  const forbidden = refused !== null && isSkipped(refused);
  const answer = forbidden
    ? { failed: refused.detail ?? refused.skipped }
    : await askFile(deps, host, { kind: "tdmrep", url, bytes: TDM_BYTES, proxy }, slot);
  if (answer) {
    const tdm = tdmCopy(answer, host.tdm ?? null, deps.now());
    await deps.files.note({ id: host._id, set: { tdm } });
    deps.hosts.forget(host._id);
    deps.log.debug({ host: host._id, rules: tdm.rules.length }, "tdmrep.json read");
  }
  return !forbidden;
}
