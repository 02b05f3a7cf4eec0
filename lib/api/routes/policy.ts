import { route } from "../route";
import { policyInfo, updatePolicy } from "../schemas";

const POLICY = "/api/v1/policy";

export const policyRoutes = [
  route({
    method: "GET",
    path: POLICY,
    summary: "What is decided for everybody",
    action: "policy.read",
    answer: policyInfo,
    handle: ({ vault, caller }) => vault.policy.get(caller),
  }),
  route({
    method: "PATCH",
    path: POLICY,
    summary: "Decide for everybody",
    action: "policy.update",
    body: updatePolicy,
    answer: policyInfo,
    handle: ({ vault, caller, body }) => vault.policy.update(caller, body),
  }),
];
