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
import type { ImportProgress, ImportRequest } from "./import-request";
import { sealedImport } from "./import-seal";
import { readSource, type ReadSource } from "./import-source";
import { requireFutureExpiry } from "./rotation";
import type { UseCounter } from "./uses";
import type { Imports } from "./vault";

/** Imports under way at once. Each may hold some hundred MiB while its source is read and sealed. */
const AT_ONCE = 2;

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

  /** Finds out what would become of each entry. */
  async function prepare(caller: Caller, request: ImportRequest): Promise<Prepared> {
    const environment = await environmentFor(door, door.store.db, caller, request.environment);
    demand(caller, "secrets.import", { environment });
    const mine: ImportProgress = { opened: 0, of: 0 };
    progress.set(keyOf(caller), mine);
    try {
      const source = await readSource(request.source, documents, mine);
      return { environment, source, plan: await planned(door, environment, source) };
    } finally {
      progress.delete(keyOf(caller));
    }
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

    preview: (caller, request) =>
      door.read(caller, attemptOf(request), async () => {
        const { environment, source, plan } = await prepare(caller, request);
        const answer = report(environment, source, plan, false);
        return { answer, environment: environment.slug, code: "preview" };
      }),

    async run(caller, request) {
      const attempt = attemptOf(request);
      const { environment, source, plan, chosen, sealed } = await door.prepare(
        caller,
        attempt,
        async () => {
          const prepared = await prepare(caller, request);
          requireFutureExpiry(door, request.describe ?? {});
          const chosen = chosenEntries(prepared.plan, request);
          const sealed = await sealedImport(
            ...([door, keyring, prepared.environment, chosen] as const),
            ...([request.describe ?? {}, actorName(caller)] as const),
          );
          return { ...prepared, chosen, sealed };
        },
      );
      return door.change(caller, attempt, async (tx) => {
        const now = await environmentFor(door, tx, caller, environment.slug);
        demand(caller, "secrets.import", { environment: now });
        await requireAsPlanned(tx, now, environment, chosen);
        await writeImported(tx, sealed);
        const versions = sealed.versions.map(({ version }) => version);
        const done = new Map(
          chosen.map(({ planned, as }, at): [PlannedEntry, Partial<ImportEntry>] => [
            planned,
            { state: as === "add" ? "added" : "rotated", version: versions[at] ?? null },
          ]),
        );
        return {
          answer: report(environment, source, plan, true, done),
          environment: environment.slug,
          names: chosen.map(({ planned }, at) => [
            planned.row?.name ?? planned.info.name,
            versions[at] ?? 0,
          ]),
        };
      });
    },

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
  outcomes: ReadonlyMap<PlannedEntry, Partial<ImportEntry>> = new Map(),
): ImportReport {
  const entries = plan.map((planned) => ({ ...planned.info, ...outcomes.get(planned) }));
  return { environment: environment.slug, format, done, entries, notes };
}

function keyOf(caller: Caller): string {
  return caller.kind === "user" || caller.kind === "service" ? caller.id : caller.kind;
}
