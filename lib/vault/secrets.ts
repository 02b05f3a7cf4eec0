import type { Keyring } from "../crypto/keyring";
import type { Vault } from "./vault";
import type { Door } from "./door";
import { readFunctions } from "./secrets-read";
import { changeFunctions } from "./secrets-change";
import { sweepTrash } from "./trash-sweep";
import { versionFunctions } from "./versions";
import type { UseCounter } from "./uses";

/** Everything that can be done to secrets, but for resolving them. */
export function secretFunctions(door: Door, keyring: Keyring, uses: UseCounter): Vault["secrets"] {
  return {
    ...readFunctions(door, uses),
    ...changeFunctions(door, keyring),
    ...versionFunctions(door, keyring),
    sweepTrash: (caller) => sweepTrash(door, caller),
  };
}
