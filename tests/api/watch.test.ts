import { describe, expect, onTestFinished, test } from "vitest";
import { openJournal } from "../../lib/audit/journal";
import { CofferError } from "../../lib/errors";
import type { Limits } from "../../lib/limits";
import {
  asAdmin,
  asService,
  changeService,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  mustRotate,
  must,
  NO_LIMITS,
  startCoffer,
  tamper,
  type Client,
  type Coffer,
  type StartOptions,
} from "../support/coffer";
import { eventually } from "../support/eventually";
import { expectProblem } from "../support/problem";
import { watchPath, WatchConnection } from "../support/watch";

const secretPath = (name: string) => `/api/v1/secrets/${name}`;

/** A Coffer with a service that may resolve everything but `HIDDEN_*`, and a secret `KEY`. */
async function start(options: StartOptions = {}) {
  const coffer = await startCoffer(options);
  const admin = await asAdmin(coffer);
  const { id } = await mustCreateService(admin, "gateway", ["KEY*", "OTHER", "LATER"]);
  const token = await mustMintToken(admin, id);
  const service = asService(coffer, token.token);
  await mustCreateSecret(admin, "KEY", "first value");
  return { coffer, admin, service, serviceId: id, tokenId: token.id };
}

const watch = (service: Client, ...references: string[]) =>
  new WatchConnection(service, watchPath(...references));

/** What is on record of watching, in order. */
async function onRecord(coffer: Coffer) {
  const { db } = await coffer.database();
  const rows = await db.auditEvent.findMany({
    where: { action: "secrets.watch" },
    orderBy: { seq: "asc" },
  });
  return rows.map(({ outcome, code, names, actorName }) => ({
    ...{ outcome, code, actorName },
    names: JSON.parse(names) as unknown,
  }));
}

/** Waits until that is on record. */
async function untilOnRecord(coffer: Coffer, code: string): Promise<void> {
  await eventually(async () => {
    expect((await onRecord(coffer)).map((event) => event.code)).toContain(code);
  });
}

describe("a service that watches", () => {
  test("is told first how each reference stands, as check tells it, with versions and no more", async () => {
    const { coffer, admin, service } = await start();
    await mustCreateSecret(admin, "HIDDEN", "hidden value");
    await mustCreateSecret(admin, "KEY_GONE", "gone value");
    must(204, await admin.delete(secretPath("KEY_GONE")));
    await mustRotate(admin, "KEY", "second value");
    const references = ["$SECRET/KEY", "$SECRET/HIDDEN", "$SECRET/HIDDEN_NONE", "$SECRET/KEY_GONE"];
    references.push("$SECRET/KEY_NONE", "{{Secrets.KEY_NONE:-a default}}", "$SECRET/a-b");
    const connection = watch(service, ...references);
    const state = await connection.heard("state");

    const checker = await mustHaveService(coffer, admin, ["KEY*", "OTHER"], { actions: ["check"] });
    const report = await checker.post("/api/v1/check", { config: references });
    const checked = (report.json?.["references"] as object[]).map((reference) => {
      const { paths: _paths, ...rest } = reference as { paths: unknown };
      return rest;
    });
    expect(state.references.map(({ version: _version, ...rest }) => rest)).toEqual(checked);
    expect(state.references.map(({ version }) => version).filter(Boolean)).toEqual([2]);
    expect(connection.text).not.toMatch(/value|a default/);
    const { headers } = connection;
    expect(headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["x-accel-buffering"]).toBe("no");
    expect(connection.text).toMatch(/^retry: \d+\n\n/);
  });

  test("hears of a rotation, an older version made current, and of no other secret; what it hears of it can resolve", async () => {
    const { admin, service } = await start();
    await mustCreateSecret(admin, "OTHER", "x");
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    await mustRotate(admin, "OTHER", "y");
    await mustRotate(admin, "KEY", "second value");
    const change = await connection.heard("change");
    expect(change).toMatchObject({
      rules: false,
      references: [{ reference: "$SECRET/KEY", name: "KEY", status: "ok", version: 2 }],
    });
    expect((await service.resolve("$SECRET/KEY")).json?.["config"]).toBe("second value");
    must(200, await admin.post(`${secretPath("KEY")}/versions/1/activate`));
    expect((await connection.heard("change", 2)).references[0]?.version).toBe(1);
    expect(connection.events.map(({ kind }) => kind)).toEqual(["state", "change", "change"]);
    expect(connection.text).not.toContain("value");
  });

  test("hears when a secret comes to be, goes to the trash, comes back, expires and is purged", async () => {
    const { coffer, admin, service } = await start();
    const connection = watch(service, "$SECRET/LATER");
    const first = await connection.heard("state");
    expect(first.references).toMatchObject([{ status: "missing", version: null }]);
    await mustCreateSecret(admin, "LATER", "v");
    must(204, await admin.delete(secretPath("LATER")));
    await connection.until(() => connection.events.at(-1)?.kind === "change");
    const last = () => {
      const event = connection.events.at(-1);
      return event && "references" in event ? event.references[0]?.status : undefined;
    };
    await connection.until(() => last() === "trashed");
    must(200, await admin.post(`${secretPath("LATER")}/restore`));
    await connection.until(() => last() === "ok");
    const expiresAt = new Date(coffer.clock.now().getTime() + 60_000).toISOString();
    must(200, await admin.patch(secretPath("LATER"), { expiresAt }));
    coffer.clock.advance(60_000);
    await connection.until(() => last() === "expired");
    must(204, await admin.delete(secretPath("LATER")));
    must(204, await admin.delete(`${secretPath("LATER")}?purge=true`));
    await connection.until(() => last() === "missing");
    await mustCreateSecret(admin, "LATER", "v");
    await connection.until(() => last() === "ok");
  });

  test("hears that its rules have changed, and which references they cover now", async () => {
    const { admin, service, serviceId } = await start();
    await mustCreateSecret(admin, "OTHER", "x");
    const connection = watch(service, "$SECRET/KEY", "$SECRET/OTHER");
    await connection.heard("state");
    const rules = [{ actions: ["resolve"], names: ["KEY"] }];
    must(200, await admin.patch(`/api/v1/services/${serviceId}`, { rules }));
    expect(await connection.heard("change")).toMatchObject({
      rules: true,
      references: [{ reference: "$SECRET/OTHER", status: "denied", version: null }],
    });
    must(
      200,
      await admin.patch(`/api/v1/services/${serviceId}`, {
        rules: [{ actions: ["resolve"], names: ["KEY", "X"] }],
      }),
    );
    expect(await connection.heard("change", 2)).toMatchObject({ rules: true, references: [] });
  });

  test("posts the config or the document that it holds, on its terms", async () => {
    const { admin, service } = await start();
    const body = JSON.stringify({
      config: { a: "$SECRET/KEY", b: "$SECRET/OTHER" },
      only: ["KEY"],
    });
    const config = new WatchConnection(service, "/api/v1/watch", { body });
    const yaml = "a: $SECRET/KEY # first value\n";
    const document = new WatchConnection(service, "/api/v1/watch", {
      ...{ body: yaml, type: "application/yaml" },
    });
    expect((await config.heard("state")).references).toMatchObject([
      { reference: "$SECRET/KEY", status: "ok", version: 1 },
      { reference: "$SECRET/OTHER", status: "denied", version: null },
    ]);
    await document.heard("state");
    await mustRotate(admin, "KEY", "second");
    for (const connection of [config, document]) {
      expect((await connection.heard("change")).references).toMatchObject([{ version: 2 }]);
    }
  });

  test("that comes back with the id of what it heard last is told all only if anything differs", async () => {
    const { admin, service } = await start();
    const path = watchPath("$SECRET/KEY");
    const first = watch(service, "$SECRET/KEY");
    await first.heard("state");
    const lastEventId = first.events[0]?.id ?? "";
    expect(lastEventId).toMatch(/^[\w-]{43}$/);
    first.close();
    const same = new WatchConnection(service, path, { lastEventId });
    await same.until(() => same.text.includes(": unchanged\n\n"));
    expect(same.events).toEqual([]);
    await mustRotate(admin, "KEY", "second");
    const change = await same.heard("change");
    same.close();
    const late = new WatchConnection(service, path, { lastEventId });
    expect((await late.heard("state")).tag).toBe(change.tag);
    const other = new WatchConnection(service, watchPath("$SECRET/KEY", "$SECRET/OTHER"), {
      lastEventId: change.tag,
    });
    await other.heard("state");
    const nonsense = new WatchConnection(service, path, { lastEventId: "nonsense" });
    await nonsense.heard("state");
  });

  test("gets a sign of life where nothing happens", async () => {
    const limits: Limits = { ...NO_LIMITS, watch: { ...NO_LIMITS.watch, heartbeatMs: 20 } };
    const { service } = await start({ limits });
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    await connection.until(() => connection.text.split(":\n\n").length > 3);
  });

  test("hears what its own process changes without waiting until it looks again", async () => {
    const watchLimits = { ...NO_LIMITS.watch, lookEveryMs: 1_000_000_000 };
    const { admin, service } = await start({ limits: { ...NO_LIMITS, watch: watchLimits } });
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    await mustRotate(admin, "KEY", "second");
    expect((await connection.heard("change")).references).toMatchObject([{ version: 2 }]);
  });

  test("hears what another process has changed in the same file, with and without Coffer", async () => {
    const { coffer, admin, service } = await start();
    const other = await startCoffer({ home: coffer.home, admin: false });
    const connection = watch(service, "$SECRET/KEY");
    const elsewhere = watch(
      asService(other, service.headers["authorization"]?.slice(7) ?? ""),
      "$SECRET/KEY",
    );
    await Promise.all([connection.heard("state"), elsewhere.heard("state")]);
    await mustRotate(admin, "KEY", "second");
    await elsewhere.heard("change");
    await mustRotate(await asAdmin(other), "KEY", "third");
    for (const each of [connection, elsewhere]) {
      await each.until(() => each.text.includes('"version":3'));
    }
    await tamper(coffer, (tx) => tx.secret.updateMany({ data: { currentVersion: 1 } }));
    await connection.until(() => connection.text.includes('"unreadable"'));
  });
});

describe("a watch is refused", () => {
  test("where check would refuse, and on record: people, rules, what has to be sent, what is no reference", async () => {
    const { coffer, admin, service } = await start();
    expectProblem(await admin.get(watchPath("$SECRET/KEY")), 403, "forbidden");
    const checker = await mustHaveService(coffer, admin, ["*"], { actions: ["check"] });
    expectProblem(await checker.get(watchPath("$SECRET/KEY")), 403, "forbidden");
    const bound = await mustHaveService(coffer, admin, ["*"], {}, { demands: ["only"] });
    expectProblem(await bound.get(watchPath("$SECRET/KEY")), 422, "limits_required", ["missing"]);
    expect((await bound.get(`${watchPath("$SECRET/KEY")}&only=KEY`)).status).toBe(200);
    expectProblem(await service.get(watchPath("KEY")), 400, "invalid_request");
    expectProblem(await service.get("/api/v1/watch"), 400, "invalid_request");
    const many = Array.from({ length: 101 }, (_, at) => `$SECRET/KEY${String(at)}`);
    expectProblem(await service.get(watchPath(...many)), 400, "invalid_request");
    const config = Array.from({ length: 501 }, (_, at) => `$SECRET/KEY${String(at)}`);
    const answer = await service.post("/api/v1/watch", { config });
    expectProblem(answer, 422, "limit_exceeded", ["limit", "max"]);
    expect((await onRecord(coffer)).filter(({ outcome }) => outcome !== "ok")).toMatchObject([
      ...["forbidden", "forbidden", "limits_required", "invalid_request", "invalid_request"].map(
        (code) => ({ code }),
      ),
      ...["invalid_request", "limit_exceeded"].map((code) => ({ code })),
    ]);
  });

  test("over the connections of one service and of all, and not once one of them has ended", async () => {
    const watchLimits = { ...NO_LIMITS.watch, perService: 2, perProcess: 3 };
    const { coffer, admin, service } = await start({
      limits: { ...NO_LIMITS, watch: watchLimits },
    });
    const other = await mustHaveService(coffer, admin, ["*"]);
    const open = [service, service, other].map((client) => watch(client, "$SECRET/KEY"));
    for (const connection of open) await connection.heard("state");
    const everywhere = await other.get(watchPath("$SECRET/KEY"));
    expectProblem(everywhere, 503, "unavailable");
    expect(everywhere.headers.get("retry-after")).toBe("1");
    open[2]?.close();
    await untilOnRecord(coffer, "ended");
    const mine = await eventually(async () => {
      const answer = await service.get(watchPath("$SECRET/KEY"));
      expect(answer.status).toBe(429);
      return answer;
    });
    expectProblem(mine, 429, "rate_limited", ["retryAfterSeconds"]);
    expect(Number(mine.headers.get("retry-after"))).toBeGreaterThan(0);
    open[0]?.close();
    await eventually(async () => {
      expect((await service.get(watchPath("$SECRET/KEY"))).status).toBe(200);
    });
  });
});

describe("a watch ends, says why, and is on record", () => {
  async function expectEnd(
    act: (given: Awaited<ReturnType<typeof start>>) => Promise<unknown>,
    reason: string,
    given?: Awaited<ReturnType<typeof start>>,
  ): Promise<void> {
    const all = given ?? (await start());
    const connection = watch(all.service, "$SECRET/KEY");
    await connection.heard("state");
    await act(all);
    const end = await connection.heard("end");
    expect(end).toMatchObject({ reason, reconnect: false });
    expect(end.message).not.toBe("");
    await connection.over();
    const last = (await onRecord(all.coffer)).at(-1);
    expect(last).toMatchObject({ code: reason, actorName: "gateway" });
    expect(last?.outcome).not.toBe("ok");
  }

  test("when its token is revoked", () =>
    expectEnd(
      ({ admin, serviceId, tokenId }) =>
        admin.delete(`/api/v1/services/${serviceId}/tokens/${tokenId}`),
      "token_revoked",
    ));

  test("when its token expires, which nobody writes down", async () => {
    const given = await start();
    const expiresAt = new Date(given.coffer.clock.now().getTime() + 60_000).toISOString();
    const { token } = await mustMintToken(given.admin, given.serviceId, { expiresAt });
    const service = asService(given.coffer, token);
    const act = () => {
      given.coffer.clock.advance(60_000);
      return Promise.resolve();
    };
    await expectEnd(act, "token_expired", { ...given, service });
  });

  test("when its service is disabled", () =>
    expectEnd(
      ({ admin, serviceId }) => admin.patch(`/api/v1/services/${serviceId}`, { disabled: true }),
      "service_disabled",
    ));

  test("when its service is deleted", () =>
    expectEnd(
      ({ admin, serviceId }) => admin.delete(`/api/v1/services/${serviceId}`),
      "invalid_token",
    ));

  test("when its service may no longer come from there", () =>
    expectEnd(
      ({ admin, serviceId }) =>
        admin.patch(`/api/v1/services/${serviceId}`, { allowedCidrs: ["10.0.0.0/8"] }),
      "address_not_allowed",
    ));

  test("when its rules let it resolve nothing", () =>
    expectEnd(
      ({ admin, serviceId }) =>
        admin.patch(`/api/v1/services/${serviceId}`, {
          rules: [{ actions: ["list"], names: ["*"] }],
        }),
      "forbidden",
    ));

  test("when it has to send what it did not", () =>
    expectEnd(
      ({ admin, serviceId }) => admin.patch(`/api/v1/services/${serviceId}`, { demands: ["only"] }),
      "limits_required",
    ));

  test("when its service's row was changed by something other than Coffer", () =>
    expectEnd(
      ({ coffer }) => tamper(coffer, (tx) => tx.service.updateMany({ data: { rules: "[]" } })),
      "tampered",
    ));

  test("when the client goes", async () => {
    const { coffer, service } = await start();
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    connection.close();
    await untilOnRecord(coffer, "ended");
  });

  test("when Coffer stops, which it does at once, and says to connect again", async () => {
    const { coffer, service } = await start();
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    const { db } = await coffer.database();
    const codes = async () =>
      (await db.auditEvent.findMany({ where: { action: "secrets.watch" } })).map(
        ({ code }) => code,
      );
    const stopped = coffer.vault.resolver.endWatches();
    expect(await connection.heard("end")).toMatchObject({ reason: "stopping", reconnect: true });
    await connection.over();
    await stopped;
    expect(await codes()).toEqual(["started", "ended"]);
    expectProblem(await service.get(watchPath("$SECRET/KEY")), 503, "unavailable");
  });
});

describe("what a watch tells is on record before it is told", () => {
  test("the start with all names, a change with those that have changed, the end", async () => {
    const { coffer, admin, service } = await start();
    await mustCreateSecret(admin, "OTHER", "x");
    const connection = watch(service, "$SECRET/KEY", "$SECRET/OTHER", "$SECRET/HIDDEN");
    await connection.heard("state");
    await mustRotate(admin, "OTHER", "y");
    await connection.heard("change");
    const told = await onRecord(coffer);
    connection.close();
    await untilOnRecord(coffer, "ended");
    expect(told).toEqual([
      {
        ...{ outcome: "ok", code: "started", actorName: "gateway" },
        names: [
          ["KEY", 1],
          ["OTHER", 1],
          ["HIDDEN", 0],
        ],
      },
      { outcome: "ok", code: "changed", actorName: "gateway", names: [["OTHER", 2]] },
    ]);
  });

  test("where it can't be, nothing is told and the stream ends with `unavailable`", async () => {
    let fails = false;
    const openFailing: typeof openJournal = async (...given) => {
      const journal = await openJournal(...given);
      return {
        ...journal,
        record: (event, under) =>
          fails && event.action === "secrets.watch"
            ? Promise.reject(new CofferError("unavailable", "The record can't be written."))
            : journal.record(event, under),
      };
    };
    const { admin, service } = await start({ openJournal: openFailing });
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    fails = true;
    onTestFinished(() => void (fails = false));
    await mustRotate(admin, "KEY", "second");
    expect(await connection.heard("end")).toMatchObject({ reason: "unavailable", reconnect: true });
    await connection.over();
    expect(connection.events.map(({ kind }) => kind)).toEqual(["state", "end"]);
  });

  test("what has changed again before it is on record is decided again", async () => {
    let before: (() => Promise<unknown>) | undefined;
    const openSlow: typeof openJournal = async (...given) => {
      const journal = await openJournal(...given);
      return {
        ...journal,
        record: async (event, under) => {
          const act = event.code === "changed" ? before : undefined;
          before = act ? undefined : before;
          await act?.();
          return journal.record(event, under);
        },
      };
    };
    const { coffer, admin, service, serviceId } = await start({ openJournal: openSlow });
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    before = () =>
      changeService(coffer, serviceId, {
        rules: '[{"actions":["list"],"names":["*"],"env":[],"versions":"current"}]',
      });
    await mustRotate(admin, "KEY", "second");
    expect(await connection.heard("end")).toMatchObject({ reason: "forbidden" });
    expect(connection.text).not.toContain('"version":2');
  });

  test("what changes again and again before it is on record is told once it no longer does, and nothing ends", async () => {
    let version = 1;
    const acts: (() => Promise<unknown>)[] = [];
    const openSlow: typeof openJournal = async (...given) => {
      const journal = await openJournal(...given);
      return {
        ...journal,
        record: async (event, under) => {
          if (event.code === "changed" && version < 20) await acts[0]?.();
          return journal.record(event, under);
        },
      };
    };
    const { admin, service } = await start({ openJournal: openSlow });
    const connection = watch(service, "$SECRET/KEY");
    await connection.heard("state");
    const rotate = () => mustRotate(admin, "KEY", `value ${String(++version)}`);
    acts.push(rotate);
    await rotate();
    expect(await connection.heard("change")).toMatchObject({ references: [{ version: 20 }] });
    expect(connection.events.map(({ kind }) => kind)).toEqual(["state", "change"]);
  });
});

test("many services that watch one secret all hear of its rotation, and others are answered meanwhile", async () => {
  const { admin, service } = await start();
  const connections = Array.from({ length: 200 }, () => watch(service, "$SECRET/KEY"));
  for (const connection of connections) await connection.heard("state");
  await mustRotate(admin, "KEY", "second");
  const [answer] = await Promise.all([
    service.resolve("$SECRET/KEY"),
    ...connections.map((connection) => connection.heard("change")),
  ]);
  expect(answer.json?.["config"]).toBe("second");
});
