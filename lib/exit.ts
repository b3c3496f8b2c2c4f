export const EXIT = { ok: 0, failed: 1, usage: 2, partly: 3, unreachable: 4 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Thrown to end a command with an exit code. The message is printed on stderr. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exit: ExitCode;

  constructor(exit: keyof typeof EXIT, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exit = EXIT[exit];
  }
}
