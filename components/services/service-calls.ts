import type { ServiceInfo, TokenInfo } from "../../lib/shapes";
import { send } from "../api";
import type { ServiceDraft } from "./service-form";

/** Makes a service in an environment. */
export function createService(environment: string, draft: ServiceDraft): Promise<ServiceInfo> {
  return send<ServiceInfo>("POST", "/services", { ...draft, environment });
}

export interface ServicePatch extends Partial<ServiceDraft> {
  disabled?: boolean;
}

/** Changes what `patch` names and nothing else. */
export function updateService(id: string, patch: ServicePatch): Promise<ServiceInfo> {
  return send<ServiceInfo>("PATCH", `/services/${encodeURIComponent(id)}`, patch);
}

/** Decides about services that are held. */
export function releaseServices(ids: { enable?: string[]; leaveOff?: string[] }): Promise<void> {
  return send("POST", "/held-services", ids);
}

export function deleteService(id: string): Promise<void> {
  return send("DELETE", `/services/${encodeURIComponent(id)}`);
}

/** A new token. This answer is the only place where it is. `null`: it never expires. */
export function mintToken(
  id: string,
  expiresAt: string | null,
): Promise<TokenInfo & { token: string }> {
  return send("POST", `/services/${encodeURIComponent(id)}/tokens`, { expiresAt });
}

export function revokeToken(id: string, tokenId: string): Promise<void> {
  return send(
    "DELETE",
    `/services/${encodeURIComponent(id)}/tokens/${encodeURIComponent(tokenId)}`,
  );
}
