import { cookies, headers } from "next/headers";
import { forbidden, notFound, redirect } from "next/navigation";
import { cache } from "react";
import { originOf } from "../lib/auth/options";
import { sessionCaller } from "../lib/auth/session";
import type { UserCaller } from "../lib/access/caller";
import { may, type Action } from "../lib/access/may";
import { CofferError, isCofferError } from "../lib/errors";
import { DEFAULT_ENVIRONMENT } from "../lib/name";
import type { EnvironmentInfo } from "../lib/shapes";
import type { Vault } from "../lib/vault/vault";

const VAULT = Symbol.for("coffer.vault");

/** The process's vault. Next bundles its own copy of `lib/`, so there is one slot on `globalThis` for it. */
export function vaultOfProcess(): Vault {
  const vault = (globalThis as { [VAULT]?: Vault })[VAULT];
  if (!vault)
    throw new Error("The console was started without a vault: start it through server.ts.");
  return vault;
}

/** Where a second factor is set up that has to be. */
export const TWO_STEP = "/two-step";

/** What a console page works with: the vault, and the person who asks. */
export interface Console {
  vault: Vault;
  caller: UserCaller;
}

/**
 * Opens the console for the request being rendered. Without a live session the answer is a redirect to
 * sign-in, which comes back to `path`; who owes a second factor is sent to set it up. Layout and page share one look-up.
 */
export async function openConsole(path: string): Promise<Console> {
  const vault = vaultOfProcess();
  const caller = await callerOfRequest();
  if (!caller) redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  if (caller.owesTwoStep && path !== TWO_STEP) redirect(TWO_STEP);
  return { vault, caller };
}

/** The person behind the request, or null when nobody is signed in. */
export const callerOfRequest = cache(async (): Promise<UserCaller | null> => {
  const head = await headers();
  const origin = originOf((name) => head.get(name));
  return sessionCaller(vaultOfProcess(), head.get("cookie"), origin);
});

/** Shows that a page is not for who asks, unless they may do what it is for; and puts that on record. */
export async function requirePage(
  caller: UserCaller,
  action: Action,
  environment?: EnvironmentInfo,
): Promise<void> {
  if (may(caller, action, environment && { environment })) return;
  const refusal = new CofferError("forbidden", "Your role does not include this page.");
  const attempt = { action, environment: environment?.slug };
  await vaultOfProcess().noteRefusal(caller, attempt, refusal);
  forbidden();
}

/** The environment that a page's URL names. Not found if the caller can't see one of that name. */
export async function environmentOf(caller: UserCaller, slug: string): Promise<EnvironmentInfo> {
  const environments = await environmentsOf(caller);
  return environments.find((environment) => environment.slug === slug) ?? notFound();
}

/** Every environment. Layout and page share one look-up. */
export const environmentsOf = cache((caller: UserCaller): Promise<EnvironmentInfo[]> =>
  vaultOfProcess().environments.list(caller),
);

/** How many services are held, for who can decide about them; for others none. */
export async function heldServicesOf(caller: UserCaller): Promise<number> {
  return may(caller, "services.release") ? vaultOfProcess().services.countHeld(caller) : 0;
}

/** For pages that belong to none: the environment that the reader was in last, while it is there. */
export async function lastEnvironmentOf(caller: UserCaller): Promise<EnvironmentInfo> {
  const last = (await cookies()).get("coffer-environment")?.value;
  const environments = await environmentsOf(caller);
  const bySlug = (slug: string | undefined) =>
    environments.find((environment) => environment.slug === slug);
  return bySlug(last) ?? bySlug(DEFAULT_ENVIRONMENT) ?? notFound();
}

/** Awaits a read of the vault; what is not there becomes the not-found page. */
export async function found<T>(read: Promise<T>): Promise<T> {
  try {
    return await read;
  } catch (error) {
    if (isCofferError(error) && (error.code === "not_found" || error.code === "invalid_name"))
      notFound();
    throw error;
  }
}

/** Awaits a read of the vault; what is not there becomes null. */
export async function present<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (isCofferError(error) && error.code === "not_found") return null;
    throw error;
  }
}

export type Theme = "light" | "dark" | "system";

/** The theme that the reader chose, from its cookie. */
export async function themeOfRequest(): Promise<Theme> {
  const theme = (await cookies()).get("coffer-theme")?.value;
  return theme === "light" || theme === "dark" ? theme : "system";
}
