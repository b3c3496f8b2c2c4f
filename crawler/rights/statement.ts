import { toSignal, type UsageSignal, type Use } from "../../model/usage-rights.ts";

/** Maximum number of bytes of a licence or a policy that are read. */
export const DOCUMENT_BYTES = 100_000;

/** A publisher's statement about uses, without the place, URL and time at which it was seen. */
export type Statement = Omit<UsageSignal, "place" | "url" | "seenAt">;

export type Seen = Pick<UsageSignal, "place" | "url" | "seenAt">;

export function seenAs(statements: readonly Statement[], seen: Seen): UsageSignal[] {
  return statements.map((statement) => toSignal({ ...statement, ...seen }));
}

/** Returns a statement that allows or denies `uses`; `text` is its wording. */
export function stating(
  format: Statement["format"],
  text: string,
  uses: readonly Use[],
  isAllowed: boolean,
): Statement {
  return { format, text, [isAllowed ? "allows" : "denies"]: [...uses] };
}
