import { callbackify } from "node:util";
import { Agent, buildConnector, type Dispatcher, request as send } from "undici";
import { HTTP_BOUNDS, LIMITS } from "../../config/limits.ts";
import { type Secrets, secretOf } from "../../config/secrets.ts";
import { orAborted, setBounded } from "../../lib/async.ts";
import type { Validators } from "../../model/crawl/link.ts";
import { GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { isProxyAddress } from "../../model/sources/login.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Guard } from "../egress/guard.ts";
import { openTunnel, type Upstream } from "../egress/tunnel.ts";
import type { RequestSigner } from "../signing/sign.ts";
import { codingOf, collect, decode } from "./decode.ts";
import { failureOf } from "./failure.ts";
import { cookieHeader, isRedirect, type Received, type SentCookie, targetOf } from "./response.ts";

/** Limits of one request: sizes in bytes, times in ms. */
export interface HttpLimits {
  /** Maximum number of bytes over the wire. */
  bytes: number;
  decodedBytes: number;
  headersTimeout: number;
  /** Maximum time from the request to the last byte, even if data keeps trickling in. */
  deadline: number;
}

const HTTP_LIMITS: HttpLimits = {
  bytes: LIMITS.wireBytes,
  decodedBytes: LIMITS.decodedBytes,
  headersTimeout: HTTP_BOUNDS.headersTimeout,
  deadline: 30_000,
};

export interface HttpRequest {
  url: string;
  headers?: Record<string, string>;
  /** Cookies, each sent only to its host and path. `Received.requestHeaders` hides the values. */
  cookies?: readonly SentCookie[];
  validators?: Validators;
  proxy?: Upstream | null;
  signal?: AbortSignal;
  /**
   * Called before the request, to wait for the host's pace. The resolved function is called when
   * the request is sent or fails.
   */
  start?: () => Promise<() => void>;
  /** Replaces the client's byte limits, before and after decompression. */
  maxBytes?: number;
}

export interface Http {
  /**
   * Sends one request; doesn't follow redirects. Returns `Skipped` for an invalid or refused URL.
   * Throws `RetryLater`, `GiveUp` or the signal's reason.
   */
  get(request: HttpRequest): Promise<Received | Skipped>;
  close(): Promise<void>;
}

/** Returns a client that sends all requests through the guard. */
export function createHttp(options: {
  guard: Guard;
  userAgent: string;
  limits?: Partial<HttpLimits>;
  sign?: RequestSigner | undefined;
}): Http {
  const { guard, userAgent, sign } = options;
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const dispatchers = createDispatchers(guard, limits);

  const get: Http["get"] = async (request) => {
    const refused = refusal(guard, request.url);
    if (refused) return refused;
    const { maxBytes } = request;
    const unsigned = requestHeaders(userAgent, request);
    const started = once((await request.start?.()) ?? (() => {}));
    const headers = { ...unsigned, ...sign?.({ method: "GET", url: request.url }) };
    const startedAt = new Date();
    const began = performance.now();
    const clock = deadline(limits.deadline, request.signal);
    const guarded = dispatchers.through(request.proxy ?? null);
    try {
      const dispatcher = guarded.dispatcher.compose(watched(started));
      const { signal } = clock;
      // undici itself checks its signal only once it has a connection.
      const response = await orAborted(send(request.url, { dispatcher, headers, signal }), signal);
      const received = lowerCase(response.headers);
      const body = await collect(response.body, maxBytes ?? limits.bytes);
      if (body.error !== null) throw body.error;
      const encoding = codingOf(received["content-encoding"], body.bytes);
      if (encoding === "unknown") {
        throw bad(`content-encoding ${received["content-encoding"]}`);
      }
      const limit = maxBytes ?? limits.decodedBytes;
      const decoded = await decode(body.bytes, encoding, limit).catch((error: unknown) => {
        throw bad(`${encoding} is broken`, error);
      });
      return {
        url: request.url,
        status: response.statusCode,
        headers: received,
        requestHeaders: withoutSignature(
          "cookie" in headers ? { ...headers, cookie: "***" } : headers,
        ),
        location: isRedirect(response.statusCode)
          ? targetOf(received["location"], request.url)
          : null,
        address: guarded.addressOf(new URL(request.url).origin),
        startedAt,
        endedAt: new Date(),
        ms: Math.round(performance.now() - began),
        wire: body.bytes,
        encoding,
        decoded: decoded.bytes,
        truncated: body.truncated || decoded.truncated,
      };
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason;
      const failure = failureOf(clock.signal.aborted ? clock.signal.reason : error);
      if (failure instanceof Error) throw failure;
      return failure;
    } finally {
      // A request that never got a connection has ended too.
      started();
      clock.clear();
    }
  };

  return { get, close: dispatchers.close };
}

function refusal(guard: Guard, address: string): Skipped | null {
  if (!URL.canParse(address)) return { skipped: "bad-url", detail: address };
  const url = new URL(address);
  const why = guard.check(url);
  if (why === null) return null;
  const web = url.protocol === "http:" || url.protocol === "https:";
  return { skipped: web ? "egress-refused" : "bad-url", detail: why };
}

function requestHeaders(userAgent: string, request: HttpRequest): Record<string, string> {
  const { etag, lastModified } = request.validators ?? {};
  const cookie = cookieHeader(request.cookies ?? [], request.url);
  return {
    accept:
      "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
    ...lowerCase(request.headers ?? {}),
    ...(cookie !== null && { cookie }),
    "user-agent": userAgent,
    "accept-encoding": "gzip, deflate, br",
    ...(isSendable(etag) ? { "if-none-match": etag } : {}),
    ...(isSendable(lastModified) ? { "if-modified-since": lastModified } : {}),
  };
}

function isSendable(value: string | undefined): value is string {
  return value !== undefined && /^[\t\x20-\x7e]+$/.test(value);
}

function lowerCase(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name.toLowerCase(), Array.isArray(value) ? value.join("\n") : value]];
  });
  return Object.fromEntries(entries);
}

const SIGNATURE_FIELDS = ["signature-input", "signature"];

/** Removes the signature, but not `signature-agent`, which shows who publishes the keys. */
function withoutSignature(headers: Record<string, string>): Record<string, string> {
  if (!("signature" in headers)) return headers;
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !SIGNATURE_FIELDS.includes(name)),
  );
}

function deadline(ms: number, outer: AbortSignal | undefined) {
  const controller = new AbortController();
  // undici's own timeouts never end a response that trickles in.
  const late = () => new RetryLater("timeout", `no complete answer within ${ms} ms`);
  const timer = setTimeout(() => controller.abort(late()), ms);
  const abort = () => controller.abort(outer?.reason);
  if (outer?.aborted) abort();
  outer?.addEventListener("abort", abort);
  const clear = () => {
    clearTimeout(timer);
    outer?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, clear };
}

function bad(what: string, cause?: unknown): RetryLater {
  const message = `the answer can't be read: ${what}`;
  return new RetryLater("bad-response", message, { cause });
}

function watched(started: () => void): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    const begin = handler.onRequestStart?.bind(handler);
    const answer = handler.onResponseStart?.bind(handler);
    let interim = 0;
    handler.onRequestStart = (...args) => {
      started();
      begin?.(...args);
    };
    handler.onResponseStart = (controller, status, ...more) => {
      if (status < 200) interim += 1;
      if (interim > HTTP_BOUNDS.interim)
        controller.abort(bad(`more than ${HTTP_BOUNDS.interim} interim responses (1xx)`));
      else answer?.(controller, status, ...more);
    };
    return dispatch(options, handler);
  };
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}

interface GuardedDispatcher {
  dispatcher: Dispatcher;
  addressOf(origin: string): string | null;
}

/** Dispatchers for direct requests and for requests through proxies. The guard checks them all. */
export interface Dispatchers {
  through(proxy: Upstream | null): GuardedDispatcher;
  close(): Promise<void>;
}

const MAX_DISPATCHERS = 32;

/** Returns dispatchers that connect on demand. `limits` are in ms. */
export function createDispatchers(
  guard: Guard,
  limits: { headersTimeout: number; deadline: number },
): Dispatchers {
  const dispatchers = new Map<string, GuardedDispatcher & { close(): Promise<void> }>();
  const open = (connector: (report: ReportAddress) => buildConnector.connector) => {
    const addresses = new Map<string, string>();
    const dispatcher = new Agent({
      connect: connector((origin, address) => addresses.set(origin, address)),
      connections: 8,
      pipelining: 1,
      headersTimeout: limits.headersTimeout,
      bodyTimeout: limits.deadline,
      maxHeaderSize: HTTP_BOUNDS.headers,
    });
    return {
      dispatcher,
      addressOf: (origin: string) => addresses.get(origin) ?? null,
      close: () => dispatcher.destroy(),
    };
  };
  const straight = open((report) => (target, callback) => {
    guard.connector(target, (...result) => {
      const address = result[1]?.remoteAddress;
      if (address) report(originOf(target), address);
      callback(...result);
    });
  });
  return {
    through(proxy) {
      if (proxy === null) return straight;
      const guarded = dispatchers.get(proxy.url) ?? open(tunnelling(guard, proxy));
      void setBounded(dispatchers, proxy.url, guarded, MAX_DISPATCHERS)?.close();
      return guarded;
    },
    async close() {
      await Promise.all([straight, ...dispatchers.values()].map((guarded) => guarded.close()));
    },
  };
}

type ReportAddress = (origin: string, address: string) => void;

function tunnelling(guard: Guard, proxy: Upstream) {
  const secure = buildConnector({ timeout: 8000 });
  return (report: ReportAddress): buildConnector.connector =>
    (target, callback) => {
      const encrypted = target.protocol === "https:";
      const port = Number(target.port) || (encrypted ? 443 : 80);
      const open = async () => {
        const tunnel = await openTunnel(guard, proxy, { host: target.hostname, port });
        report(originOf(target), tunnel.address);
        return tunnel.socket;
      };
      callbackify(open)((error, socket) => {
        if (error) callback(error, null);
        else if (encrypted) secure({ ...target, httpSocket: socket }, callback);
        else callback(null, socket);
      });
    };
}

function originOf({ protocol, host, hostname }: buildConnector.Options): string {
  return `${protocol}//${host ?? hostname}`;
}

/** Returns a source's proxy, if any. Throws `GiveUp` with the reason `proxy` if it is unusable. */
export type ProxyOf = (source: Pick<Source, "proxy">) => Upstream | null;

export function proxiesIn(secrets: Secrets): ProxyOf {
  return ({ proxy: name }) => {
    if (name === undefined) return null;
    // Only those who set secrets are trusted with access to the internal network, not all who write
    // source files.
    if (isProxyAddress(name)) return { name, url: name, guarded: true };
    const url = secretOf(secrets, name, "proxy");
    if (isProxyAddress(url)) return { name, url, guarded: false };
    throw new GiveUp("proxy", `${name} doesn't contain http://[USER:PASSWORD@]HOST:PORT`);
  };
}
