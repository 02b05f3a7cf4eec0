import { route } from "../route";
import {
  idPath,
  invited,
  inviteUser,
  linkInfo,
  personInfo,
  personList,
  updateUser,
} from "../schemas";

const USERS = "/api/v1/users";
const USER = `${USERS}/{id}`;

export const userRoutes = [
  route({
    method: "GET",
    path: USERS,
    summary: "List people",
    action: "users.list",
    answer: personList,
    handle: async ({ vault, caller }) => ({ items: await vault.users.list(caller) }),
  }),
  route({
    method: "POST",
    path: USERS,
    summary: "Invite somebody. The link is in this answer and nowhere else",
    action: "users.create",
    status: 201,
    body: inviteUser,
    answer: invited,
    handle: ({ vault, caller, body }) => vault.users.invite(caller, body),
  }),
  route({
    method: "PATCH",
    path: USER,
    summary: "Change somebody's role, or disable or enable them",
    action: "users.update",
    params: idPath,
    body: updateUser,
    answer: personInfo,
    handle: ({ vault, caller, params, body }) => vault.users.update(caller, params.id, body),
  }),
  route({
    method: "DELETE",
    path: USER,
    summary: "Remove somebody",
    action: "users.delete",
    status: 204,
    params: idPath,
    handle: ({ vault, caller, params }) => vault.users.remove(caller, params.id),
  }),
  route({
    method: "DELETE",
    path: `${USER}/two-step`,
    summary: "Take somebody's second factor away. Their sessions end",
    action: "users.two_step",
    status: 204,
    params: idPath,
    handle: ({ vault, caller, params }) => vault.users.resetTwoStep(caller, params.id),
  }),
  route({
    method: "POST",
    path: `${USER}/link`,
    summary: "Make a link to reset a password, or a new invitation. The one before it ends",
    action: "users.link",
    status: 201,
    params: idPath,
    answer: linkInfo,
    handle: ({ vault, caller, params }) => vault.users.makeLink(caller, params.id),
  }),
];
