import { OPERATOR } from "../access/caller";
import { CofferError } from "../errors";
import { count } from "./amount";
import type { Command } from "./command";

/** `coffer keys rotate`: a new data key, and every value sealed anew under it. */
export const keysRotate: Command = {
  name: "keys rotate",
  does: "Make a new data key, and seal every value anew under it.",
  takes: [],
  options: {},
  notes:
    "Everything goes on meanwhile, with a server that runs or without one. When it is interrupted nothing is lost: the server goes on with it, and so\ndoes this command, which then makes no further key.",
  examples: [
    ["coffer keys rotate", "Makes a data key, and shows how far the sealing anew is."],
    ["coffer keys rotate --json", "For a job: one JSON document once all is done."],
  ],

  async run(_given, { screen, signal, ...context }) {
    const bar = screen.progress("Sealing anew");
    const { info, isNew } = await context
      .withVault(({ keys }) =>
        keys.rotateAll(OPERATOR, { signal, progress: (done, total) => bar.at(done, total) }),
      )
      .finally(() => bar.end());
    const { problem, unreadable, total, done } = info.reseal;
    if (problem !== null) throw new CofferError("unavailable", problem);
    const key = `Data key ${String(info.newestKeyId)} ${isNew ? "is new" : "was made before"}`;
    const left =
      unreadable === 0
        ? ""
        : ` ${count(unreadable)} do not open and are left as they are: coffer keys check names them.`;
    const text = `${key}: ${count(done)} of ${count(total)} values are sealed under it.${left}\n`;
    return { text, json: { isNew, keys: info } };
  },
};
