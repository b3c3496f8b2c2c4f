import { CommandError } from "../lib/exit.ts";
import { ProblemError } from "../model/problem.ts";

/** What the API would answer with a problem is a wrong argument at the command line. */
export async function problemsAreUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) {
      throw new CommandError("usage", error.message, { cause: error });
    }
    throw error;
  }
}
