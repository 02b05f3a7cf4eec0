import type { AccountInfo } from "../../lib/shapes";
import { send } from "../api";

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
