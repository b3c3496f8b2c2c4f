import { describe, expect, test } from "vitest";
import { revisionBetween } from "../../../../classify/revision/kind.ts";
import { type RevisionCase, revisionCases, textOfCase } from "../../../helpers/revision-cases.ts";
import { edited, paragraphsOf, plainText, type Text } from "../../../world/text.ts";
import { EN_AGENCY } from "../../../world/texts/en-agency.ts";

/** Shares that have to be right: of the revisions' kinds, and of `same` cases told to be none. */
const FLOORS = { "tuned.yaml": { kinds: 1, same: 1 }, "held-out.yaml": { kinds: 0.97, same: 0.9 } };

const toldOf = (text: Text) => {
  return { title: text.title, text: plainText(paragraphsOf(text.body)), html: null };
};

function judged(one: RevisionCase) {
  const { of, kind, edit } = one;
  const text = textOfCase(one);
  const verdict = revisionBetween(toldOf(text), toldOf(edited(text, edit)));
  return { of, kind, said: verdict?.kind ?? "same", because: verdict?.because };
}

describe.each(Object.entries(FLOORS))("%s", (file, floor) => {
  test("every revision is found", async () => {
    const revisions = (await revisionCases(file)).map(judged).filter(({ kind }) => kind !== "same");
    expect(revisions.length).toBeGreaterThan(30);
    expect(revisions.filter(({ said }) => said === "same")).toEqual([]);
  });

  test(`noise is none in ${floor.same * 100} % of the cases`, async () => {
    const same = (await revisionCases(file)).map(judged).filter(({ kind }) => kind === "same");
    expect(same.length).toBeGreaterThan(10);
    const wrong = same.filter(({ said }) => said !== "same");
    expect(wrong.slice(Math.floor((1 - floor.same) * same.length))).toEqual([]);
  });

  test(`the kind is right for ${floor.kinds * 100} % of the revisions`, async () => {
    const revisions = (await revisionCases(file)).map(judged).filter(({ kind }) => kind !== "same");
    const wrong = revisions.filter(({ kind, said }) => kind !== said);
    expect(wrong.slice(Math.floor((1 - floor.kinds) * revisions.length))).toEqual([]);
  });
});

describe("a verdict says why", () => {
  const text = toldOf(edited(EN_AGENCY[0] as Text, {}));
  const because = (after: Partial<typeof text>) =>
    revisionBetween(text, { ...text, ...after })?.because;

  test.each([
    [{ text: text.text.replace("38 per cent", "83 per cent") }, '"38" became "83"'],
    [{ title: "Another headline" }, `"${text.title}" became "Another headline"`],
    [{ text: `${text.text}\n\nOne more paragraph.` }, "1 paragraph added"],
    [{ text: text.text.split("\n\n").toReversed().join("\n\n") }, "paragraphs in another order"],
  ])("%#", (after, why) => {
    expect(because(after)).toBe(why);
  });
});

test("what was learnt as boilerplate between two looks is none", () => {
  const box = "Subscribe to our weekly letter on ports and permits, free of charge.";
  const text = "First paragraph.\n\nSecond paragraph.";
  const before = { title: "T", text: `${text}\n\n${box}`, html: null };
  expect(revisionBetween(before, { title: "T", text, html: null })).not.toBeNull();
  const after = { title: "T", text, html: null, without: [box.slice(0, 40)] };
  expect(revisionBetween(before, after)).toBeNull();
  expect(revisionBetween(after, before)).toBeNull();
});
