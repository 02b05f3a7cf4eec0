import type { AccountInfo, TwoStepSetup } from "../../lib/shapes";
import { send, sendOnce } from "../api";

export function readAccount(): Promise<AccountInfo> {
  return send("GET", "/account");
}

/** Shows again that it is them. */
export function confirmIdentity(proof: { password: string } | { code: string }): Promise<void> {
  return sendOnce("POST", "/account/confirm", proof);
}

export function beginTwoStep(): Promise<TwoStepSetup> {
  return send("POST", "/account/two-step");
}

export function enableTwoStep(code: string): Promise<{ recoveryCodes: string[] }> {
  return send("POST", "/account/two-step/enable", { code });
}

export function disableTwoStep(): Promise<void> {
  return send("DELETE", "/account/two-step");
}

export function newRecoveryCodes(): Promise<{ recoveryCodes: string[] }> {
  return send("POST", "/account/two-step/recovery-codes");
}

export function renameAccount(name: string): Promise<AccountInfo> {
  return send("PATCH", "/account", { name });
}

/** Ends every session, this one too. */
export function changePassword(current: string, password: string): Promise<void> {
  return send("POST", "/account/password", { current, password });
}

export function endSession(id: string): Promise<void> {
  return send("DELETE", `/account/sessions/${encodeURIComponent(id)}`);
}

/** Ends every session but this one. */
export function endOtherSessions(): Promise<void> {
  return send("DELETE", "/account/sessions");
}
