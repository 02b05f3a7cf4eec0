import { Client, type Answer } from "./coffer";
import { adminAt, bearerAt, rulesFor, type Instances } from "./instances";
import { Newest } from "./newest";

/** A rotation that was acknowledged, and when, on the clock of `performance.now()`. */
export interface Rotated {
  name: string;
  version: number;
  at: number;
}

/** Resolves, rotations, revocations and changes of rules, at instances that may be gone or without a database. */
export class Load {
  readonly newest = new Newest();
  readonly rotated: Rotated[] = [];
  /** What should not have been. */
  readonly wrong: string[] = [];
  readonly done = { resolves: 0, refused: 0, lost: 0, revocations: 0, rules: 0, signIns: 0 };
  readonly #values = new Map<string, string>();
  #sent = 0;
  #cookie: Promise<string> | undefined;
  #isOver = false;

  constructor(
    private readonly instances: Instances,
    private readonly random: () => number,
  ) {}

  /** Lets everything come to its end. */
  end(): void {
    this.#isOver = true;
  }

  /** One of the instances that are there; null where none is. */
  anywhere = (): string | null => this.oneOf(this.instances.urls) ?? null;

  oneOf<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.random() * list.length)];
  }

  /** Adds versions to that secret, one after the other. */
  async rotate(name: string): Promise<void> {
    while (!this.#isOver) {
      await this.rotateOnce(name);
      await aMoment(30);
    }
  }

  /** Returns whether that was acknowledged. */
  async rotateOnce(name: string, url = this.anywhere()): Promise<boolean> {
    const value = `value ${String(++this.#sent)}`; // never twice: what was not acknowledged may have been made
    const path = `/api/v1/secrets/${name}/versions`;
    const answer = await this.#asAdmin(url, 201, (admin) => admin.post(path, { value }));
    const version = Number(answer?.json?.["version"] ?? 0);
    if (version === 0) return false;
    this.rotated.push({ name, version, at: performance.now() });
    this.#values.set(`${name} ${String(version)}`, value);
    this.newest.know(name, version);
    return true;
  }

  /** Resolves one of the secrets after the other, anywhere. */
  async resolve(token: string, names: readonly string[]): Promise<void> {
    while (!this.#isOver) {
      const name = this.oneOf(names) ?? "";
      const known = this.newest.version(name);
      const status = await this.resolveOnce(this.anywhere(), token, name, known);
      if (![200, 503, 0].includes(status)) this.wrong.push(`resolve: ${String(status)}`);
      if (status !== 200) await aMoment(10);
    }
  }

  /** Returns the status, 0 where nobody answered. What it answers must be of the version `known` or a later one. */
  async resolveOnce(
    url: string | null,
    token: string,
    name: string,
    known: number,
    from?: string,
  ): Promise<number> {
    const asked = url === null ? null : bearerAt(url, token, from).resolve(`$SECRET/${name}`);
    const answer = asked && (await asked.catch(() => null));
    if (!answer) this.done.lost++;
    else if (answer.status === 503) this.done.refused++;
    else if (answer.status === 200) {
      this.done.resolves++;
      this.#compare(name, known, answer);
    }
    return answer?.status ?? 0;
  }

  #compare(name: string, known: number, { json }: Answer): void {
    const { config, references } = json as {
      config: string;
      references: [{ version: number }];
    };
    const [{ version }] = references;
    if (version < known) this.wrong.push(`${name}: ${String(version)} after ${String(known)}`);
    const value = this.#values.get(`${name} ${String(version)}`);
    if (value !== undefined && value !== config) {
      this.wrong.push(`${name} ${String(version)}: has another value than was acknowledged`);
    }
    this.newest.know(name, version);
  }

  /** Takes a service its rules, gives them back, and revokes its token, and asks everywhere after each. */
  async restrict(service: string, name: string): Promise<void> {
    const path = `/api/v1/services/${service}`;
    for (let round = 0; !this.#isOver; round++) {
      const minted = await this.#insist(201, (admin) => admin.post(`${path}/tokens`, {}));
      if (!minted) return;
      const { id, token } = minted.json as { id: string; token: string };
      const from = `198.18.${String((round >> 8) & 255)}.${String(round & 255)}`;
      const everywhere = async (expected: number) => {
        for (const url of this.instances.urls) {
          const status = await this.resolveOnce(url, token, name, 0, from);
          if ([expected, 503, 0].includes(status)) continue;
          this.wrong.push(`${String(status)} where it is ${String(expected)} from now on`);
        }
      };
      await everywhere(200);
      for (const [names, expected] of [["OTHER", 422] as const, [name, 200] as const]) {
        const rules = rulesFor([names]);
        if (!(await this.#insist(200, (admin) => admin.patch(path, { rules })))) return;
        this.done.rules++;
        await everywhere(expected);
      }
      if (!(await this.#insist(204, (admin) => admin.delete(`${path}/tokens/${id}`)))) return;
      this.done.revocations++;
      await everywhere(401);
    }
  }

  /** Until it is acknowledged; undefined where all is over before that. */
  async #insist(
    expected: number,
    ask: (admin: Client) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    while (!this.#isOver) {
      const answer = await this.#asAdmin(this.anywhere(), expected, ask);
      if (answer) return answer;
      await aMoment(20);
    }
    return undefined;
  }

  /** Asks once, signed in. Undefined where that was not acknowledged. */
  async #asAdmin(
    url: string | null,
    expected: number,
    ask: (admin: Client) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    if (url === null) return undefined;
    try {
      const admin = await this.#signedIn(url);
      const answer = await ask(admin);
      if (answer.status === expected) return answer;
      if (answer.json?.["code"] === "confirmation_required") {
        this.#cookie = undefined; // after five minutes a token wants a sign-in of just now
      } else if (answer.status !== 503) {
        this.wrong.push(`a change: ${String(answer.status)} ${answer.text.slice(0, 200)}`);
      }
    } catch {
      // the instance is gone, or nobody can sign in there now
    }
    return undefined;
  }

  /** One session, which holds on every instance. */
  async #signedIn(url: string): Promise<Client> {
    this.#cookie ??= adminAt(url).then(({ headers }) => {
      this.done.signIns++;
      return headers["cookie"] ?? "";
    });
    try {
      return new Client(url, { cookie: await this.#cookie, origin: url });
    } catch (error) {
      this.#cookie = undefined;
      throw error;
    }
  }
}

export const aMoment = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
