import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makePlace, newsgather, type Place } from "../helpers/newsgather.ts";
import { processesOf } from "../helpers/processes.ts";

let place: Place;
beforeEach(async () => {
  place = await makePlace();
});
afterEach(() => place.clear());

const nothingLeft = { timeout: 20_000, interval: 200 };

test("a chosen port that is taken ends the start with the reason and leaves nothing behind", async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => {
      const address = taken.address();
      resolve(address && typeof address === "object" ? address.port : 0);
    });
  });
  place.env["NEWSGATHER_LISTEN"] = `127.0.0.1:${port}`;
  const start = newsgather(["start"], place);
  const { code } = await start.ended();
  taken.close();
  expect(code).toBe(1);
  expect(start.err()).toMatch(/api ended at start/);
  await vi.waitFor(() => expect(processesOf(place.folder)).toEqual([]), nothingLeft);
});

test("start without a source opens an empty portal that says what to do, and ends on SIGTERM", async () => {
  const start = newsgather(["start"], place);
  const [, address = ""] = await start.says(/operators' pages: (http:\S+)/);
  const page = await (await fetch(address)).text();
  expect(page).toMatch(/newsgather/i);
  const ready = await fetch(`${address}/readyz`);
  expect(ready.status).toBe(200);
  process.kill(start.pid, "SIGTERM");
  expect(await start.ended(40_000)).toMatchObject({ code: 0 });
  await vi.waitFor(() => expect(processesOf(place.folder)).toEqual([]), nothingLeft);
});

test("an address beyond loopback is refused while nobody could be asked for", async () => {
  place.env["NEWSGATHER_LISTEN"] = "0.0.0.0:0";
  const start = newsgather(["start"], place);
  expect(await start.ended()).toMatchObject({ code: 2 });
  expect(start.err()).toMatch(/refusing to listen on 0\.0\.0\.0.*newsgather users add/s);
  await vi.waitFor(() => expect(processesOf(place.folder)).toEqual([]), nothingLeft);
});
