import {
  closeIncident,
  endedTokens,
  incidentInfo,
  incidentPage,
  incidentQuery,
  incidentServicePath,
  incidentStory,
  openIncident,
  readersQuery,
  readersReport,
  writeEntry,
} from "../incident-schemas";
import { route } from "../route";
import { idPath, namePath } from "../schemas";

const INCIDENTS = "/api/v1/incidents";
const INCIDENT = `${INCIDENTS}/{id}`;
const SERVICE = `${INCIDENT}/services/{serviceId}`;

export const incidentRoutes = [
  route({
    method: "GET",
    path: "/api/v1/secrets/{name}/readers",
    summary: "Who read a secret since a date, when and from where, and who may",
    action: "incidents.look",
    params: namePath,
    query: readersQuery,
    answer: readersReport,
    handle: ({ vault, caller, params: { name }, query: { environment, since, incident } }) =>
      vault.incidents.readers(caller, { environment, name }, since, incident),
  }),
  route({
    method: "GET",
    path: INCIDENTS,
    summary: "List the incidents of an environment, newest first",
    action: "incidents.list",
    query: incidentQuery,
    answer: incidentPage,
    handle: ({ vault, caller, query }) => vault.incidents.list(caller, query),
  }),
  route({
    method: "POST",
    path: INCIDENTS,
    summary: "Open an incident: a secret's value may have leaked",
    action: "incidents.open",
    status: 201,
    body: openIncident,
    answer: incidentInfo,
    handle: ({ vault, caller, body: { environment, secret: name, since, text } }) =>
      vault.incidents.open(caller, { environment, name }, since, text),
  }),
  route({
    method: "GET",
    path: INCIDENT,
    summary: "An incident, and all that was done under it, in order",
    action: "incidents.read",
    params: idPath,
    answer: incidentStory,
    handle: ({ vault, caller, params }) => vault.incidents.get(caller, params.id),
  }),
  route({
    method: "POST",
    path: `${INCIDENT}/entries`,
    summary: "Write down what happened. An entry is never changed",
    action: "incidents.write",
    status: 204,
    params: idPath,
    body: writeEntry,
    handle: ({ vault, caller, params, body }) =>
      vault.incidents.write(caller, params.id, body.text),
  }),
  route({
    method: "DELETE",
    path: `${SERVICE}/tokens`,
    summary: "Revoke every token of a service",
    action: "tokens.revoke",
    params: incidentServicePath,
    answer: endedTokens,
    handle: ({ vault, caller, params: { id, serviceId } }) =>
      vault.incidents.endTokens(caller, id, serviceId),
  }),
  route({
    method: "POST",
    path: `${SERVICE}/disable`,
    summary: "Disable a service",
    action: "services.update",
    status: 204,
    params: incidentServicePath,
    handle: ({ vault, caller, params: { id, serviceId } }) =>
      vault.incidents.disableService(caller, id, serviceId),
  }),
  route({
    method: "POST",
    path: `${INCIDENT}/close`,
    summary: "Close an incident for good",
    action: "incidents.close",
    params: idPath,
    body: closeIncident.optional(),
    answer: incidentInfo,
    handle: ({ vault, caller, params, body }) =>
      vault.incidents.close(caller, params.id, body?.text),
  }),
];
