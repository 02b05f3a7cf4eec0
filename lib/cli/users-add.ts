import { OPERATOR } from "../access/caller";
import { inviteUser } from "../api/schemas";
import { UsageError, type Command } from "./command";
import { readSecret, secretOptions } from "./typed-secret";

/** `coffer users add`: lets somebody in, by a link or with a password. */
export const usersAdd: Command = {
  name: "users add",
  does: "Add a person: prints an invitation, or sets the password that you give.",
  takes: ["EMAIL"],
  options: {
    role: {
      ...{ type: "string", takes: "ROLE" },
      means: "admin, editor, viewer or auditor; viewer unless given.",
    },
    name: {
      ...{ type: "string", takes: "NAME" },
      means: "Their name; the part of the address before @ unless given.",
    },
    ...secretOptions("password"),
  },
  notes:
    "An invitation works once, within 72 hours. On a vault that nobody has set up yet, the first person has to be an admin.",
  examples: [
    [
      "coffer users add ada@example.com --role admin",
      "Prints a link for Ada to choose a password.",
    ],
    [
      "coffer users add ci@example.com --role editor --password-file /run/secrets/password",
      "Makes a person who can sign in at once.",
    ],
  ],

  async run(given, context) {
    const [email = ""] = given.arguments;
    const name = given.text("name") ?? email.split("@", 1)[0];
    const parsed = inviteUser.safeParse({ email, name, role: given.text("role") ?? "viewer" });
    if (!parsed.success) throw new UsageError(WRONG[String(parsed.error.issues[0]?.path[0])]);
    const password = await readSecret(given, context, { what: "password", isNew: true });
    if (password === undefined) {
      const { user, link } = await context.withVault(({ users }) =>
        users.invite(OPERATOR, parsed.data),
      );
      const text = `${user.email} is invited as ${user.role}. Give them this link; it works once, until ${link.expiresAt}:\n\n${link.url}\n`;
      return { text, json: { user, link } };
    }
    const user = await context.withVault(({ users }) =>
      users.add(OPERATOR, { ...parsed.data, password }),
    );
    return { text: `${user.email} can sign in as ${user.role}.\n`, json: { user, link: null } };
  },
};

const WRONG: Record<string, string> = {
  email: "EMAIL takes an e-mail address.",
  name: "--name takes 1 to 100 characters.",
  role: "--role takes admin, editor, viewer or auditor.",
};
