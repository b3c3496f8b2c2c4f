import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger } from "../../../../config/logger.ts";
import { createMailer } from "../../../../crawler/egress/mail.ts";
import { MINUTE_MS } from "../../../../lib/time.ts";
import { latestDigests, readAlarms } from "../../../../store/operations/alarms.ts";
import { checkForTrouble, sendDigests, tellOnce } from "../../../../workers/maintain/alarms.ts";
import { makeSource } from "../../../helpers/articles.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { closeReceivers, receive, testPost } from "../../../helpers/receiver.ts";

const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

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

const TO = ["ops@portal.example", "chief@portal.example"];
const mailerWith = (password: string) => {
  const { port } = smtp.server.address() as AddressInfo;
  return createMailer({
    url: `smtp://ops:${password}@127.1.9.9:${port}`,
    from: "news@portal.example",
    to: TO,
  });
};

describe("three sources that fail, with digests by mail and webhook", () => {
  /** From the first digest, which the mail server refuses, to the one that says that all is over. */
  const sendAll = async () => {
    const store = await database.open("alarms");
    const { got, url } = await receive((response) => response.writeHead(204).end());
    const post = testPost();
    const mailer = mailerWith("pass%20word");
    const ways = { mailer, webhook: { url, secret: SECRET, post } };
    const began = Date.now();
    let ahead = 0;
    const now = () => new Date(began + ahead);
    const log = createLogger({ logLevel: "silent" });
    const diskSpace = () => Promise.resolve({ free: null, low: null, tight: null });
    const deps = { store, now, log, diskSpace, random: () => 0.5 };
    const page = "http://portal.example/admin/alarms";
    const settings = {
      ways: ["mail" as const, "webhook" as const],
      every: 60 * MINUTE_MS,
      title: "Portal",
      page,
    };
    const check = async (minutes: number) => {
      ahead += minutes * MINUTE_MS;
      const open = await checkForTrouble(deps, settings);
      await sendDigests(deps, ways);
      return { open: open.length, mails: mails.length, messages: got.length };
    };
    const broken = { failures: 3, lastProblem: "entry points not read: 1 × gone" };
    await store.collections.sources.insertMany([
      makeSource("fine"),
      ...[1, 2, 3].map((n) => makeSource(`broken-${n}`, broken)),
    ]);

    refuses = true;
    const atOnce = await check(0);
    const refused = await check(1);
    const waiting = await latestDigests(store, now(), 5);
    refuses = false;
    const accepted = await check(1);

    for (let n = 0; n < 5; n++) await check(30);
    const later = { mails: mails.length, messages: got.length };
    await store.collections.sources.updateMany({}, { $set: { failures: 0, lastProblem: null } });
    const repaired = await check(1);
    await check(1);
    const digests = [...mails];
    const alarms = await readAlarms(store, now());
    const trial = await tellOnce(ways, "x", "Portal", now());
    mailer.close();
    await post.close();
    return {
      atOnce,
      refused,
      waiting,
      accepted,
      later,
      repaired,
      digests,
      alarms,
      trial,
      message: got[0],
    };
  };
  let sent: Awaited<ReturnType<typeof sendAll>>;
  beforeAll(async () => {
    sent = await sendAll();
  });

  test("Each of them opens an alarm, and nothing is sent in the first minute", () => {
    expect(sent.atOnce.open).toBe(3);
    expect(sent.atOnce.messages).toBe(0);
  });

  test("A mail server that refuses a digest doesn't hold up the webhook", () => {
    expect(sent.refused).toMatchObject({ mails: 0, messages: 1 });
  });

  test("A digest that the mail server refused waits with the server's answer", () => {
    const problem = expect.stringContaining("the disk is full") as string;
    expect(sent.waiting).toMatchObject([{ waiting: ["mail"], tries: 1, problem }]);
  });

  test("The next try sends the digest to the mail server alone", () => {
    expect(sent.accepted).toMatchObject({ mails: 1, messages: 1 });
  });

  test("The mail goes to all operators and names each source that fails", () => {
    const [mail] = sent.digests;
    expect(mail).toMatchObject({ from: "news@portal.example", to: TO });
    expect(mail?.text).toContain("Subject: Portal: alarms, 3 new");
    expect(mail?.text).toContain("broken-2 (failing)");
  });

  test("The webhook's message is signed with its secret", () => {
    const { body = "", headers = {} } = sent.message ?? {};
    const verified = new Webhook(SECRET).verify(
      body,
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    ) as { type: string; data: { open: number; opened: { subject: string }[] } };
    expect(verified).toMatchObject({ type: "alarms.digest", data: { open: 3 } });
  });

  test("Alarms that stay open are sent once", () => {
    expect(sent.later).toEqual({ mails: 1, messages: 1 });
  });

  test("A digest says that alarms are over", () => {
    expect(sent.repaired.open).toBe(0);
    expect(sent.digests[1]?.text).toContain("Subject: Portal: alarms, 3 over");
    expect(sent.alarms.every(({ notified: told }) => told.closed)).toBe(true);
  });

  test("A trial message goes out by mail and webhook", () => {
    expect(sent.trial).toEqual([
      { way: "mail", problem: null },
      { way: "webhook", problem: null },
    ]);
  });
});

test("A wrong password of the mail server is reported", async () => {
  const mailer = mailerWith("wrong");
  expect(await mailer.send({ subject: "x", text: "x" })).toMatch(/Invalid login/);
  mailer.close();
});
