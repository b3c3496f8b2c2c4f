import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { measured } from "../../helpers/measured.ts";
import { makePlace, newsgather, type Place } from "../../helpers/newsgather.ts";
import { kill, type Process, processesOf, stillThere } from "../../helpers/processes.ts";

let place: Place;

beforeEach(async () => {
  place = await makePlace();
});

afterEach(() => place.clear());

/** Waits until nothing that the demo started is there any more; answers the ms that it took. */
async function untilGone(known: Process[], timeout: number): Promise<number> {
  const since = performance.now();
  const left = () => [...stillThere(known), ...processesOf(place.folder)];
  await vi.waitFor(() => expect(left()).toEqual([]), { timeout, interval: 100 });
  return performance.now() - since;
}

/** Everything that runs, once pages are fetched by HTTP and a browser is open. */
async function atWork(): Promise<Process[]> {
  return vi.waitFor(
    () => {
      const there = processesOf(place.folder);
      const commands = there.map(({ command }) => command).join("\n");
      for (const part of ["redis-server", "database|secantus|mongod", "role.js", "chromium"]) {
        expect(commands).toMatch(new RegExp(part));
      }
      return there;
    },
    { timeout: 90_000, interval: 100 },
  );
}

test("demo --once prints its table, finds the whole world right, and leaves no process", async () => {
  const demo = newsgather(["demo", "--once"], place);
  const known = await atWork();
  const { code } = await demo.ended();
  expect({ code, out: demo.out() }).toEqual({
    code: 0,
    out: expect.stringContaining("Everything is as expected"),
  });
  expect(demo.out()).toMatch(/│ source +│ links │ HTTP │ browser │ stored/);
  const [, articles] = /│ all +(?:│ +\d+ ){3}│ +(\d+) │/.exec(demo.out()) ?? [];
  expect(Number(articles)).toBeGreaterThan(80);
  await untilGone(known, 2000);
});

test("Ctrl-C in the middle of the demo, which a second one leaves alone, ends all of it within 30 s", async () => {
  const demo = newsgather(["demo"], place);
  await demo.says(/running, \d+ of \d+ links, [1-9]/);
  const known = await atWork();
  const second = newsgather(["demo"], place);
  expect(await second.ended()).toMatchObject({ code: 1 });
  expect(second.err()).toContain(`another Newsgather (pid ${demo.pid}) uses this data folder`);
  expect(stillThere(known)).toHaveLength(known.length);
  const since = performance.now();
  // As a terminal does: to the whole group.
  process.kill(-demo.pid, "SIGINT");
  const { signal } = await demo.ended();
  const took = performance.now() - since;
  await untilGone(known, 2000);
  measured(`Ctrl-C ended the demo in ${Math.round(took)} ms`);
  expect(took).toBeLessThan(30_000);
  expect(signal).toBeNull();
});

test("a demo that is killed takes services, workers and browser with it", async () => {
  const demo = newsgather(["demo"], place);
  await demo.says(/running, \d+ of \d+ links, [1-9]/);
  const known = await atWork();
  kill(demo.pid);
  const took = await untilGone(known, 20_000);
  expect((await demo.ended()).signal).toBe("SIGKILL");
  measured(`${known.length} processes were gone ${Math.round(took)} ms after the kill`);
});
