import { OPERATOR } from "../access/caller";
import type { Command } from "./command";
import { readSecret, secretOptions } from "./typed-secret";

/** `coffer users reset`: lets somebody in again who can't sign in. */
export const usersReset: Command = {
  name: "users reset",
  does: "Let a person in again: prints a link to choose a password, or sets the one that you give.",
  takes: ["EMAIL"],
  options: {
    ...secretOptions("password"),
    "two-step": { type: "boolean", means: "Take their second factor away, too." },
  },
  notes:
    "Every session of theirs ends. With a link, which works once and within 24 hours, the password of before stays until it is used.",
  examples: [
    ["coffer users reset ada@example.com", "Prints a link for Ada to choose a new password."],
    [
      "coffer users reset ada@example.com --password-stdin --two-step",
      "For an admin who lost password and phone: asks for a new password, and takes the second factor away.",
    ],
  ],

  async run(given, context) {
    const [email = ""] = given.arguments;
    const password = await readSecret(given, context, { what: "password", isNew: true });
    const twoStep = given.flag("two-step");
    const { user, link } = await context.withVault(({ users }) =>
      users.reset(OPERATOR, email, { password, twoStep }),
    );
    const factor = twoStep ? " They have no second factor any more." : "";
    const how =
      link === null
        ? "has a new password."
        : `can choose a new password by this link; it works once, until ${link.expiresAt}:\n\n${link.url}\n`;
    const text = `Every session of ${user.email} has ended.${factor} ${user.name} ${how}\n`;
    return { text: link === null ? text : text.trimEnd() + "\n", json: { user, link, twoStep } };
  },
};
