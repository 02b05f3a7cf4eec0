import { isIP } from "node:net";
import { z } from "zod";
import { isCidr } from "../address";
import { isPattern, PATTERN_RULE } from "../access/rules";
import { ATTENTIONS, SOON_DAYS, UNREAD_DAYS } from "../attention";
import { isSlug, NAME_RULE } from "../name";
import type {
  AccountInfo,
  AttentionCounts,
  LinkInfo,
  Page,
  PersonInfo,
  PolicyInfo,
  Rule,
  SecretInfo,
  ServiceInfo,
  SessionInfo,
  TokenInfo,
  TwoStepSetup,
  UseInfo,
  UserInfo,
  VersionInfo,
} from "../shapes";

/** What goes in and out over HTTP. The same schemas validate requests and make the OpenAPI document. */

/** Text that can be stored and shown: PostgreSQL takes no NUL, and half of a surrogate pair is no UTF-8. */
const isText = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const NOT_TEXT = "has a NUL character or half of a surrogate pair";
export const text = (max: number) => z.string().max(max).refine(isText, NOT_TEXT);
/** Text that is looked for and never stored: what it can't be is not found. */
export const sought = (max: number) => z.string().max(max);
export const time = z.iso
  .datetime({ offset: true })
  .meta({ description: "ISO 8601, for example 2030-01-31T00:00:00Z" });
const timeOrNull = time.nullable();

export const environmentSlug = z
  .string()
  .refine(isSlug, "lower-case letters, digits and hyphens, starting with a letter")
  .meta({ description: "The environment's slug; `default` unless given" });

const tag = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}$/,
    "1 to 40 letters, digits and . _ : / -, starting with a letter or digit",
  );

/** What describes a secret. */
export const describe = {
  description: text(1_000).optional(),
  tags: z.array(tag).max(20).optional(),
  expiresAt: timeOrNull.optional(),
  rotateEveryDays: z.int().min(1).max(3_650).nullable().optional(),
};

/** Checked by the vault, so that the error is the one of the rule and not one of the schema. */
export const secretName = z.string().meta({ description: `The name: ${NAME_RULE}` });
export const secretValue = z.string().meta({
  description: "1 byte to 64 KiB of UTF-8, kept byte for byte. Never given back but by resolve.",
});

export const environmentQuery = z.strictObject({ environment: environmentSlug.optional() });

/** A change that may be made under an incident. */
export const changeQuery = z.strictObject({
  environment: environmentSlug.optional(),
  incident: sought(100).optional().meta({
    description: "The open incident of this secret that it is a step of; for admins",
  }),
});

/** `10` as a number. Not `0x0a`, `1e1` or ` 10`, which Number would take too. */
function decimal(text: unknown): unknown {
  return typeof text === "string" && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : text;
}

export const limit = z
  .preprocess(decimal, z.int("must be a number from 1 to 500").min(1).max(500))
  .optional();

export const listQuery = z.strictObject({
  environment: environmentSlug.optional(),
  search: sought(200).optional(),
  tag: tag.optional(),
  state: z.enum(["active", "trashed", "all"]).optional(),
  attention: z
    .enum(ATTENTIONS)
    .optional()
    .meta({
      description: `Only those that expire within ${String(SOON_DAYS)} days (\`expiring\`) or have (\`expired\`), whose rotation is due within ${String(SOON_DAYS)} days (\`due\`) or was (\`overdue\`), whose value was lost with the key (\`lost\`), or that are older than ${String(UNREAD_DAYS)} days and were not read in them (\`unread\`)`,
    }),
  cursor: sought(300).optional(),
  limit,
});

export const deleteQuery = z.strictObject({
  environment: environmentSlug.optional(),
  purge: z.enum(["true", "false"]).optional().meta({
    description: "Erase it for good, with all versions, instead of moving it to the trash",
  }),
});

export const createSecret = z.strictObject({
  name: secretName,
  value: secretValue,
  environment: environmentSlug.optional(),
  ...describe,
  purgeTrashed: z.boolean().optional().meta({
    description:
      "Where a secret of that name is in the trash: purge it, for good, and create this one in its place",
  }),
});

export const describeSecret = z.strictObject(describe);

export const rotateSecret = z.strictObject({
  value: secretValue,
  expectedVersion: z
    .int()
    .min(1)
    .optional()
    .meta({ description: "Refuse with 409 unless this is the current version" }),
});

const expectedVersion = z.preprocess(
  decimal,
  z.int("must be a version number").min(1).max(999_999_999),
);

export const activateQuery = z.strictObject({
  environment: environmentSlug.optional(),
  expectedVersion: expectedVersion
    .optional()
    .meta({ description: "Refuse with 409 unless this is the current version" }),
});

export const namePath = z.strictObject({ name: sought(300) });

export const versionPath = z.strictObject({
  name: sought(300),
  version: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, "a version number")
    .transform(Number),
});

export const pattern = z
  .string()
  .refine(isPattern, PATTERN_RULE)
  .meta({ description: `A name pattern: ${PATTERN_RULE}` });

const rule = z.strictObject({
  actions: z
    .array(z.enum(["resolve", "check", "list", "write", "metrics"]))
    .min(1)
    .max(5),
  names: z.array(pattern).max(200).default([]),
  env: z
    .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/))
    .max(200)
    .default([]),
  versions: z.enum(["current", "any"]).default("current"),
  protectedWrite: z.boolean().default(false).meta({
    description: "Whether `write` holds also where the environment is protected",
  }),
});

const cidr = z
  .string()
  .refine(isCidr, "an address or a CIDR block such as 10.0.0.0/8")
  .transform((block) =>
    block.includes("/") ? block : `${block}/${isIP(block) === 6 ? "128" : "32"}`,
  );

const demands = z
  .array(z.enum(["only", "paths"]))
  .max(2)
  .meta({
    description: "What the service has to send with each resolve, render and check",
  });

const serviceName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/,
    "1 to 64 letters, digits, blanks and . _ -, starting with a letter or digit",
  );

export const createService = z.strictObject({
  name: serviceName,
  environment: environmentSlug.optional(),
  description: text(1_000).optional(),
  rules: z.array(rule).max(50).default([]),
  allowedCidrs: z.array(cidr).max(100).optional(),
  demands: demands.optional(),
});

export const updateService = z.strictObject({
  name: serviceName.optional(),
  description: text(1_000).optional(),
  rules: z.array(rule).max(50).optional(),
  allowedCidrs: z.array(cidr).max(100).optional(),
  demands: demands.optional(),
  disabled: z.boolean().optional(),
});

export const idPath = z.strictObject({ id: sought(100) });
export const tokenPath = z.strictObject({ id: sought(100), tokenId: sought(100) });

export const createToken = z.strictObject({
  expiresAt: timeOrNull.optional().meta({ description: "In 90 days unless given; null: never" }),
});

const link = sought(200).meta({ description: "The one-time link's secret: what follows # in it" });
const personName = z.string().trim().min(1).max(100).refine(isText, NOT_TEXT);
const password = text(1_024);
const role = z.enum(["admin", "editor", "viewer", "auditor"]);

export const setUp = z.strictObject({
  link,
  email: z.email().max(320),
  name: personName,
  password,
});

export const acceptLink = z.strictObject({ link, name: personName.optional(), password });

export const inviteUser = z.strictObject({
  email: z.string().max(320).trim().pipe(z.email()),
  name: personName,
  role,
});

export const updateUser = z.strictObject({
  role: role.optional(),
  disabled: z.boolean().optional(),
});

export const renameAccount = z.strictObject({ name: personName });

export const changePassword = z.strictObject({ current: password, password });

const code = text(100).meta({ description: "Six digits, or a recovery code" });

export const confirmIdentity = z
  .strictObject({ password: password.optional(), code: code.optional() })
  .refine(
    (proof) => (proof.password === undefined) !== (proof.code === undefined),
    "has either the password or a code",
  )
  .transform(({ password, code }) =>
    code === undefined ? { password: password ?? "" } : { code },
  );

export const enableTwoStep = z.strictObject({ code });

export const updatePolicy = z.strictObject({ requireTwoStep: z.boolean() });

/** `config` is any JSON, and is read as text: see lib/reference. */
export const userInfo: z.ZodType<UserInfo> = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role,
  })
  .meta({ id: "User" });

const person = {
  id: z.string(),
  email: z.string(),
  name: z.string(),
  role,
  createdAt: z.string(),
  lastSignInAt: z.string().nullable(),
};

export const personInfo: z.ZodType<PersonInfo> = z
  .object({
    ...person,
    twoStep: z.boolean(),
    state: z.enum(["active", "invited", "disabled", "tampered"]),
    linkExpiresAt: z.string().nullable(),
  })
  .meta({ id: "Person" });

export const personList: z.ZodType<{ items: PersonInfo[] }> = z.object({
  items: z.array(personInfo),
});

export const linkInfo: z.ZodType<LinkInfo> = z
  .object({ url: z.string(), expiresAt: z.string() })
  .meta({ id: "Link" });

export const invited = z.object({ user: personInfo, link: linkInfo });

export const accountInfo: z.ZodType<AccountInfo> = z
  .object({
    ...person,
    hasPassword: z.boolean(),
    providers: z.array(z.object({ id: z.string(), name: z.string() })),
    twoStep: z.boolean(),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: "Account" });

export const twoStepSetup: z.ZodType<TwoStepSetup> = z.object({
  secret: z.string(),
  uri: z.string(),
});

export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });

export const policyInfo: z.ZodType<PolicyInfo> = z
  .object({ requireTwoStep: z.boolean() })
  .meta({ id: "Policy" });

export const sessionList: z.ZodType<{ items: SessionInfo[] }> = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      current: z.boolean(),
      createdAt: z.string(),
      lastSeenAt: z.string(),
      address: z.string(),
      userAgent: z.string(),
    }),
  ),
});

export const secretInfo: z.ZodType<SecretInfo> = z
  .object({
    name: z.string(),
    environment: z.string(),
    description: z.string(),
    tags: z.array(z.string()),
    version: z.int(),
    createdAt: z.string(),
    createdBy: z.string(),
    rotatedAt: z.string(),
    rotatedBy: z.string(),
    lastUsedAt: z.string().nullable(),
    expiresAt: z.string().nullable(),
    rotateEveryDays: z.int().nullable(),
    rotateDueAt: z.string().nullable(),
    purgeAt: z.string().nullable(),
    state: z.enum(["active", "trashed", "unreadable"]),
    unreadable: z.enum(["lost", "tampered"]).nullable().meta({
      description:
        "Why its state is `unreadable`: its value was lost with the key, until it is rotated; or its row was changed by something other than Coffer",
    }),
  })
  .meta({ id: "Secret" });

export const secretPage: z.ZodType<Page<SecretInfo>> = z.object({
  items: z.array(secretInfo),
  nextCursor: z.string().nullable(),
});

export const attentionCounts: z.ZodType<AttentionCounts> = z
  .object({
    ...{ lost: z.int(), expired: z.int(), overdue: z.int(), expiring: z.int(), due: z.int() },
  })
  .meta({
    id: "Attention",
    description: `Secrets in use. Lost: with the key, until they are rotated. Expiring and due: within ${String(SOON_DAYS)} days. One can be counted in two.`,
  });

export const versionList: z.ZodType<{ items: VersionInfo[] }> = z.object({
  items: z.array(
    z.object({
      version: z.int(),
      current: z.boolean(),
      createdAt: z.string(),
      createdBy: z.string(),
      destroyedAt: z.string().nullable(),
      destroyedBy: z.string().nullable(),
      lost: z.boolean().meta({ description: "Whether its value was lost with the key" }),
    }),
  ),
});

export const useList: z.ZodType<{ items: UseInfo[] }> = z.object({
  items: z.array(
    z.object({
      service: z.object({
        id: z.string(),
        name: z.string().meta({ description: "Of one that is deleted, the name that it had last" }),
        deleted: z.boolean(),
      }),
      mayPin: z.boolean(),
      firstUsedAt: z.string(),
      lastUsedAt: z.string(),
      count: z.int(),
      days: z.array(z.int()),
    }),
  ),
});

const tokenFields = {
  id: z.string(),
  hint: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  expiresAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
  lastAddress: z.string().nullable(),
  state: z.enum(["live", "expired", "revoked"]),
};

const ruleInfo: z.ZodType<Rule> = z
  .object({
    actions: z.array(z.enum(["resolve", "check", "list", "write", "metrics"])),
    names: z.array(z.string()),
    env: z.array(z.string()),
    versions: z.enum(["current", "any"]),
    protectedWrite: z.boolean(),
  })
  .meta({ id: "Rule" });

const tokenInfo: z.ZodType<TokenInfo> = z.object(tokenFields).meta({ id: "Token" });

export const newToken: z.ZodType<TokenInfo & { token: string }> = z.object({
  ...tokenFields,
  token: z.string(),
});

export const serviceInfo: z.ZodType<ServiceInfo> = z
  .object({
    id: z.string(),
    name: z.string(),
    environment: z.string(),
    description: z.string(),
    rules: z.array(ruleInfo),
    allowedCidrs: z.array(z.string()),
    demands: z.array(z.enum(["only", "paths"])),
    createdAt: z.string(),
    createdBy: z.string(),
    disabledAt: z.string().nullable(),
    held: z.enum(["restored", "reset"]).nullable().meta({
      description:
        "Why it is off until an admin has looked at it: the vault was restored from a backup, or its keys were reset",
    }),
    lastUsedAt: z.string().nullable(),
    tokens: z.array(tokenInfo),
  })
  .meta({ id: "Service" });

export const serviceList: z.ZodType<{ items: ServiceInfo[] }> = z.object({
  items: z.array(serviceInfo),
});

export const whoAmI = z.union([
  z.object({ kind: z.literal("user"), user: userInfo }),
  z.object({
    kind: z.literal("service"),
    service: z.object({
      id: z.string(),
      name: z.string(),
      environment: z.string(),
      rules: z.array(ruleInfo),
    }),
    token: z.object({ id: z.string(), hint: z.string(), expiresAt: z.string().nullable() }),
  }),
]);

export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    failures: z
      .array(
        z.object({
          reference: z.string(),
          name: z.string().nullable(),
          reason: z.string(),
          message: z.string(),
          paths: z.array(z.string()),
        }),
      )
      .optional(),
  })
  .meta({ id: "Problem" });
