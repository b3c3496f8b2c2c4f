import { LIMITS } from "../../config/limits.ts";
import type { Upstream } from "../../crawler/egress/tunnel.ts";
import { robotsCopy } from "../../crawler/robots/policy.ts";
import type { Host, RobotsCopy } from "../../model/host.ts";
import type { TurnDeps } from "../deps.ts";
import { askFile } from "./ask-file.ts";
import type { Slot } from "./hold-slot.ts";

/**
 * Asks robots.txt of the host that `page` is on, keeps the response as a capture and the verdict, and
 * answers it: what it says of the pace holds from the next request on.
 */
export async function readRobots(
  deps: TurnDeps,
  host: Host,
  page: string,
  { slot, proxy }: { slot: Slot; proxy: Upstream | null },
): Promise<RobotsCopy | null> {
  const url = new URL("/robots.txt", page).href;
  const file = { kind: "robots", url, bytes: LIMITS.robotsBytes, proxy } as const;
  const answer = await askFile(deps, host, file, slot);
  if (!answer) return host.robots;
  const robots = robotsCopy(answer, host.robots, deps.now());
  const address = await deps.addresses.get(host._id);
  await deps.files.note({ id: host._id, set: { robots, address } });
  deps.hosts.forget(host._id);
  deps.log.debug({ host: host._id, state: robots.state, status: robots.status }, "robots.txt read");
  return robots;
}
