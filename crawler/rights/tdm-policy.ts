import { z } from "zod";
import { jsonOf } from "../../lib/text.ts";
import { MINING } from "../../model/usage-rights.ts";
import { DOCUMENT_BYTES, type Statement } from "./statement.ts";

const MAX_RULES = 50;

const oneOrMore = <T extends z.ZodType>(type: T) =>
  z.union([z.array(type), type.transform((one) => [one])]);
const Term = z.union([
  z.string(),
  z.object({ "@id": z.string() }).transform((node) => node["@id"]),
]);
const Rule = z.object({
  action: oneOrMore(Term).catch([]),
  duty: oneOrMore(z.object({ action: oneOrMore(Term).catch([]) })).catch([]),
  constraint: oneOrMore(
    z.object({ leftOperand: Term.catch(""), rightOperand: Term.catch("") }),
  ).catch([]),
});
const Policy = z.object({
  permission: oneOrMore(Rule).catch([]),
  prohibition: oneOrMore(Rule).catch([]),
  assigner: z
    .object({
      "vcard:hasURL": z.string().optional(),
      "vcard:hasEmail": z.string().optional(),
      uid: z.string().optional(),
    })
    .optional()
    .catch(undefined),
});

/**
 * Returns what a TDM policy states (W3C TDMRep, Final Community Group Report of 10 May 2024,
 * "Expressing a TDM Policy": https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/;
 * a profile of ODRL 2.2), with the contact as `terms`. An offer doesn't lift a reservation; it says
 * how to obtain permission. An unreadable policy states nothing.
 */
export function readTdmPolicy(text: string): Statement[] {
  const policy = policyOf(text);
  if (!policy) return [];
  const mines = ({ action }: z.infer<typeof Rule>) => action.some(isMining);
  const prohibited = policy.prohibition.slice(0, MAX_RULES).some(mines);
  const terms = policy.assigner?.["vcard:hasURL"] ?? policy.assigner?.["vcard:hasEmail"];
  const offers = policy.permission.slice(0, MAX_RULES).filter(mines);
  const statements = offers.map((offer): Statement => {
    const duties = offer.duty.flatMap(({ action }) => action).map(shortName);
    const purposes = offer.constraint
      .filter(({ leftOperand }) => shortName(leftOperand) === "purpose")
      .map(({ rightOperand }) => rightOperand);
    const offerText = ["tdm:mine", ...duties, ...purposes].join(" ");
    return { format: "odrl", text: offerText, ...(terms && { terms }) };
  });
  if (prohibited) statements.push({ format: "odrl", text: "prohibits tdm:mine", denies: MINING });
  return statements;
}

function policyOf(text: string): z.infer<typeof Policy> | null {
  if (text.length > DOCUMENT_BYTES) return null;
  return Policy.safeParse(jsonOf(text.replace(/^\ufeff/, ""))).data ?? null;
}

function isMining(action: string): boolean {
  return /^(?:tdm:|https?:\/\/www\.w3\.org\/ns\/tdmrep#)mine$/.test(action);
}

function shortName(name: string): string {
  return name.replace(/^(?:odrl:|https?:\/\/www\.w3\.org\/ns\/odrl\/2\/)/, "");
}
