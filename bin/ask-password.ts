import { text } from "node:stream/consumers";
import { read } from "read";
import { CommandError } from "../lib/exit.ts";
import { PASSWORD_LENGTH } from "../web/auth/password.ts";

/** A new password: typed twice on a terminal, else the first line of standard input. */
export async function askPassword(fromStdin: boolean): Promise<string> {
  const password = fromStdin ? await firstLine() : await typed();
  const { min, max } = PASSWORD_LENGTH;
  if (password.length < min || password.length > max) {
    throw new CommandError("usage", `the password needs ${min} to ${max} characters`);
  }
  return password;
}

async function firstLine(): Promise<string> {
  const [line = ""] = (await text(process.stdin)).split(/\r?\n/);
  return line;
}

async function typed(): Promise<string> {
  if (!process.stdin.isTTY) {
    throw new CommandError("usage", "no terminal to type a password in: use --password-stdin");
  }
  const ask = (prompt: string) =>
    read({ prompt, silent: true, replace: "*", output: process.stderr });
  const password = await ask("Password: ");
  if ((await ask("Once more: ")) === password) return password;
  throw new CommandError("usage", "the two passwords are not the same");
}
