import { route } from "../route";
import { acceptLink, setUp, userInfo, whoAmI } from "../schemas";

export const identityRoutes = [
  route({
    method: "GET",
    path: "/api/v1/whoami",
    summary: "Who the caller is and, for a service, what it may do",
    action: "whoami",
    answer: whoAmI,
    handle: ({ vault, caller }) => vault.whoami(caller),
  }),
  route({
    method: "POST",
    path: "/api/v1/setup",
    summary: "Make the first admin, with the one-time setup link",
    action: "setup",
    open: true,
    status: 201,
    body: setUp,
    answer: userInfo,
    handle: ({ vault, caller, body: { link, ...person } }) =>
      vault.people.setUp(caller, link, person),
  }),
  route({
    method: "POST",
    path: "/api/v1/links/accept",
    summary: "Choose a password, with an invitation or a reset link. Every session of theirs ends",
    action: "links.accept",
    open: true,
    body: acceptLink,
    answer: userInfo,
    handle: ({ vault, caller, body: { link, ...person } }) =>
      vault.people.acceptLink(caller, link, person),
  }),
];
