import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { isOfServer } from "../database-url";
import { CofferError } from "../errors";
import { examineLostVault, type LostVault } from "../vault/lost-key";
import { resetLostVault, type ResetVault } from "../vault/reset-keyring";
import { many } from "./amount";
import { typesPhrase } from "./confirm";
import { UsageError, type Command, type Given } from "./command";

/** `coffer keys reset`: a new keyring for a vault whose key is lost. Every value is lost with it. */
export const keysReset: Command = {
  name: "keys reset",
  does: "Give up every value of a vault whose key is lost, and keep everything else.",
  takes: [],
  options: {
    admin: {
      ...{ type: "string", takes: "EMAIL" },
      means: "The admin who gets in first: a link is printed for them.",
    },
    copy: {
      ...{ type: "string", takes: "FILE" },
      means: "For PostgreSQL: where to copy the vault to, as it is.",
    },
    yes: { type: "boolean", means: "Do it without asking, if --phrase is right." },
    phrase: {
      ...{ type: "string", takes: "TEXT" },
      means: "For --yes: what is to be typed, as the command says when it is left out.",
    },
  },
  notes: [
    "Only for a TYK_AI_SECRET_KEY that is lost for good: refused while the configured key opens the vault, and while a process works on it.",
    "Set TYK_AI_SECRET_KEY to a new key first. Names, rules, people, version numbers and the audit record stay; every value is lost, every",
    "password, second factor and token ends, and every service and person but --admin is off until an admin has looked at each. The vault as it",
    "was is copied beside it; one on PostgreSQL into the SQLite file that --copy names. Read docs/keys.md, Lost key, before.",
  ].join("\n"),
  examples: [
    [
      "coffer keys reset --admin ada@example.com",
      "Says what is lost, asks for a phrase, and prints a link for Ada.",
    ],
    [
      'coffer keys reset --admin ada@example.com --yes --phrase "lose every value under 0123-4567-89ab-cdef"',
      "The same where nobody can be asked.",
    ],
  ],

  async run(given, { settings, screen }) {
    const { config, masterKey, previousMasterKey } = settings;
    const options = { config, masterKey, previousMasterKey, now: () => new Date() };
    const vault = await examineLostVault(options);
    const admin = chosenAdmin(given, vault);
    const copyTo = chosenCopy(given, config.databaseUrl);
    screen.say(warning(vault, admin));
    await requireConsent(given, vault);
    const done = await resetLostVault({ ...options, admin, copyTo });
    return { text: inWords(done, admin), json: { ...done, admin } };
  },
};

/** @throws UsageError where it has to be said who gets in, or it is nobody who could let others in */
function chosenAdmin(given: Given, { admins }: LostVault): string | null {
  const typed = given.text("admin")?.trim().toLowerCase();
  if (typed === undefined && admins.length === 0) return null;
  if (typed !== undefined && admins.includes(typed)) return typed;
  throw new UsageError(
    admins.length === 0
      ? "There is no admin who could get in: leave --admin out, and make one with coffer users add afterwards. Nothing was changed."
      : `--admin takes the e-mail of an admin: ${admins.join(", ")}. Nothing was changed.`,
  );
}

/** @throws UsageError where a file has to be named, or is there, or nobody asks for one */
function chosenCopy(given: Given, databaseUrl: string): string | null {
  const typed = given.text("copy");
  if (!isOfServer(databaseUrl)) {
    if (typed === undefined) return null;
    throw new UsageError(
      "--copy is for PostgreSQL: a file is copied beside itself. Nothing was changed.",
    );
  }
  if (typed === undefined) {
    throw new UsageError(
      "Say --copy FILE: the vault as it is is copied there first, which a key that turns up opens. Nothing was changed.",
    );
  }
  const path = resolve(typed);
  if (!existsSync(path)) return path;
  throw new UsageError(
    `${path} exists already. Name another file, or delete it. Nothing was changed.`,
  );
}

const phraseOf = ({ needed }: LostVault): string =>
  `lose every value under ${needed[0] ?? "no key"}`;

async function requireConsent(given: Given, vault: LostVault): Promise<void> {
  const phrase = phraseOf(vault);
  if (given.text("phrase") !== undefined && !given.flag("yes")) {
    throw new UsageError("--phrase is for --yes. Nothing was changed.");
  }
  if (given.flag("yes") ? given.text("phrase") === phrase : await typesPhrase(phrase)) return;
  throw new CofferError(
    "confirmation_required",
    `To go on where nobody can be asked, say: --yes --phrase "${phrase}". Nothing was changed.`,
  );
}

function warning(vault: LostVault, admin: string | null): string {
  const { needed, secrets, values, services, people } = vault;
  const who = admin === null ? "everybody" : `everybody but ${admin}`;
  return [
    `This vault needs the key with the fingerprint ${needed.join(" or ")}. The configured one is another. Going on means:`,
    "",
    `  LOST FOR GOOD  ${many(values, "value")} of ${many(secrets, "secret")}, the trash's too. They are given new ones by rotating them.`,
    "  ENDED          every password, second factor, connection to a provider, link, session and token.",
    `  OFF            ${many(services, "service")} and, of ${many(people, "person", "people")}, ${who}: until an admin has looked at each and enabled it.`,
    "  KEPT           names, tags, rules, roles, who used what, version numbers, the audit record.",
    "",
    "  NOT VERIFIED   What is kept. That nobody but Coffer has written a row is shown by a key that is lost, too. Rules, roles and names are",
    "                 taken over as they stand in the database: whoever could write to it may have changed them. Look at each before you enable it.",
    "",
    "Is the key in a password manager, a backup of .env, an orchestrator, a process that runs? Then stop here: it opens everything.",
    "",
  ].join("\n");
}

function inWords(done: ResetVault, admin: string | null): string {
  const { fingerprint, copy, secrets, services, people, link } = done;
  const lines = [
    `This vault is opened by the key with the fingerprint ${fingerprint} now. Back that up. ${many(secrets, "secret")} wait for a new value.`,
    `As it was it is in ${copy}: if the key turns up, it opens that. Delete it once you are sure.`,
    "",
    link === null
      ? "Nobody can sign in. Make an admin: coffer users add EMAIL --role admin"
      : `Start Coffer. Then ${admin ?? ""} gets in by this link; it works once, until ${link.expiresAt}:\n\n${link.url}`,
  ];
  const held = [
    ...services.map(({ name, environment }) => `  service ${name} in ${environment}`),
    ...people.map(({ email, role }) => `  ${role} ${email}`),
  ];
  if (held.length > 0) {
    lines.push("", "Off until an admin enables each, under Services and People:", "", ...held);
  }
  return `${lines.join("\n")}\n`;
}
