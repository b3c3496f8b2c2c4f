import { createTransport } from "nodemailer";

export interface Mailer {
  /** Returns null on success, otherwise why the message wasn't accepted. Never rejects. */
  send(message: { subject: string; text: string }): Promise<string | null>;
  close(): void;
}

const TIMEOUT_MS = 15_000;

/** Returns a mailer that uses an SMTP server (`smtp://user:password@host:587`, or `smtps://`). */
export function createMailer(options: {
  url: string;
  from: string;
  to: readonly string[];
}): Mailer {
  const { url, from, to } = options;
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      try {
        await transport.sendMail({ from, to: [...to], ...message });
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
    close: () => transport.close(),
  };
}
