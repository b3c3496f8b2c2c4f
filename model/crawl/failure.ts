/** The causes of failures, each with its meaning as shown to operators; a closed set. */
export const CAUSES = {
  dns: "its host's name can't be resolved",
  connect: "its host refuses connections",
  tls: "its host's certificate or encryption isn't valid",
  timeout: "its host doesn't answer in time",
  reset: "its host closes connections before it answers",
  "too-many-requests": "its host asks for fewer requests (429)",
  "server-error": "its host answers with a server error (5xx)",
  "bad-response": "its host's response isn't valid HTTP",
  "redirect-loop": "its redirects lead in circles",
  browser: "the browser can't render the page",
  login: "the source's login is refused",
  proxy: "the source's proxy refuses the connection or doesn't answer",
  parse: "reading the page exceeds the limits of time or memory",
  store: "the database didn't accept the result",
  poison: "workers crashed while reading the page",
  unknown: "an unexpected error",
} as const;

export type Cause = keyof typeof CAUSES;

export function isCause(reason: string): reason is Cause {
  return Object.hasOwn(CAUSES, reason);
}

class Failure extends Error {
  readonly delay: number | null;
  readonly reason: Cause;

  constructor(reason: Cause, message: string, options: ErrorOptions & { delay?: number } = {}) {
    super(message, options);
    this.reason = reason;
    this.delay = options.delay ?? null;
  }
}

/** A failure that a retry might repair. `delay` is in ms; null if the retry policy decides. */
export class RetryLater extends Failure {
  override name = "RetryLater";
}

/**
 * A failure that a retry wouldn't repair. The link becomes a dead letter with this cause. After
 * `too-many-requests`, its host is left alone for `delay` ms.
 */
export class GiveUp extends Failure {
  override name = "GiveUp";
}

export function blamesProxy(error: unknown): error is RetryLater | GiveUp {
  return (error instanceof RetryLater || error instanceof GiveUp) && error.reason === "proxy";
}
