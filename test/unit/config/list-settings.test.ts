import { expect, test } from "vitest";
import { listSettings } from "../../../config/list-settings.ts";

test("each setting tells its value and where it is from; secrets are told nowhere", () => {
  const file = { NEWSGATHER_TICK: "7s", NEWSGATHER_TIMEZONE: "Europe/Berlin" };
  const env = {
    ...file,
    NEWSGATHER_TIMEZONE: "Europe/Vienna",
    NEWSGATHER_SMTP_URL: "smtp://user:hush@mail.example",
    NEWSGATHER_BASE_URL: "https://ops:hush@news.example",
    MONGODB_URI: "",
  };
  const told = new Map(listSettings(env, file).map((one) => [one.name, one]));
  expect(told.get("NEWSGATHER_TICK")).toMatchObject({ value: "7s", from: ".env" });
  expect(told.get("NEWSGATHER_TIMEZONE")).toMatchObject({
    value: "Europe/Vienna",
    from: "environment",
  });
  expect(told.get("NEWSGATHER_LOG_LEVEL")).toMatchObject({ value: "info", from: "default" });
  expect(told.get("MONGODB_URI")).toMatchObject({ value: null, from: "default" });
  expect(told.get("NEWSGATHER_SMTP_URL")).toMatchObject({ value: "***", from: "environment" });
  expect(JSON.stringify([...told.values()])).not.toContain("hush");
});
