import { expect, test } from "vitest";
import { demoEnv } from "../../../../../bin/commands/run/demo.ts";
import { loadConfig } from "../../../../../config/env.ts";

const WORLD = { hosts: "127.0.0.1 agency.example", allowNetworks: "127.0.0.0/8" };
const SECRET = `whsec_${"a".repeat(32)}`;
const OPERATORS = {
  NEWSGATHER_BASE_URL: "https://news.example",
  NEWSGATHER_BODIES_TIER: "s3",
  NEWSGATHER_BODIES_DIR: "/srv/bodies",
  NEWSGATHER_BODIES_BUCKET: "https://s3.example/bodies",
  NEWSGATHER_BODIES_KEY_ID: "key",
  NEWSGATHER_BODIES_SECRET: "env:SECRET_S3",
  NEWSGATHER_ALARM_MAIL: "ops@news.example",
  NEWSGATHER_SMTP_URL: "smtp://mail.example",
  NEWSGATHER_ALARM_WEBHOOK: "https://pager.example",
  NEWSGATHER_ALARM_SECRET: SECRET,
  NEWSGATHER_HEARTBEAT_URL: "https://heartbeat.example",
  NEWSGATHER_WEBSUB_HUB: "https://hub.example",
  NEWSGATHER_TRANSLATOR_URL: "https://translator.example",
  NEWSGATHER_TRANSLATOR_SECRET: SECRET,
  NEWSGATHER_OIDC_ISSUER: "https://login.example",
  NEWSGATHER_OIDC_CLIENT_ID: "newsgather",
  NEWSGATHER_OIDC_CLIENT_SECRET: "env:SECRET_OIDC",
  NEWSGATHER_OIDC_ROLES: "*=editor",
  NEWSGATHER_TRACES: "http://collector.example:4318/v1/traces",
};

test("the demo uses none of the operator's storage, receivers and services", () => {
  const config = loadConfig({ ...OPERATORS, ...demoEnv(OPERATORS, "/tmp/demo", WORLD) });
  expect(config.bodies).toMatchObject({ tier: "database", dir: null, bucket: null });
  expect(config.alarms).toMatchObject({ mail: null, webhook: null });
  const { baseUrl, heartbeatUrl, webSubHub, translator, oidc, traces, signing } = config;
  const reached = [baseUrl, heartbeatUrl, webSubHub, translator, oidc, traces, signing.agent];
  expect(reached).toEqual(reached.map(() => null));
});
