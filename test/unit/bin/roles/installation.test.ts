import { expect, test } from "vitest";
import { listSettings } from "../../../../bin/roles/installation.ts";

test("each setting tells its value and where it is from; secrets are told nowhere", () => {
  const file = { NEWSGATHER_TICK: "7s", NEWSGATHER_TIMEZONE: "Europe/Berlin" };
  const env = {
    ...file,
    NEWSGATHER_TIMEZONE: "Europe/Vienna",
    NEWSGATHER_SMTP_URL: "smtp://user:hush@mail.example",
    NEWSGATHER_BASE_URL: "https://ops:hush@news.example",
    MONGODB_URI: "",
  };
  const settings = new Map(listSettings(env, file).map((one) => [one.name, one]));
  expect(settings.get("NEWSGATHER_TICK")).toMatchObject({ value: "7s", from: ".env" });
  expect(settings.get("NEWSGATHER_TIMEZONE")).toMatchObject({
    value: "Europe/Vienna",
    from: "environment",
  });
  expect(settings.get("NEWSGATHER_LOG_LEVEL")).toMatchObject({ value: "info", from: "default" });
  expect(settings.get("MONGODB_URI")).toMatchObject({ value: null, from: "default" });
  expect(settings.get("NEWSGATHER_SMTP_URL")).toMatchObject({ value: "***", from: "environment" });
  expect(JSON.stringify([...settings.values()])).not.toContain("hush");
});
