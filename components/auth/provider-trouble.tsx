import type { ErrorCode } from "../../lib/errors";
import { Notice } from "../ui/notice";

type Words = (provider: string) => string;

/** What each end of a sign-in by a provider means, and what to do. Nothing that a provider wrote is in it. */
const WORDS: Partial<Record<ErrorCode, Words>> = {
  provider_unreachable: (by) =>
    `${by} does not answer, or not as it should. Try again in a moment, or sign in another way.`,
  provider_refused: (by) =>
    `What came back from ${by} could not be used: it was not an answer to this browser, came too late, or was not right in itself. Try again. If it stays so, an admin finds the reason in Coffer's log.`,
  sign_in_cancelled: (by) => `The sign-in at ${by} was cancelled. Nothing has happened.`,
  email_not_allowed: (by) =>
    `Your account at ${by} has no e-mail address that may sign in here. Use one of your organisation's, or ask an admin.`,
  email_not_verified: (by) =>
    `${by} has not verified your e-mail address. Verify it there, then sign in again.`,
  no_role: (by) =>
    `Nothing that ${by} says of you gives you a role here. Ask an admin for a group that does.`,
  not_invited: () => "You have not been invited to this Coffer. Ask an admin.",
  account_not_linked: (by) =>
    `There is an account with your e-mail address that is not connected to ${by}. Sign in as you did before, and connect ${by} under “Your account”.`,
  account_disabled: () => "Your account is disabled. Ask an admin.",
  confirmation_required: (by) =>
    `To connect ${by} you must have shown within the last five minutes that it is you. Sign out, sign in again, and connect it right away.`,
  sign_in_failed: () => "Something about your account changed at this moment. Sign in again.",
  tampered: () =>
    "Your account was changed by something other than Coffer, so it is not used. Ask an admin.",
  unavailable: () => "Coffer can't do this now. Try again in a moment.",
};

/** Why a sign-in by a provider did not work, from the address that it ended at. */
export function ProviderTrouble({ code, provider }: { code: string; provider: string }) {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code as ErrorCode] : undefined;
  return (
    <div role="alert" className="mb-4">
      <Notice tone={code === "sign_in_cancelled" ? "plain" : "danger"}>
        <p>{words ? words(provider) : "The sign-in did not work. Try again."}</p>
      </Notice>
    </div>
  );
}
