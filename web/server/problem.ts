import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { ProblemError } from "../../model/problem.ts";
import { isServerFailure, isUnreachable } from "../../store/queries.ts";
import { TierUnreachable } from "../../store/tiers/tier.ts";

/** RFC 9457 problem details, with a stable `code` and the id of the request in the log. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  request_id: z.string(),
});

export const TITLES: Record<number, string> = {
  400: "Bad request",
  401: "Login or key needed",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  409: "Conflict",
  410: "Gone",
  412: "Changed meanwhile",
  413: "Body too large",
  415: "Unsupported media type",
  422: "Can't be processed",
  429: "Too many requests",
  500: "Internal error",
  503: "Not available",
};

const TEMPORARY_PROBLEM_CODES = new Set([
  "database-unreachable",
  "database-failing",
  "body-unreachable",
  "search-building",
]);
const RETRY_AFTER_S = 10;

/**
 * Answers every error with the page that `page` returns or, if that is null, with
 * `application/problem+json`.
 */
export function answerProblems(
  app: FastifyInstance,
  page: (request: FastifyRequest, problem: ProblemError) => Promise<string | null>,
): void {
  app.setErrorHandler(async (error: FastifyError | ProblemError, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) request.log.error({ err: error }, "request failed");
    const body = await page(request, problem);
    reply.code(problem.status).header("cache-control", "no-store");
    if (TEMPORARY_PROBLEM_CODES.has(problem.code)) reply.header("retry-after", RETRY_AFTER_S);
    if (problem.status === 401) reply.header("www-authenticate", "Bearer");
    if (body !== null) {
      return reply.header("content-type", "text/html; charset=utf-8").send(Buffer.from(body));
    }
    const { status, code, message: detail } = problem;
    const title = TITLES[status] ?? "Error";
    return reply
      .header("content-type", "application/problem+json; charset=utf-8")
      .serializer(JSON.stringify)
      .send({ type: "about:blank", title, status, code, detail, request_id: request.id });
  });
}

function toProblem(error: FastifyError | ProblemError): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof TierUnreachable) {
    const detail =
      "The folder or bucket of stored responses can't be reached, or isn't set up here. Try again later, or ask an operator.";
    return new ProblemError(503, "body-unreachable", detail);
  }
  if (isUnreachable(error)) {
    const detail = "The database can't be reached now. Try again in a few seconds.";
    return new ProblemError(503, "database-unreachable", detail);
  }
  if (isServerFailure(error)) {
    const detail =
      "The database can't answer now, perhaps because its disk is full. Try again later.";
    return new ProblemError(503, "database-failing", detail);
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return new ProblemError(status, "invalid-request", error.message);
  }
  const detail = "Something went wrong. The log has details under this request_id.";
  return new ProblemError(500, "internal-error", detail);
}
