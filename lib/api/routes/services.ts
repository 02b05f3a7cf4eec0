import { route } from "../route";
import {
  createService,
  createToken,
  environmentQuery,
  idPath,
  newToken,
  serviceInfo,
  serviceList,
  tokenPath,
  updateService,
} from "../schemas";

const SERVICES = "/api/v1/services";
const SERVICE = `${SERVICES}/{id}`;

export const serviceRoutes = [
  route({
    method: "GET",
    path: SERVICES,
    summary: "List services with their tokens",
    action: "services.list",
    query: environmentQuery,
    answer: serviceList,
    handle: async ({ vault, caller, query }) => ({
      items: await vault.services.list(caller, query.environment),
    }),
  }),
  route({
    method: "POST",
    path: SERVICES,
    summary: "Create a service",
    action: "services.create",
    status: 201,
    body: createService,
    answer: serviceInfo,
    handle: ({ vault, caller, body }) => vault.services.create(caller, body),
  }),
  route({
    method: "GET",
    path: SERVICE,
    summary: "A service, its rules and its tokens",
    action: "services.list",
    params: idPath,
    answer: serviceInfo,
    handle: ({ vault, caller, params }) => vault.services.get(caller, params.id),
  }),
  route({
    method: "PATCH",
    path: SERVICE,
    summary: "Change a service: name, description, rules, addresses, disabled",
    action: "services.update",
    params: idPath,
    body: updateService,
    answer: serviceInfo,
    handle: ({ vault, caller, params, body }) => vault.services.update(caller, params.id, body),
  }),
  route({
    method: "DELETE",
    path: SERVICE,
    summary: "Delete a service and its tokens",
    action: "services.delete",
    status: 204,
    params: idPath,
    handle: ({ vault, caller, params }) => vault.services.remove(caller, params.id),
  }),
  route({
    method: "POST",
    path: `${SERVICE}/tokens`,
    summary: "Make a token. It is in this answer and nowhere else",
    action: "tokens.create",
    status: 201,
    params: idPath,
    body: createToken.optional(),
    answer: newToken,
    handle: ({ vault, caller, params, body }) =>
      vault.services.mintToken(caller, params.id, body?.expiresAt),
  }),
  route({
    method: "DELETE",
    path: `${SERVICE}/tokens/{tokenId}`,
    summary: "Revoke a token",
    action: "tokens.revoke",
    status: 204,
    params: tokenPath,
    handle: ({ vault, caller, params }) =>
      vault.services.revokeToken(caller, params.id, params.tokenId),
  }),
];
