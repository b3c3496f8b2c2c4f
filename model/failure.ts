/** What went wrong, in the classes that retry and health rules know. */
export type Cause =
  | "dns"
  | "connect"
  | "tls"
  | "timeout"
  | "reset"
  | "too-many-requests"
  | "server-error"
  | "bad-response"
  | "redirect-loop"
  | "browser"
  | "login"
  | "proxy"
  | "parse"
  | "store"
  | "poison"
  | "unknown";

/** Try again after `delay` ms (the failure may pass); counted against the link's attempts. */
export class RetryLater extends Error {
  override name = "RetryLater";
  readonly delay: number;
  readonly reason: Cause;

  constructor(reason: Cause, message: string, delay: number, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.delay = delay;
  }
}

/** Don't try again by itself: the link becomes a dead letter with this cause and can be replayed. */
export class GiveUp extends Error {
  override name = "GiveUp";
  readonly reason: Cause;

  constructor(reason: Cause, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
