import { Client, must, temporaryHome } from "./coffer";
import { TEST_ADMIN } from "./keys";
import { startProcess, type CofferProcess } from "./process";
import { signIn } from "./sign-in";

/** Several instances on one database, each of which may be gone at any time. */
export class Instances {
  readonly #running: (CofferProcess | null)[] = [];
  readonly #homes: string[];

  constructor(
    readonly databaseUrl: string,
    private readonly env: Record<string, string> = {},
    readonly count = 3,
  ) {
    this.#homes = Array.from({ length: count }, () => temporaryHome());
  }

  /** At once: one of them makes the schema and the keyring. */
  async startAll(): Promise<void> {
    await Promise.all(this.#homes.map((_, at) => this.start(at)));
  }

  async start(at: number): Promise<void> {
    const env = {
      DATABASE_URL: this.databaseUrl,
      COFFER_ADMIN_EMAIL: TEST_ADMIN.email,
      COFFER_ADMIN_PASSWORD: TEST_ADMIN.password,
      COFFER_LOG_LEVEL: "error",
      COFFER_TRUSTED_PROXIES: "127.0.0.1,::1", // a test says from which address it asks
      ...this.env,
    };
    this.#running[at] = await startProcess({ home: this.#homes[at] ?? "", env });
  }

  /** The address of one; null while it is gone. */
  url(at: number): string | null {
    return this.#running[at]?.url ?? null;
  }

  /** The addresses of those that are there. */
  get urls(): string[] {
    return this.#running.flatMap((each) => each?.url ?? []);
  }

  async kill(at: number): Promise<void> {
    const killed = this.#running[at];
    this.#running[at] = null;
    await killed?.end("SIGKILL");
  }

  async end(): Promise<void> {
    for (const each of this.#running.splice(0)) await each?.end("SIGTERM");
  }
}

/** The admin, signed in at that instance. */
export async function adminAt(url: string): Promise<Client> {
  const cookie = await signIn(url, TEST_ADMIN.email, TEST_ADMIN.password);
  return new Client(url, { cookie, origin: url });
}

/** Rules that let these names be resolved. */
export const rulesFor = (names: readonly string[]) => [{ actions: ["resolve"], names }];

/** Returns its id. */
export async function makeServiceBy(
  by: Client,
  name: string,
  names: readonly string[],
): Promise<string> {
  const made = await by.post("/api/v1/services", { name, rules: rulesFor(names) });
  return (must(201, made) as { id: string }).id;
}

/** A new token, and the path by which it is revoked. */
export async function mintBy(
  by: Pick<Client, "post">,
  service: string,
): Promise<{ token: string; path: string }> {
  const minted = must(201, await by.post(`/api/v1/services/${service}/tokens`, {}));
  const { id, token } = minted as { id: string; token: string };
  return { token, path: `/api/v1/services/${service}/tokens/${id}` };
}

/** A service at an instance, from an address of its own: of one, so many wrong tokens are too many. */
export const bearerAt = (url: string, token: string, from = "192.0.2.1") =>
  new Client(url, { authorization: `Bearer ${token}`, "x-forwarded-for": from });
