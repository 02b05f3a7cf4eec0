import { hashPassword } from "../crypto/password";
import { CofferError } from "../errors";
import { isCommonPassword } from "./common-passwords";
import { normalEmail } from "./user-row";

const MIN_LENGTH = 12;

/**
 * Hashes a new password if it is good enough: what setup, invitations, resets and changes all ask.
 * @throws CofferError `weak_password`
 */
export async function acceptPassword(person: { email: string; password: string }): Promise<string> {
  const message = weakness(person.password, person.email);
  if (message === null) return hashPassword(person.password);
  throw new CofferError("weak_password", message, {
    details: { errors: [{ pointer: "/password", message: "too easy to guess" }] },
  });
}

function weakness(password: string, email: string): string | null {
  if (Array.from(password).length < MIN_LENGTH) {
    return `Use at least ${String(MIN_LENGTH)} characters. A few random words do well.`;
  }
  if (normalEmail(password) === normalEmail(email)) {
    return "The e-mail address can't be the password. Choose a few random words instead.";
  }
  if (isCommonPassword(password)) {
    return "This password is among the first that attackers try. Choose a few random words instead.";
  }
  return null;
}
