import type { Command } from "@commander-js/extra-typings";
import {
  breakerOf,
  findUnreliable,
  type Host,
  type TdmCopy,
  UNRELIABLE_KINDS,
} from "../../../model/crawl/host.ts";
import { failingHosts, hasHostAnswered, mistrustedHosts } from "../../../store/crawl/hosts.ts";
import type { Store } from "../../../store/store.ts";
import { hostsNamed } from "../../known.ts";
import { plainTable, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";

const MAX_HOSTS = 500;

export function register(program: Command): void {
  const about = "name of the host, with or without a port, or a URL of the host";
  const hosts = program
    .command("hosts")
    .description("show hosts that fail or are unreliable, or one in detail")
    .argument("[host]", about)
    .option("--json", "print JSON")
    .action((name, { json }) => show(name, json));
  hosts
    .command("show")
    .description("show one host in detail")
    .argument("<host>", about)
    .option("--json", "print JSON")
    .action((name, _, command) => show(name, command.optsWithGlobals().json));
}

async function show(name: string | undefined, json: true | undefined): Promise<void> {
  const now = new Date();
  const { hosts, anyAnswered } = await onStore(async (store) => ({
    hosts: name === undefined ? await inTrouble(store, now) : await hostsNamed(store, name),
    anyAnswered: await hasHostAnswered(store),
  }));
  const reports = hosts.map((host) => ({ ...host, breaker: breakerOf(host, now) }));
  const single = name !== undefined && reports.length === 1;
  if (json) console.log(JSON.stringify(single ? reports[0] : reports, null, 2));
  else if (name === undefined) console.log(listsOf(hosts, anyAnswered, now));
  else for (const host of hosts) console.log(hostTable(host, now));
}

async function inTrouble(store: Store, now: Date): Promise<Host[]> {
  const [failing, mistrusted] = await Promise.all([
    failingHosts(store, MAX_HOSTS),
    mistrustedHosts(store, now, MAX_HOSTS),
  ]);
  return [...new Map([...failing, ...mistrusted].map((host) => [host._id, host])).values()];
}

function listsOf(hosts: Host[], anyAnswered: boolean, now: Date): string {
  const failing = hosts.filter(({ failures }) => failures > 0);
  const breakers =
    failing.length > 0
      ? listOf(failing, now)
      : anyAnswered
        ? "every host answers"
        : "no host has answered yet";
  const unreliable = hosts.flatMap((host) => {
    return findUnreliable(host, now).map(({ kind, count, until, evidence }) => {
      return [host._id, UNRELIABLE_KINDS[kind], count, until ? utc(until) : "", evidence];
    });
  });
  if (unreliable.length === 0) return breakers;
  const heads = ["host", "unreliable, because it", "times", "until", "last seen"];
  return `${breakers}\n\n${plainTable(heads, unreliable, { right: [2] })}`;
}

function listOf(hosts: Host[], now: Date): string {
  const rows = hosts.map((host) => {
    const { state, failures, nextTry, cause } = breakerOf(host, now);
    return [host._id, state, failures, nextTry ? utc(nextTry) : "now", cause ?? ""];
  });
  return plainTable(["host", "breaker", "failures", "next try", "cause"], rows, { right: [2] });
}

function hostTable(host: Host, now: Date): string {
  const { state, failures, nextTry, cause } = breakerOf(host, now);
  const { robots, tdm, nextTurnAt, delay, concurrency } = host;
  const turns = Object.entries(nextTurnAt).map(([lane, when]) => `${lane} ${utc(when)}`);
  return plainTable(
    ["host", host._id],
    [
      ["breaker", state],
      ["failures in a row", failures],
      ["next try", nextTry ? utc(nextTry) : "now"],
      ["cause", cause ?? ""],
      ["pace", `${delay} ms between requests, at most ${concurrency} at once`],
      ["next turns", turns.join(", ") || "nothing is due"],
      ["robots.txt", robots ? `${robots.state}${robots.detail ? `: ${robots.detail}` : ""}` : ""],
      ["robots.txt until", robots ? utc(robots.expiresAt) : ""],
      ["tdmrep.json", tdm ? (tdm.detail ?? rulesIn(tdm)) : ""],
      ...findUnreliable(host, now).map(({ kind, count, until, evidence }) => {
        const when = `${count} ×${until ? `, until ${utc(until)}` : ""}`;
        return ["unreliable", `${UNRELIABLE_KINDS[kind]} (${when}: ${evidence})`];
      }),
    ],
  );
}

function rulesIn({ rules }: TdmCopy): string {
  const texts = rules.map(
    ({ location, reserved }) => `${location} ${reserved ? "reserved" : "free"}`,
  );
  return texts.slice(0, 5).join(", ") || "reserves nothing";
}
