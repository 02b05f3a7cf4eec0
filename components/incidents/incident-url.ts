import { secretUrl } from "../secrets/list-url";

/** Where it is looked who read a secret, before there is an incident. */
export function leakedUrl(environment: string, name: string): string {
  return `${secretUrl(environment, name)}/leaked`;
}

/** An environment's incidents. */
export function incidentsUrl(environment: string): string {
  return `/e/${environment}/incidents`;
}

/** An incident's page. */
export function incidentUrl(environment: string, id: string): string {
  return `${incidentsUrl(environment)}/${id}`;
}
