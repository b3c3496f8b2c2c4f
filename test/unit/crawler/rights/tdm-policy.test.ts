import { expect, test } from "vitest";
import { readTdmPolicy } from "../../../../crawler/rights/page-signals.ts";

const CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"];
const policy = (rest: object) =>
  JSON.stringify({
    "@context": CONTEXT,
    "@type": "Offer",
    profile: "http://www.w3.org/ns/tdmrep",
    uid: "https://provider.com/policies/1",
    ...rest,
  });

test("The specification's offer to ask first says whom to ask", () => {
  const text = policy({
    assigner: {
      uid: "https://provider.com",
      "vcard:fn": "Provider",
      "vcard:hasEmail": "mailto:contact@provider.com",
      "vcard:hasURL": "https://provider.com/tdm/licensing.html",
    },
    permission: [{ action: "tdm:mine", duty: [{ action: "obtainConsent" }] }],
  });
  expect(readTdmPolicy(text)).toEqual([
    {
      format: "odrl",
      text: "tdm:mine obtainConsent",
      terms: "https://provider.com/tdm/licensing.html",
    },
  ]);
});

test("The specification's offer for a fee names duty and purpose", () => {
  const constraint = { leftOperand: "purpose", operator: "eq", rightOperand: "tdm:non-research" };
  const text = policy({
    assigner: { uid: "https://provider.com", "vcard:hasEmail": "mailto:contact@provider.com" },
    permission: [
      { action: "tdm:mine", duty: [{ action: "compensate" }], constraint: [constraint] },
    ],
  });
  expect(readTdmPolicy(text)).toEqual([
    {
      format: "odrl",
      text: "tdm:mine compensate tdm:non-research",
      terms: "mailto:contact@provider.com",
    },
  ]);
});

test("Lists may be single values, and names may be whole or nodes", () => {
  const action = { "@id": "http://www.w3.org/ns/tdmrep#mine" };
  const text = policy({ permission: { action, duty: { action: "odrl:compensate" } } });
  expect(readTdmPolicy(text)).toEqual([{ format: "odrl", text: "tdm:mine compensate" }]);
});

test("A policy that prohibits mining denies it", () => {
  const [statement] = readTdmPolicy(policy({ prohibition: [{ action: "tdm:mine" }] }));
  expect(statement?.denies).toEqual(["analysis", "ai-input", "ai-train"]);
});

test.each(["", "[]", "null", "<html>", '"x"', policy({}), policy({ permission: [{ action: 1 }] })])(
  "%s says nothing",
  (text) => {
    expect(readTdmPolicy(text)).toEqual([]);
  },
);
