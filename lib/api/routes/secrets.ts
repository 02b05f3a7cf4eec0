import { route } from "../route";
import {
  changeQuery,
  activateQuery,
  attentionCounts,
  createSecret,
  deleteQuery,
  describeSecret,
  environmentQuery,
  listQuery,
  namePath,
  rotateSecret,
  secretInfo,
  secretPage,
  useList,
  versionList,
  versionPath,
} from "../schemas";

const SECRETS = "/api/v1/secrets";
const SECRET = `${SECRETS}/{name}`;
const VERSION = `${SECRET}/versions/{version}`;

export const secretRoutes = [
  route({
    method: "GET",
    path: SECRETS,
    summary: "List secrets, in order of names",
    action: "secrets.list",
    query: listQuery,
    answer: secretPage,
    handle: ({ vault, caller, query }) => vault.secrets.list(caller, query),
  }),
  route({
    method: "GET",
    path: "/api/v1/attention", // below SECRETS it would be a secret's name
    summary: "How many secrets are overdue or due for rotation, expired or expiring; for people",
    action: "secrets.list",
    query: environmentQuery,
    answer: attentionCounts,
    handle: ({ vault, caller, query }) => vault.secrets.attention(caller, query.environment),
  }),
  route({
    method: "POST",
    path: SECRETS,
    summary: "Create a secret",
    action: "secrets.create",
    status: 201,
    body: createSecret,
    answer: secretInfo,
    handle: ({ vault, caller, body }) => {
      const { name, environment, value, purgeTrashed, ...describe } = body;
      return vault.secrets.create(caller, { environment, name }, value, describe, {
        purgeTrashed,
      });
    },
  }),
  route({
    method: "GET",
    path: SECRET,
    summary: "What is known of a secret; never its value",
    action: "secrets.list",
    params: namePath,
    query: environmentQuery,
    answer: secretInfo,
    handle: ({ vault, caller, params, query }) =>
      vault.secrets.get(caller, { ...query, ...params }),
  }),
  route({
    method: "PATCH",
    path: SECRET,
    summary: "Change description, tags, expiry or rotation period",
    action: "secrets.describe",
    params: namePath,
    query: environmentQuery,
    body: describeSecret,
    answer: secretInfo,
    handle: ({ vault, caller, params, query, body }) =>
      vault.secrets.describe(caller, { ...query, ...params }, body),
  }),
  route({
    method: "DELETE",
    path: SECRET,
    summary: "Move a secret to the trash, or purge it",
    action: "secrets.trash",
    actionOf: (query) =>
      (query as { purge?: unknown }).purge === "true" ? "secrets.purge" : "secrets.trash",
    status: 204,
    params: namePath,
    query: deleteQuery,
    handle: ({ vault, caller, params, query: { environment, purge } }) => {
      const place = { environment, name: params.name };
      return purge === "true"
        ? vault.secrets.purge(caller, place)
        : vault.secrets.trash(caller, place);
    },
  }),
  route({
    method: "POST",
    path: `${SECRET}/restore`,
    summary: "Take a secret out of the trash",
    action: "secrets.restore",
    params: namePath,
    query: environmentQuery,
    answer: secretInfo,
    handle: ({ vault, caller, params, query }) =>
      vault.secrets.restore(caller, { ...query, ...params }),
  }),
  route({
    method: "GET",
    path: `${SECRET}/versions`,
    summary: "List a secret's versions, newest first",
    action: "secrets.list",
    params: namePath,
    query: environmentQuery,
    answer: versionList,
    handle: async ({ vault, caller, params, query }) => ({
      items: await vault.secrets.versions(caller, { ...query, ...params }),
    }),
  }),
  route({
    method: "POST",
    path: `${SECRET}/versions`,
    summary: "Rotate: add a version and make it current",
    action: "secrets.rotate",
    status: 201,
    params: namePath,
    query: changeQuery,
    body: rotateSecret,
    answer: secretInfo,
    handle: ({ vault, caller, params, query, body }) =>
      vault.secrets.rotate(caller, { ...query, ...params }, body.value, body.expectedVersion),
  }),
  route({
    method: "POST",
    path: `${VERSION}/activate`,
    summary: "Make another version current",
    action: "secrets.activate",
    params: versionPath,
    query: activateQuery,
    answer: secretInfo,
    handle: ({ vault, caller, params: { name, version }, query }) => {
      const { environment, expectedVersion } = query;
      return vault.secrets.activate(caller, { environment, name }, version, expectedVersion);
    },
  }),
  route({
    method: "DELETE",
    path: VERSION,
    summary: "Destroy a version: erase its ciphertext for good",
    action: "secrets.destroy",
    status: 204,
    params: versionPath,
    query: changeQuery,
    handle: ({ vault, caller, params: { name, version }, query }) =>
      vault.secrets.destroyVersion(caller, { ...query, name }, version),
  }),
  route({
    method: "GET",
    path: `${SECRET}/uses`,
    summary: "Where a secret is used: services, first, last, count",
    action: "secrets.list",
    params: namePath,
    query: environmentQuery,
    answer: useList,
    handle: async ({ vault, caller, params, query }) => ({
      items: await vault.secrets.uses(caller, { ...query, ...params }),
    }),
  }),
];
