import type { IncidentInfo, ReadersReport } from "../../lib/shapes";
import { secretPath, send } from "../api";

interface Place {
  environment: string;
  /** The secret's name. */
  secret: string;
}

/** Who read a secret since a time. Within an incident it is in its story that it was looked at. */
export function readReaders(
  { environment, secret }: Place,
  since: string,
  incident: string | undefined,
): Promise<ReadersReport> {
  const under = incident === undefined ? "" : `&incident=${incident}`;
  const query = `&since=${encodeURIComponent(since)}${under}`;
  return send("GET", secretPath(environment, secret, "/readers", query));
}

export function openIncident(place: Place, since: string, text: string): Promise<IncidentInfo> {
  return send("POST", "/incidents", { ...place, since, ...written(text) });
}

export function writeEntry(id: string, text: string): Promise<void> {
  return send("POST", `/incidents/${id}/entries`, { text });
}

export function destroyUnder(
  { id, environment, secret }: IncidentInfo,
  version: number,
): Promise<void> {
  const below = `/versions/${String(version)}`;
  return send("DELETE", secretPath(environment, secret, below, `&incident=${id}`));
}

export function endTokens(id: string, serviceId: string): Promise<{ ended: number }> {
  return send("DELETE", `/incidents/${id}/services/${serviceId}/tokens`);
}

export function disableService(id: string, serviceId: string): Promise<void> {
  return send("POST", `/incidents/${id}/services/${serviceId}/disable`);
}

export function closeIncident(id: string, text: string): Promise<IncidentInfo> {
  return send("POST", `/incidents/${id}/close`, written(text));
}

function written(text: string): { text?: string } {
  return text.trim() === "" ? {} : { text };
}
