import type { Config } from "../../../../config/env.ts";
import { DIRECTORY_PATH, problemsOfDirectory } from "../../../../crawler/signing/directory.ts";
import { problemOfKeys, readSigningKeys, signingKeyAt } from "../../../../crawler/signing/keys.ts";
import { SECOND_MS } from "../../../../lib/time.ts";
import { type Found, fail, ok, warn } from "./services.ts";

const REQUEST_TIMEOUT_MS = 10 * SECOND_MS;

/** Checks that a valid key signs requests and is published at the right URL. */
export async function checkSigning(
  { signing: { agent, keysFile } }: Pick<Config, "signing">,
  now = new Date(),
): Promise<Found> {
  if (agent === null) return ok("requests are not signed: NEWSGATHER_BASE_URL isn't an https URL");
  let keys: ReturnType<typeof readSigningKeys>;
  try {
    keys = readSigningKeys(keysFile);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    return fail(found, "restore the file from a backup, or remove it and create keys");
  }
  const problem = problemOfKeys(keys, now);
  if (problem) {
    const isBroken = keys.length > 0 && !problem.isSigning;
    return (isBroken ? fail : warn)(problem.problem, problem.next);
  }
  const url = agent + DIRECTORY_PATH;
  let response: Response;
  try {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    response = await fetch(url, { redirect: "manual", signal });
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return warn(
      `${url} can't be reached: ${why}`,
      "start Newsgather, and check NEWSGATHER_BASE_URL and the reverse proxy",
    );
  }
  const headers = Object.fromEntries(response.headers);
  const answer = { status: response.status, headers, body: await response.text() };
  const authority = new URL(agent).host;
  const [first] = problemsOfDirectory(answer, { authority, keys, now });
  if (first)
    return fail(`${url}: ${first}`, "docs/operators/publishers.md says what this URL must return");
  const key = signingKeyAt(keys, now);
  const following = keys.find(({ signsFrom }) => signsFrom > now);
  const rotation =
    following && `; ${following.id} takes over on ${following.signsFrom.toISOString()}`;
  return ok(`${key?.id} signs requests until ${key?.signsUntil.toISOString()}${rotation ?? ""}`);
}
