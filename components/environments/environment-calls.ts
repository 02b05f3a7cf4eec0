import type { EnvironmentInfo, EnvironmentSummary } from "../../lib/shapes";
import { send } from "../api";

export function createEnvironment(environment: EnvironmentInfo): Promise<EnvironmentSummary> {
  return send("POST", "/environments", environment);
}

/** Changes what `patch` names and nothing else. */
export function updateEnvironment(
  slug: string,
  patch: { name?: string; protected?: boolean },
): Promise<EnvironmentSummary> {
  return send("PATCH", `/environments/${encodeURIComponent(slug)}`, patch);
}

export function deleteEnvironment(slug: string): Promise<void> {
  return send("DELETE", `/environments/${encodeURIComponent(slug)}`);
}
