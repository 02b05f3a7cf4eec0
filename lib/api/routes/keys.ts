import { keyCheck, keyringInfo, lastKeyCheck, wrapPath } from "../key-schemas";
import { route } from "../route";

const KEYS = "/api/v1/keys";

export const keyRoutes = [
  route({
    method: "GET",
    path: KEYS,
    summary: "Which keys there are, and who uses them",
    action: "keys.read",
    answer: keyringInfo,
    handle: ({ vault, caller }) => vault.keys.status(caller),
  }),
  route({
    method: "POST",
    path: `${KEYS}/rotate`,
    summary: "Make a new data key, and seal all values anew under it in the background",
    action: "keys.rotate",
    answer: keyringInfo,
    handle: ({ vault, caller }) => vault.keys.rotate(caller),
  }),
  route({
    method: "POST",
    path: `${KEYS}/check`,
    summary: "Begin to open every value once, in the background",
    action: "keys.check",
    answer: keyCheck,
    handle: ({ vault, caller }) => vault.keys.check(caller),
  }),
  route({
    method: "GET",
    path: `${KEYS}/check`,
    summary: "What the last check has found, or how far it has come",
    action: "keys.read",
    answer: lastKeyCheck,
    handle: async ({ vault, caller }) => ({ check: await vault.keys.checked(caller) }),
  }),
  route({
    method: "DELETE",
    path: `${KEYS}/wraps/{fingerprint}`,
    summary: "Have an old master key open the vault no more",
    action: "keys.end",
    params: wrapPath,
    answer: keyringInfo,
    handle: ({ vault, caller, params }) => vault.keys.endWrap(caller, params.fingerprint),
  }),
];
