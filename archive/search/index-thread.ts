import { workerData } from "piscina";
import { QueryProblem } from "../../model/publish/search.ts";
import { type IndexFile, openIndex } from "./index-file.ts";

export interface IndexThreadData {
  path: string;
}

export interface IndexCall {
  verb: keyof IndexFile;
  args: readonly unknown[];
}
/** The reply to a call. A `QueryProblem` is a value, because threads lose the class of errors. */
export type IndexReply =
  | { answer: unknown }
  | { problem: Pick<QueryProblem, "message" | "at" | "code"> };

const index = openIndex((workerData as IndexThreadData).path);

export default function run({ verb, args }: IndexCall): IndexReply {
  try {
    return { answer: (index[verb] as (...values: unknown[]) => unknown)(...args) ?? null };
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error;
    return { problem: { message: error.message, at: error.at, code: error.code } };
  }
}
