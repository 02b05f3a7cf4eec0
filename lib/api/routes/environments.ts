import {
  createEnvironment,
  environmentList,
  environmentSummary,
  slugPath,
  updateEnvironment,
} from "../environment-schemas";
import { route } from "../route";

const ENVIRONMENTS = "/api/v1/environments";
const ENVIRONMENT = `${ENVIRONMENTS}/{slug}`;

export const environmentRoutes = [
  route({
    method: "GET",
    path: ENVIRONMENTS,
    summary: "List environments with what they hold, in order of slugs",
    action: "environments.list",
    answer: environmentList,
    handle: async ({ vault, caller }) => ({ items: await vault.environments.survey(caller) }),
  }),
  route({
    method: "POST",
    path: ENVIRONMENTS,
    summary: "Create an environment",
    action: "environments.create",
    status: 201,
    body: createEnvironment,
    answer: environmentSummary,
    handle: ({ vault, caller, body }) => vault.environments.create(caller, body),
  }),
  route({
    method: "PATCH",
    path: ENVIRONMENT,
    summary: "Change an environment's name or protection",
    action: "environments.update",
    params: slugPath,
    body: updateEnvironment,
    answer: environmentSummary,
    handle: ({ vault, caller, params, body }) =>
      vault.environments.update(caller, params.slug, body),
  }),
  route({
    method: "DELETE",
    path: ENVIRONMENT,
    summary: "Delete an empty environment",
    action: "environments.delete",
    status: 204,
    params: slugPath,
    handle: ({ vault, caller, params }) => vault.environments.remove(caller, params.slug),
  }),
];
