import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";

const SALT = 16;
const NONCE = 12;
const TAG = 16;

/** Encrypts a text (AES-256-GCM) with a key that comes of `secret` by scrypt: whoever has the answer alone has nothing. */
export async function seal(text: string, secret: string): Promise<string> {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv("aes-256-gcm", await keyOf(secret, salt), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]).toString("base64");
}

/** The text of what was sealed; null where the secret is another one by now, or it was changed. */
export async function unseal(sealed: string, secret: string): Promise<string | null> {
  const bytes = Buffer.from(sealed, "base64");
  const [salt, nonce] = [bytes.subarray(0, SALT), bytes.subarray(SALT, SALT + NONCE)];
  try {
    const cipher = createDecipheriv("aes-256-gcm", await keyOf(secret, salt), nonce, {
      authTagLength: TAG,
    });
    cipher.setAuthTag(bytes.subarray(SALT + NONCE, SALT + NONCE + TAG));
    const rest = bytes.subarray(SALT + NONCE + TAG);
    return Buffer.concat([cipher.update(rest), cipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}

function keyOf(secret: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, 32, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
