import type { CDPSession } from "playwright";
import { isRedirect, targetOf } from "../http/response.ts";
import type { RequestSigner } from "../signing/sign.ts";

interface DocumentAnswer {
  status: number;
  headers: Record<string, string>;
  location: string | null;
  cut: string | null;
}

/**
 * The document that a page may load. `start` runs before the request is sent; the function that
 * `start` returned runs right after.
 */
interface Navigation {
  url: string;
  start?: (() => Promise<() => void>) | undefined;
  own: OwnHeaders | null;
}

/** Controls which documents a page loads, and adds the source's headers to its requests. */
export interface DocumentGate {
  main: string;
  /** Sets the only document that the page is allowed to load. Call this before each navigation. */
  expect(next: Navigation): Promise<void>;
  /** Returns the latest response for the document; null if there was none since `expect`. */
  answer(): DocumentAnswer | null;
  /** Returns the URL of the page's last blocked attempt to navigate; null if there was none. */
  moved(): string | null;
}

/** Some sites reload a page once, to check whether the browser stores cookies. */
const MAX_RELOADS = 1;

/** Returns a gate that follows no redirects and lets the page load only the expected URL. */
export async function guardDocuments(
  session: CDPSession,
  token: { username: string; password: string },
  sign?: RequestSigner,
): Promise<DocumentGate> {
  const { frameTree } = await session.send("Page.getFrameTree");
  const main = frameTree.frame.id;
  let expected = "";
  let starting: Navigation["start"];
  let own: OwnHeaders | null = null;
  let loads = 0;
  let answer: (DocumentAnswer & { networkId: string | undefined }) | null = null;
  let moved: string | null = null;
  const authenticated = new Set<string>();
  const abort = (requestId: string) => {
    return session.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
  };

  const watch = () =>
    session.send("Fetch.enable", {
      handleAuthRequests: true,
      patterns: [
        { resourceType: "Document", requestStage: "Request" },
        { resourceType: "Document", requestStage: "Response" },
        // Intercepting every sub-resource is the most expensive part of a page that has many.
        ...(own ? [{ urlPattern: "*", requestStage: "Request" as const }] : []),
      ],
    });

  session.on("Fetch.authRequired", ({ requestId, authChallenge }) => {
    const ours = authChallenge.source === "Proxy" && !authenticated.has(requestId);
    authenticated.add(requestId);
    const authChallengeResponse = ours
      ? { response: "ProvideCredentials" as const, ...token }
      : { response: "CancelAuth" as const };
    // Calls reject while the page is closing, when their results are no longer needed.
    session.send("Fetch.continueWithAuth", { requestId, authChallengeResponse }).catch(() => {});
  });

  session.on("Network.loadingFailed", ({ requestId, errorText, canceled }) => {
    // The page's own scripts can cancel the rest of the document.
    if (answer?.networkId === requestId && !canceled) answer.cut = errorText;
  });

  session.on("Fetch.requestPaused", (event) => {
    const { requestId, networkId, request, frameId, resourceType } = event;
    const status = event.responseStatusCode;
    const goOn = (signed: Record<string, string> = {}) => {
      const changes = status === undefined && (own !== null || Object.keys(signed).length > 0);
      const headers = changes && [...headersAt(own, request), ...entriesOf(signed)];
      return session.send("Fetch.continueRequest", { requestId, ...(headers && { headers }) });
    };
    const next = async () => {
      if (frameId !== main || resourceType !== "Document") return goOn();
      if (status !== undefined) {
        const headers = joined(event.responseHeaders ?? []);
        const redirect = isRedirect(status);
        answer = {
          status,
          headers,
          location: redirect ? targetOf(headers["location"], request.url) : null,
          cut: null,
          networkId,
        };
        return redirect ? abort(requestId) : goOn();
      }
      if (event.responseErrorReason) return goOn();
      // A late navigation can come from the previous page.
      if (loads === 0 && request.url !== expected) return abort(requestId);
      loads += 1;
      if (request.url === expected && loads <= 1 + MAX_RELOADS) {
        const started = await starting?.();
        const under = goOn(sign?.(request));
        started?.();
        return under;
      }
      if (request.url !== expected) moved = request.url;
      return abort(requestId);
    };
    next().catch(() => {});
  });

  await watch();

  return {
    main,
    async expect(next) {
      const target = new URL(next.url);
      target.hash = "";
      // Unlike Node 20, Chromium escapes `|` and `^` in a path.
      target.pathname = target.pathname.replace(/[|^]/g, encodeURIComponent);
      starting = next.start;
      [expected, loads, answer, moved] = [target.href, 0, null, null];
      authenticated.clear();
      const changes = (own === null) !== (next.own === null);
      own = next.own;
      if (changes) await watch();
    },
    answer: () => answer,
    moved: () => moved,
  };
}

function joined(list: readonly { name: string; value: string }[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of list) {
    const key = name.toLowerCase();
    const before = headers[key];
    headers[key] = before === undefined ? value : `${before}\n${value}`;
  }
  return headers;
}

interface OwnHeaders {
  headers: Readonly<Record<string, string>>;
  hosts: readonly string[];
}

type Entry = { name: string; value: string };

function headersAt(
  ownHeaders: OwnHeaders | null,
  request: { url: string; headers: Record<string, string> },
): Entry[] {
  if (!ownHeaders) return entriesOf(request.headers);
  const { headers, hosts } = ownHeaders;
  const own = hosts.includes(new URL(request.url).hostname);
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const others = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()));
  return entriesOf(Object.fromEntries([...others, ...(own ? Object.entries(headers) : [])]));
}

function entriesOf(headers: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(headers).map(([name, value]) => ({ name, value }));
}
