import { beforeAll, describe, expect, test } from "vitest";
import {
  asService,
  mustCreateSecret,
  mustCreateService,
  mustHaveService,
  mustMintToken,
  shareCoffer,
  type Client,
} from "../support/coffer";
import { expectProblem } from "../support/problem";

/* A service can be set to demand `only` and `paths`, so that text which others wrote can't read all that its rules cover. */

const shared = shareCoffer();
const config = { mine: "$SECRET/MINE", theirs: "text of others" };
const limits = { only: ["MINE"], paths: ["/mine"] };
const RENDER = "/api/v1/render";
const CHECK = "/api/v1/check";

beforeAll(async () => {
  await mustCreateSecret(shared.admin, "MINE", "value-of-mine");
});

const serviceWith = (demands: string[], actions = ["resolve", "check"]): Promise<Client> =>
  mustHaveService(
    shared.coffer,
    shared.admin,
    [],
    {},
    {
      ...{ demands, rules: [{ actions, names: ["*"] }] },
    },
  );

describe("a request without the limits that its service has to set is refused", () => {
  test.each([
    [["only"], {}, ["only"]],
    [["only"], { paths: ["/**"] }, ["only"]],
    [["paths"], { only: ["*"] }, ["paths"]],
    [["only", "paths"], {}, ["only", "paths"]],
    [["paths", "only"], { only: ["MINE"] }, ["paths"]],
  ])("demands %j, sent %j", async (demands, sent, missing) => {
    const service = await serviceWith(demands);
    const answers = [
      await service.resolve(config, sent),
      await service.post(CHECK, { config, ...sent }),
    ];
    for (const answer of answers) {
      const problem = expectProblem(answer, 422, "limits_required", ["missing"]);
      expect(problem["missing"]).toEqual(missing);
      expect(answer.text).not.toContain("value-of-mine");
    }
    const query = new URLSearchParams(
      Object.entries(sent).flatMap(([key, list]) => list.map((item) => [key, item])),
    );
    const rendered = await service.post(`${RENDER}?${query.toString()}`, config);
    expectProblem(rendered, 422, "limits_required", ["missing"]);
  });

  test("and one with them is answered", async () => {
    const service = await serviceWith(["only", "paths"]);
    const answer = await service.resolve(config, limits);
    expect(answer.json?.["config"]).toEqual({ ...config, mine: "value-of-mine" });
    const rendered = await service.post(`${RENDER}?only=MINE&paths=/mine`, config);
    expect(rendered.json).toEqual({ ...config, mine: "value-of-mine" });
    expect((await service.post(CHECK, { config, ...limits })).json).toMatchObject({ ok: true });
  });

  test("also when people check for that service", async () => {
    const { admin } = shared;
    const { id } = await mustCreateService(admin, "demanding", ["*"], {}, { demands: ["only"] });
    const path = `${CHECK}?service=${id}`;
    expectProblem(await admin.post(path, { config }), 422, "limits_required", ["missing"]);
    expect((await admin.post(path, { config, only: ["MINE"] })).status).toBe(200);
  });
});

describe("demands are a part of the service", () => {
  const PATH = "/api/v1/services";

  test("that is set, told, changed, and kept in one order without doubles", async () => {
    const { admin } = shared;
    const made = await mustCreateService(admin, "ordered", [], {}, { demands: ["paths", "only"] });
    expect(made.demands).toEqual(["only", "paths"]);
    const path = `${PATH}/${made.id}`;
    const change = async (demands: string[]) => (await admin.patch(path, { demands })).json;
    expect(await change(["only", "only"])).toMatchObject({ demands: ["only"] });
    expect(await change([])).toMatchObject({ demands: [] });
    expect((await admin.get(path)).json).toMatchObject({ demands: [] });
  });

  test("and a change of them binds the next request", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "bound", ["*"]);
    const service = asService(coffer, (await mustMintToken(admin, id)).token);
    expect((await service.resolve(config)).status).toBe(200);
    await admin.patch(`${PATH}/${id}`, { demands: ["only"] });
    expectProblem(await service.resolve(config), 422, "limits_required", ["missing"]);
  });

  test("and who takes one away shows again that it is them; who adds one need not", async () => {
    const { coffer, admin } = shared;
    const { id } = await mustCreateService(admin, "asked-again", ["*"], {}, { demands: ["only"] });
    coffer.clock.advance(6 * 60_000);
    const change = (demands: string[]) => admin.patch(`${PATH}/${id}`, { demands });
    expectProblem(await change([]), 403, "confirmation_required");
    expectProblem(await change(["paths"]), 403, "confirmation_required");
    expect((await change(["only", "paths"])).json).toMatchObject({ demands: ["only", "paths"] });
  });
});
