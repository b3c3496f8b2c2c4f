import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../../config/env.ts";

function problemsOf(env: Record<string, string>) {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

function agent(contact: string): string {
  return loadConfig({ NEWSGATHER_CONTACT: contact }).userAgent;
}

describe("loadConfig", () => {
  it("asks for what tells of alarms in pairs", () => {
    const missing = problemsOf({
      NEWSGATHER_ALARM_MAIL: "ops@portal.example",
      NEWSGATHER_ALARM_WEBHOOK: "https://hook.example/x",
    });
    expect(missing.map(({ name }) => name)).toEqual([
      "NEWSGATHER_SMTP_URL",
      "NEWSGATHER_ALARM_SECRET",
    ]);
    const NEWSGATHER_SMTP_URL = "smtp://mail.example";
    const set = { NEWSGATHER_ALARM_MAIL: "ops@portal.example, b@c.example", NEWSGATHER_SMTP_URL };
    expect(loadConfig(set).alarms.mail).toEqual({
      to: ["ops@portal.example", "b@c.example"],
      from: "ops@portal.example",
      url: "smtp://mail.example",
    });
  });

  it("signs requests once the portal has an https URL", () => {
    const agentOf = (url: string) => loadConfig({ NEWSGATHER_BASE_URL: url }).signing.agent;
    expect(agentOf("https://news.example/portal")).toBe("https://news.example");
    expect(agentOf("http://news.example")).toBeNull();
  });

  it("gives every setting a default", () => {
    expect(loadConfig({})).toEqual({
      dataDir: resolve("data"),
      sourcesDir: resolve("config/sources"),
      secretsDir: null,
      mongoUrl: null,
      redisUrl: null,
      dbName: "newsgather",
      queuePrefix: "newsgather",
      contact: null,
      userAgent: "Newsgather/0.1",
      signing: { keysFile: resolve("data/signing-keys.json"), agent: null, form: "dictionary" },
      allowNetworks: [],
      hosts: "",
      timezone: "UTC",
      traces: null,
      listen: { host: "127.0.0.1", port: 3000, chosen: false },
      metricsListen: null,
      baseUrl: null,
      webSubHub: null,
      webSub: true,
      heartbeatUrl: null,
      trustProxy: [],
      publicReading: true,
      requestsPerMinute: 1200,
      search: true,
      portalTitle: "Newsgather",
      portalLanguage: "en",
      portalLogo: null,
      portalImprint: null,
      portalCss: null,
      translator: null,
      oidc: null,
      alarms: { mail: null, webhook: null, every: 3_600_000 },
      countedBefore: 0,
      showClicks: false,
      showStatus: false,
      coverage: { share: 0.99, within: 1_800_000, probe: 604_800_000 },
      browser: {
        executable: null,
        wsEndpoint: null,
        sandbox: true,
        user: "newsgather-browser",
        concurrency: 8,
      },
      logLevel: "info",
      tick: 5000,
      diskFree: 1024 ** 3,
      bodies: { tier: "database", after: 30 * 86_400_000, dir: null, bucket: null },
      keep: {
        raw: 365 * 86_400_000,
        articles: null,
        runs: 90 * 86_400_000,
        changes: 90 * 86_400_000,
      },
      databaseCache: 256 * 1024 ** 2,
      requestTimeout: 30_000,
      stuckAfter: 60_000,
      httpConcurrency: 32,
      addressConcurrency: 4,
    });
  });

  it("names every mistake at once, with what was given and what is allowed", () => {
    const problems = problemsOf({
      NEWSGATHER_TIMEZONE: "Mars/Base",
      NEWSGATHER_TICK: "soon",
      NEWSGATHER_ALLOW_NETWORKS: "10.0.0.0/8, everything",
      NEWSGATHER_HTTP_CONCURRENCY: "0",
      NEWSGATHER_BROWSER_SANDBOX: "maybe",
    });
    expect(problems.map((problem) => [problem.name, problem.value])).toEqual([
      ["NEWSGATHER_ALLOW_NETWORKS", '"10.0.0.0/8, everything"'],
      ["NEWSGATHER_TIMEZONE", '"Mars/Base"'],
      ["NEWSGATHER_BROWSER_SANDBOX", '"maybe"'],
      ["NEWSGATHER_TICK", '"soon"'],
      ["NEWSGATHER_HTTP_CONCURRENCY", '"0"'],
    ]);
    expect(problems[1]?.allowed).toContain("Europe/Berlin");
  });

  it("reads where to listen", () => {
    for (const listen of ["3000", "127.0.0.1", "127.0.0.1:70000", "::1:3000", "http://a:1"]) {
      const [problem] = problemsOf({ NEWSGATHER_LISTEN: listen });
      expect(`${listen}: ${problem?.allowed}`).toContain("ADDRESS:PORT");
    }
    expect(loadConfig({ NEWSGATHER_LISTEN: "0.0.0.0:80" }).listen).toMatchObject({ port: 80 });
    expect(loadConfig({ NEWSGATHER_LISTEN: "[::1]:8080" }).listen).toEqual({
      host: "::1",
      port: 8080,
      chosen: true,
    });
  });

  it("never shows a secret", () => {
    const [problem] = problemsOf({ MONGODB_URI: "mongo://me:hunter2@db" });
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect(problem?.name).toBe("MONGODB_URI");
  });

  it("takes a comma in the password of a replica set", () => {
    const mongo = "mongodb://me:hunter,2@a:27017,b:27017/?replicaSet=rs";
    expect(loadConfig({ MONGODB_URI: mongo }).mongoUrl).toBe(mongo);
  });

  it("takes replica sets and TLS for the services", () => {
    const mongo = "mongodb://a:27017,b:27017/?replicaSet=rs";
    const config = loadConfig({ MONGODB_URI: mongo, REDIS_URL: "rediss://cache:6380" });
    expect([config.mongoUrl, config.redisUrl]).toEqual([mongo, "rediss://cache:6380"]);
  });

  it("puts the contact into the user agent", () => {
    expect(agent("https://portal.example/bot")).toBe(
      "Newsgather/0.1 (+https://portal.example/bot)",
    );
    expect(agent("news@portal.example")).toBe("Newsgather/0.1 (+mailto:news@portal.example)");
    expect(agent("https://portal.example/@bot")).toBe(
      "Newsgather/0.1 (+https://portal.example/@bot)",
    );
    expect(problemsOf({ NEWSGATHER_USER_AGENT: "Mozilla/5.0" })).toHaveLength(1);
  });

  it("writes a contact in Unicode as a header can carry it", () => {
    expect(agent("https://новости.рф/bot")).toBe(
      "Newsgather/0.1 (+https://xn--b1amnebsh.xn--p1ai/bot)",
    );
    expect(agent("news@bücher.example")).toMatch(/^[\x20-\x7e]+$/);
  });

  it("refuses a user agent that no header can carry", () => {
    expect(problemsOf({ NEWSGATHER_USER_AGENT: "Newsgather Новости" })).toHaveLength(1);
  });

  it("reads hosts from text or from a file", () => {
    expect(loadConfig({ NEWSGATHER_HOSTS: "127.1.0.1 a.test;127.1.0.2 b.test" }).hosts).toBe(
      "127.1.0.1 a.test\n127.1.0.2 b.test",
    );
    const files: Record<string, string> = { "/etc/world": "127.1.0.9 c.test\n" };
    const config = loadConfig({ NEWSGATHER_HOSTS: "@/etc/world" }, (path) => files[path] ?? "");
    expect(config.hosts).toBe("127.1.0.9 c.test\n");
    const [problem] = problemsOf({ NEWSGATHER_HOSTS: "@/no/such/file" });
    expect(problem?.allowed).toContain("ENOENT");
  });

  it.each([
    [{ NEWSGATHER_REQUEST_TIMEOUT: "2m" }, '"2m"', "1m"],
    [{ NEWSGATHER_STUCK_AFTER: "30s" }, '"30s"', "30s"],
  ])(
    "refuses a request that can take as long as a worker that counts as stuck: %j",
    (env, value, after) => {
      expect(problemsOf(env)).toEqual([
        {
          name: "NEWSGATHER_REQUEST_TIMEOUT",
          value,
          allowed: expect.stringContaining(`less than NEWSGATHER_STUCK_AFTER (${after})`),
        },
      ]);
      expect(loadConfig({ ...env, NEWSGATHER_REQUEST_TIMEOUT: "29s" }).requestTimeout).toBe(29_000);
    },
  );

  it("counts an empty variable as unset", () => {
    const config = loadConfig({ REDIS_URL: "", NEWSGATHER_TICK: "" });
    expect(config.redisUrl).toBeNull();
    expect(config.tick).toBe(5000);
  });

  it("refuses a variable that is no setting, set or empty, names the nearest and hides its value", () => {
    expect(() => loadConfig({ NEWSGATHER_LISTN: "", NEWSGATHER_ALARM_SECERT: "s3cret" })).toThrow(
      "settings that can't be used: 2\n" +
        "  NEWSGATHER_LISTN: there is no such setting; did you mean NEWSGATHER_LISTEN?\n" +
        "  NEWSGATHER_ALARM_SECERT: there is no such setting; did you mean NEWSGATHER_ALARM_SECRET?",
    );
    const [far] = problemsOf({ NEWSGATHER_XYZZY: "1" });
    expect(far?.allowed).toBe("there is no such setting; .env.example lists the settings");
  });

  it("reads who may log in by an OpenID provider, and refuses one without a client, without roles or over plain http", () => {
    const issuer = { NEWSGATHER_OIDC_ISSUER: "https://login.example" };
    const client = {
      NEWSGATHER_OIDC_CLIENT_ID: "newsgather",
      NEWSGATHER_OIDC_CLIENT_SECRET: "file:oidc",
    };
    const roles = { NEWSGATHER_OIDC_ROLES: "it=admin, a=b=editor, *=analyst" };
    expect(loadConfig({ ...issuer, ...client, ...roles }).oidc).toEqual({
      issuer: "https://login.example",
      clientId: "newsgather",
      clientSecret: "file:oidc",
      scopes: "openid profile email",
      claim: "groups",
      roles: [
        { value: "it", role: "admin" },
        { value: "a=b", role: "editor" },
        { value: "*", role: "analyst" },
      ],
    });
    const namesOf = (env: Record<string, string>) =>
      problemsOf(env).map(({ name }) => name.slice(16));
    expect(namesOf(issuer)).toEqual(["CLIENT_ID", "CLIENT_SECRET", "ROLES"]);
    expect(namesOf({ NEWSGATHER_OIDC_ISSUER: "http://login.example" })).toEqual(["ISSUER"]);
    expect(namesOf({ NEWSGATHER_OIDC_ISSUER: "http://127.0.0.1:8080" })).toHaveLength(3);
    expect(namesOf({ ...issuer, ...client, NEWSGATHER_OIDC_ROLES: "it=root" })).toEqual(["ROLES"]);
    expect(namesOf({ NEWSGATHER_OIDC_CLIENT_SECRET: "plain" })).toEqual(["CLIENT_SECRET"]);
  });

  it("leaves alone what Kubernetes sets for Services whose name begins with newsgather", () => {
    expect(
      problemsOf({
        NEWSGATHER_SERVICE_HOST: "10.96.0.10",
        NEWSGATHER_SERVICE_PORT: "3000",
        NEWSGATHER_SERVICE_PORT_HTTP: "3000",
        NEWSGATHER_PORT: "tcp://10.96.0.10:3000",
        NEWSGATHER_PORT_3000_TCP: "tcp://10.96.0.10:3000",
        NEWSGATHER_PORT_3000_TCP_PROTO: "tcp",
        NEWSGATHER_PORT_3000_TCP_PORT: "3000",
        NEWSGATHER_PORT_3000_TCP_ADDR: "10.96.0.10",
        NEWSGATHER_API_SERVICE_HOST: "10.96.0.11",
        NEWSGATHER_API_PORT: "tcp://10.96.0.11:80",
      }),
    ).toEqual([]);
    const wrong = problemsOf({ NEWSGATHER_PORT: "3000" });
    expect(wrong.map(({ name }) => name)).toEqual(["NEWSGATHER_PORT"]);
  });

  it("is frozen all the way down", () => {
    const config = loadConfig({ NEWSGATHER_ALLOW_NETWORKS: "10.0.0.0/8" });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.browser)).toBe(true);
    expect(Object.isFrozen(config.allowNetworks)).toBe(true);
  });
});
