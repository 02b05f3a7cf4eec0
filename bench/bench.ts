import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_KEY } from "../tests/support/keys";
import { startProcess, type CofferProcess } from "../tests/support/process";
import { LoadGenerator, startTarget, type Target } from "./child";
import { ADMIN_ENV, copyOf, type Filled } from "./fill";
import { sideBySideLoads, type Asked, type Measured } from "./resolving";
import { markdown, type Table } from "./table";

/** One run: how much is measured, the servers that it starts, and what it reports. */
export class Bench {
  readonly folder = mkdtempSync(join(tmpdir(), "coffer-bench-"));
  /** How many secrets, and how many events, the small and the large database have. */
  readonly secrets: { few: number; many: number };
  readonly events: { few: number; many: number };
  /** Until the engine has compiled what is asked often: seconds on a busy machine. */
  readonly warmUpMs: number;
  readonly report: string[] = [];
  readonly #rounds: { rounds: number; ms: number };
  readonly #bars: string[][] = [["", "wanted", "reached"]];
  readonly #ends: (() => Promise<unknown>)[] = [];
  #generator: LoadGenerator | undefined;

  constructor(readonly isQuick: boolean) {
    this.secrets = { few: 100, many: isQuick ? 20_000 : 100_000 };
    this.events = { few: 1_000, many: isQuick ? 100_000 : 1_000_000 };
    this.warmUpMs = isQuick ? 3_000 : 8_000;
    this.#rounds = isQuick ? { rounds: 3, ms: 1_000 } : { rounds: 7, ms: 1_500 };
  }

  say(text: string): void {
    console.log(text);
    this.report.push(text);
  }

  sayTable(title: string, table: Table): void {
    this.say(`\n## ${title}\n\n${markdown(table)}`);
  }

  /** Notes what DESIGN asks for, and what was reached, for the last table of the report. */
  bar(what: string, wanted: string, reached: string): void {
    this.#bars.push([what, wanted, reached]);
  }

  sayBars(): void {
    this.sayTable("What is wanted", this.#bars);
  }

  get generator(): LoadGenerator {
    if (this.#generator) return this.#generator;
    const generator = new LoadGenerator(this.folder);
    this.atEnd(() => generator.end());
    return (this.#generator = generator);
  }

  warmUp(asked: Asked): Promise<unknown> {
    const ports = asked.targets.map(({ port }) => port);
    return this.generator.run({ ...asked, ports, ms: this.warmUpMs });
  }

  sideBySide(asked: readonly Asked[]): Promise<Measured[][]> {
    return sideBySideLoads(this.generator, asked, this.#rounds);
  }

  /** Coffer as people run it. */
  async startCoffer(
    name: string,
    { home }: Filled,
    env: Record<string, string> = {},
  ): Promise<{ coffer: CofferProcess; target: Target }> {
    const coffer = await startProcess({ home, env: { ...ADMIN_ENV, ...env } });
    this.atEnd(() => coffer.end("SIGTERM"));
    const target = { name, port: Number(new URL(coffer.url).port), pid: coffer.pid };
    return { coffer, target };
  }

  /** Coffer with a journal that keeps nothing. */
  async startUnaudited(filled: Filled): Promise<Target> {
    const unaudited = await startTarget("without audit", "bench-unaudited.js", {
      home: copyOf(filled, "unaudited").home,
      env: { TYK_AI_SECRET_KEY: TEST_KEY },
      args: [process.cwd()],
    });
    this.atEnd(unaudited.end);
    return unaudited;
  }

  /** Coffer that streams its record to a file, and to a webhook that takes everything. */
  async startStreamed(filled: Filled): Promise<Target> {
    const receiver = await startTarget("receiver", "bench-receiver.js", { home: this.folder });
    this.atEnd(receiver.end);
    const { target } = await this.startCoffer("streamed", copyOf(filled, "streamed"), {
      COFFER_AUDIT_STREAM: join(this.folder, "streamed.jsonl"),
      COFFER_AUDIT_WEBHOOK_URL: `http://127.0.0.1:${String(receiver.port)}/record`,
      COFFER_AUDIT_WEBHOOK_SECRET: "bench-bench-bench-bench",
    });
    return target;
  }

  /** A server that answers with no more than `node:http`. */
  async startBare(): Promise<Target> {
    const bare = await startTarget("bare node:http", "bench-bare.js", { home: this.folder });
    this.atEnd(bare.end);
    return bare;
  }

  /** What is started last ends first. */
  atEnd(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async end(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
