import { describe, expect, test } from "vitest";
import { DIRECTORY_TYPE, problemsOfDirectory } from "../../../../crawler/signing/directory.ts";
import {
  createSigningKey,
  directoryOf,
  KEY_LIFETIME_MS,
  openSigningKey,
  problemOfKeys,
  rotateSigningKeys,
} from "../../../../crawler/signing/keys.ts";
import { signDirectory } from "../../../../crawler/signing/sign.ts";
import { DAY_MS } from "../../../../lib/time.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const keys = rotateSigningKeys([createSigningKey(NOW)], NOW);
const authority = "news.example";

function directory(listed = keys, at = NOW) {
  const body = directoryOf(listed);
  const proof = signDirectory({ authority, body }, listed.map(openSigningKey), at);
  const headers: Record<string, string> = {
    ...proof,
    "content-type": DIRECTORY_TYPE,
    date: at.toUTCString(),
  };
  return { status: 200, headers, body };
}
const problems = (response: ReturnType<typeof directory>, where = authority) =>
  problemsOfDirectory(response, { authority: where, keys, now: NOW });

describe("the directory as somebody outside gets it", () => {
  test("has nothing wrong", () => {
    expect(problems(directory())).toEqual([]);
  });

  test.each([
    ["a redirect", { ...directory(), status: 301 }, /status is 301/],
    [
      "another type",
      { ...directory(), headers: { ...directory().headers, "content-type": "text/html" } },
      /type is text\/html/,
    ],
    [
      "a key that is none",
      { ...directory(), body: '{"keys":[{"kid":"a","x":"b"}]}' },
      /isn't a JSON Web Key Set/,
    ],
    ["a page", { ...directory(), body: "<p>" }, /isn't a JSON Web Key Set/],
    ["a changed body", { ...directory(), body: `${directory().body} ` }, /digest doesn't match/],
    ["a key that was rotated elsewhere", directory([createSigningKey(NOW)]), /doesn't list/],
    [
      "a proof of the future",
      {
        ...directory(),
        headers: {
          ...directory(keys, new Date(NOW.getTime() + DAY_MS)).headers,
          date: NOW.toUTCString(),
        },
      },
      /signature of/,
    ],
  ])("%s", (_, response, problem) => {
    expect(problems(response)[0]).toMatch(problem);
  });

  test("a proof for another host", () => {
    expect(problems(directory(), "elsewhere.example")[0]).toMatch(/elsewhere\.example/);
  });

  test("a clock that is wrong", () => {
    const behind = directory(keys, new Date(NOW.getTime() - 3_600_000));
    expect(problems(behind)).toEqual(["the clock here is 3600 s ahead of the portal's"]);
    const ahead = directory(keys, new Date(NOW.getTime() + 3_600_000));
    expect(problems(ahead)[0]).toBe("the clock here is 3600 s behind the portal's");
  });

  test("a response from a cache says nothing of the clock", () => {
    const { headers, ...cached } = directory(keys, new Date(NOW.getTime() - 3_600_000));
    expect(problems({ ...cached, headers: { ...headers, age: "3600" } })).toEqual([]);
  });
});

describe("the keys", () => {
  const [key] = [createSigningKey(NOW)];
  const at = (ms: number) => new Date(NOW.getTime() + ms);

  test("are well while the last one signs for long", () => {
    expect(problemOfKeys([key], NOW)).toBeNull();
  });

  test("are to be created", () => {
    expect(problemOfKeys([], NOW)?.next).toBe("newsgather signing-keys create");
  });

  test("are to be rotated before the last one expires", () => {
    const problem = problemOfKeys([key], at(KEY_LIFETIME_MS - 14 * DAY_MS));
    expect(problem).toMatchObject({ isSigning: true, next: "newsgather signing-keys rotate" });
  });

  test("sign nothing once the last one expired", () => {
    expect(problemOfKeys([key], at(KEY_LIFETIME_MS))).toMatchObject({ isSigning: false });
  });
});
