import type { Caller } from "../access/caller";
import { actorName } from "../audit/event";
import type { Keyring } from "../crypto/keyring";
import { CofferError } from "../errors";
import type { ImportEntry, ImportReport } from "../shapes";
import { readNameMarks, writeImported } from "../store/import-rows";
import type { Db } from "../store/store";
import type { DocumentWorker } from "./documents";
import { demand, type Door } from "./door";
import { environmentFor, type EnvironmentRow } from "./environments";
import { exportFunction } from "./export";
import { chosenEntries, conflict, type ChosenEntry } from "./import-choice";
import { planned, type PlannedEntry } from "./import-plan";
import type { ImportProgress, ImportRequest, WatchImport } from "./import-request";
import { sealedImport } from "./import-seal";
import { readSource, type ReadSource } from "./import-source";
import { requireFutureExpiry } from "./rotation";
import type { UseCounter } from "./uses";
import type { Imports } from "./vault";

/** Imports under way at once. Each may hold some hundred MiB while its source is read and sealed. */
const AT_ONCE = 2;

const untold: WatchImport = () => undefined;

interface Prepared {
  environment: EnvironmentRow;
  source: ReadSource;
  plan: PlannedEntry[];
}

/** Bringing in many secrets at once, and telling of many at once. */
export function importFunctions(
  door: Door,
  keyring: Keyring,
  documents: DocumentWorker,
  uses: UseCounter,
): Imports {
  let underWay = 0;
  const progress = new Map<string, ImportProgress>();
  const attemptOf = ({ environment }: ImportRequest) => ({ action: "secrets.import", environment });

  /** Keeps how far the work for a caller is, as long as it lasts. */
  async function watched<T>(
    caller: Caller,
    told: WatchImport,
    work: (watch: WatchImport) => Promise<T>,
  ): Promise<T> {
    const key = keyOf(caller);
    const watch: WatchImport = (now) => {
      progress.set(key, now);
      told(now);
    };
    watch({ step: "read", done: 0, of: null });
    try {
      return await work(watch);
    } finally {
      progress.delete(key);
    }
  }

  /** Finds out what would become of each entry. */
  async function prepare(
    caller: Caller,
    request: ImportRequest,
    watch: WatchImport,
  ): Promise<Prepared> {
    const environment = await environmentFor(door, door.store.db, caller, request.environment);
    demand(caller, "secrets.import", { environment });
    const source = await readSource(request.source, documents, watch);
    return { environment, source, plan: await planned(door, environment, source) };
  }

  /** Writes all that was chosen, sealed under the newest data key, or nothing. */
  async function write(
    caller: Caller,
    request: ImportRequest,
    watch: WatchImport,
  ): Promise<ImportReport> {
    const attempt = attemptOf(request);
    const { environment, source, plan, chosen, seal, sealed } = await door.prepare(
      caller,
      attempt,
      async () => {
        const prepared = await prepare(caller, request, watch);
        requireFutureExpiry(door, request.describe ?? {});
        const chosen = chosenEntries(prepared.plan, request);
        const seal = () =>
          sealedImport(
            ...([door, keyring, prepared.environment, chosen] as const),
            ...([request.describe ?? {}, actorName(caller), watch] as const),
          );
        return { ...prepared, chosen, seal, sealed: await seal() };
      },
    );
    return door.change(caller, attempt, async (tx) => {
      const now = await environmentFor(door, tx, caller, environment.slug);
      demand(caller, "secrets.import", { environment: now });
      await requireAsPlanned(tx, now, environment, chosen);
      // A data key that was made meanwhile: what is under the one before would miss being sealed anew.
      const rows = sealed.keyId === keyring.newestKeyId ? sealed : await seal();
      await writeImported(tx, rows, (part) => {
        const of = chosen.length;
        watch({ step: "write", done: Math.floor(part * of), of });
      });
      const written = chosen.map(({ planned: { info, row }, as }, at) => {
        const version = rows.versions[at]?.version ?? 0;
        const state = as === "add" ? ("added" as const) : ("rotated" as const);
        return { info: { ...info, state, version }, name: row?.name ?? info.name };
      });
      return {
        answer: report(
          environment,
          source,
          plan,
          true,
          written.map(({ info }) => info),
        ),
        environment: environment.slug,
        names: written.map(({ info, name }) => [name, info.version] as const),
      };
    });
  }

  return {
    enter(caller) {
      demand(caller, "secrets.import");
      if (underWay >= AT_ONCE) {
        throw new CofferError(
          "unavailable",
          "Other imports are under way. Nothing was done. Try again in a moment.",
        );
      }
      underWay++;
      let left = false;
      return () => {
        if (!left) underWay--;
        left = true;
      };
    },

    preview: (caller, request, told = untold) =>
      door.read(caller, attemptOf(request), async () => {
        const { environment, source, plan } = await watched(caller, told, (watch) =>
          prepare(caller, request, watch),
        );
        const answer = report(environment, source, plan, false);
        return { answer, environment: environment.slug, code: "preview" };
      }),

    run: (caller, request, told = untold) =>
      watched(caller, told, (watch) => write(caller, request, watch)),

    progress: (caller) =>
      door.read(caller, { action: "secrets.import" }, () => {
        demand(caller, "secrets.import");
        const answer = progress.get(keyOf(caller)) ?? null;
        return Promise.resolve({ answer, code: "progress" });
      }),

    exported: exportFunction(door, uses),
  };
}

/** Refuses unless all that was planned with is still so: nobody has made, changed or purged such a name since. */
async function requireAsPlanned(
  tx: Db,
  now: EnvironmentRow,
  environment: EnvironmentRow,
  chosen: readonly ChosenEntry[],
): Promise<void> {
  const nameKeys = chosen.map(({ planned }) => planned.nameKey);
  const marks = await readNameMarks(tx, now.id, nameKeys);
  const changed = chosen.filter(({ planned: { nameKey, mark } }) => {
    const found = marks.get(nameKey);
    return found?.mac !== mark.mac || found.purgedVersion !== mark.purgedVersion;
  });
  if (changed.length === 0 && now.id === environment.id) return;
  throw conflict(
    changed.map(({ planned: { info } }) => ({ name: info.name, state: "changed", version: null })),
  );
}

function report(
  environment: EnvironmentRow,
  { format, notes }: ReadSource,
  plan: readonly PlannedEntry[],
  done: boolean,
  written: readonly ImportEntry[] = [],
): ImportReport {
  const byNumber = new Map(written.map((info) => [info.entry, info]));
  const entries = plan.map(({ info }) => byNumber.get(info.entry) ?? info);
  return { environment: environment.slug, format, done, entries, notes };
}

function keyOf(caller: Caller): string {
  return caller.kind === "user" || caller.kind === "service" ? caller.id : caller.kind;
}
