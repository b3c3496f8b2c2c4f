import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLogger } from "../../../../config/logger.ts";
import { createMailer } from "../../../../fetch/mail.ts";
import { latestDigests, readAlarms } from "../../../../store/alarms.ts";
import { lookForTrouble } from "../../../../workers/alarms/look.ts";
import { sendDigests, tellOnce } from "../../../../workers/alarms/send.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { closeReceivers, receive, testPost } from "../../../helpers/receiver.ts";

const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const MINUTE = 60_000;

let database: TestDatabase;
let smtp: SMTPServer;
let refuses = false;
const mails: { from: string; to: string[]; text: string }[] = [];
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  smtp = new SMTPServer({
    authOptional: false,
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === "pass word" ? done(null, { user: username ?? "" }) : done(new Error("no")),
    onData(stream, { envelope }, done) {
      let text = "";
      stream.on("data", (chunk) => (text += String(chunk)));
      stream.on("end", () => {
        if (refuses) return done(new Error("the disk is full"));
        const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  smtp.listen(0, "127.1.9.9");
  await once(smtp.server, "listening");
});
afterAll(async () => {
  closeReceivers();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await database.close();
});

test("what fails is told once, by e-mail and by signed message, again only when it is over; a server that refuses is tried again", async () => {
  const store = await database.open("alarms");
  const { got, url } = await receive((response) => response.writeHead(204).end());
  const { port } = smtp.server.address() as AddressInfo;
  const post = testPost();
  const to = ["ops@portal.example", "chief@portal.example"];
  const mailer = createMailer({
    url: `smtp://ops:pass%20word@127.1.9.9:${port}`,
    from: "news@portal.example",
    to,
  });
  const ways = { mailer, webhook: { url, secret: SECRET, post } };
  const began = Date.now();
  let ahead = 0;
  const now = () => new Date(began + ahead);
  const log = createLogger({ logLevel: "silent" });
  const room = () => Promise.resolve({ free: null, low: null });
  const deps = { store, now, log, room, random: () => 0.5 };
  const page = "http://portal.example/admin/alarms";
  const settings = {
    ways: ["mail" as const, "webhook" as const],
    every: 60 * MINUTE,
    title: "Portal",
    page,
  };
  const look = async (minutes: number) => {
    ahead += minutes * MINUTE;
    const open = await lookForTrouble(deps, settings);
    await sendDigests(deps, ways);
    return open.length;
  };
  const broken = { failures: 3, lastProblem: "entry points not read: 1 × gone" };
  await store.collections.sources.insertMany([
    makeSource("fine"),
    ...[1, 2, 3].map((n) => makeSource(`broken-${n}`, broken)),
  ]);

  refuses = true;
  expect(await look(0)).toBe(3);
  expect(got).toHaveLength(0);
  await look(1);
  expect([mails.length, got.length]).toEqual([0, 1]);
  expect(await latestDigests(store, now(), 5)).toMatchObject([
    { waiting: ["mail"], tries: 1, problem: expect.stringContaining("the disk is full") as string },
  ]);
  refuses = false;
  await look(1);
  expect([mails.length, got.length]).toEqual([1, 1]);
  expect(mails[0]).toMatchObject({ from: "news@portal.example", to });
  expect(mails[0]?.text).toContain("Subject: Portal: alarms, 3 new");
  expect(mails[0]?.text).toContain("broken-2 (failing)");
  const [message] = got;
  const said = new Webhook(SECRET).verify(
    message?.body ?? "",
    Object.fromEntries(Object.entries(message?.headers ?? {}).map(([k, v]) => [k, String(v)])),
  ) as { type: string; data: { open: number; opened: { subject: string }[] } };
  expect(said).toMatchObject({ type: "alarms.digest", data: { open: 3 } });

  for (let n = 0; n < 5; n++) await look(30);
  expect([mails.length, got.length]).toEqual([1, 1]);
  await store.collections.sources.updateMany({}, { $set: { failures: 0, lastProblem: null } });
  expect(await look(1)).toBe(0);
  await look(1);
  expect(mails[1]?.text).toContain("Subject: Portal: alarms, 3 over");
  expect((await readAlarms(store, now())).every(({ told }) => told.closed)).toBe(true);

  expect(await tellOnce(ways, "x", "Portal", now())).toEqual([
    { way: "mail", problem: null },
    { way: "webhook", problem: null },
  ]);
  const wrong = createMailer({ url: `smtp://ops:wrong@127.1.9.9:${port}`, from: "a@b", to });
  expect(await wrong.send({ subject: "x", text: "x" })).toMatch(/Invalid login/);
  wrong.close();
  mailer.close();
  await post.close();
});
