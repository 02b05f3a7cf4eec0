import { route } from "../route";
import { accountInfo, changePassword, idPath, renameAccount, sessionList } from "../schemas";

const ACCOUNT = "/api/v1/account";
const SESSIONS = `${ACCOUNT}/sessions`;

export const accountRoutes = [
  route({
    method: "GET",
    path: ACCOUNT,
    summary: "Your own account",
    action: "account.read",
    answer: accountInfo,
    handle: ({ vault, caller }) => vault.account.get(caller),
  }),
  route({
    method: "PATCH",
    path: ACCOUNT,
    summary: "Change your own name",
    action: "account.update",
    body: renameAccount,
    answer: accountInfo,
    handle: ({ vault, caller, body }) => vault.account.rename(caller, body.name),
  }),
  route({
    method: "POST",
    path: `${ACCOUNT}/password`,
    summary: "Change your own password. Every session of yours ends, this one too",
    action: "account.password",
    status: 204,
    body: changePassword,
    handle: ({ vault, caller, body }) =>
      vault.account.changePassword(caller, body.current, body.password),
  }),
  route({
    method: "GET",
    path: SESSIONS,
    summary: "Where you are signed in",
    action: "sessions.list",
    answer: sessionList,
    handle: async ({ vault, caller }) => ({ items: await vault.account.sessions(caller) }),
  }),
  route({
    method: "DELETE",
    path: SESSIONS,
    summary: "End every session of yours but this one",
    action: "sessions.end_others",
    status: 204,
    handle: ({ vault, caller }) => vault.account.endOtherSessions(caller),
  }),
  route({
    method: "DELETE",
    path: `${SESSIONS}/{id}`,
    summary: "End one of your sessions",
    action: "sessions.end",
    status: 204,
    params: idPath,
    handle: ({ vault, caller, params }) => vault.account.endSession(caller, params.id),
  }),
];
