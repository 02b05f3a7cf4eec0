import pg from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import { queryOn } from "./query";

async function connection(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const ADD = `SELECT $1::integer + 1 AS "sum"`;
const namesOn = async (client: pg.Client) =>
  (
    await client.query<{ name: string; statement: string }>(
      "SELECT name, statement FROM pg_prepared_statements",
    )
  ).rows;

test("a statement has the same name at every instance, and no other one has it, whichever is asked first", async () => {
  const one = await connection();
  const other = await connection();
  await queryOn(one, { isOn: true })(ADD, [1]);
  vi.resetModules();
  const another = await import("./query"); // as in another process
  const query = another.queryOn(other, { isOn: true });
  await query(`${ADD} -- another`, [1]);
  await query(ADD, [1]);
  const [name, ...more] = await namesOn(one);
  expect([name?.name, more]).toEqual([expect.stringMatching(/^coffer_/), []]);
  const names = await namesOn(other);
  expect(names).toHaveLength(2);
  expect(names.find(({ statement }) => statement === ADD)).toEqual(name);
});

test("a name that the connection does not know any more ends names, and the statement is asked all the same", async () => {
  const client = await connection();
  const naming = { isOn: true, told: 0, lost: () => naming.told++ };
  const query = queryOn(client, naming);
  await query(ADD, [1]);
  await client.query("DEALLOCATE ALL");
  expect(await Promise.all([query(ADD, [2]), query(ADD, [3])])).toEqual([
    [{ sum: 3 }],
    [{ sum: 4 }],
  ]);
  expect(await query(ADD, [4])).toEqual([{ sum: 5 }]);
  expect([naming.isOn, naming.told, await namesOn(client)]).toEqual([false, 1, []]);
});

test("a name that somebody else has given to the connection ends names, and the statement is asked all the same", async () => {
  const mine = await connection();
  await queryOn(mine, { isOn: true })(ADD, [1]);
  const [{ name } = { name: "" }] = await namesOn(mine);
  const theirs = await connection();
  await theirs.query(`PREPARE ${name} AS SELECT 1`);
  const naming = { isOn: true };
  expect(await queryOn(theirs, naming)(ADD, [1])).toEqual([{ sum: 2 }]);
  expect(naming.isOn).toBe(false);
});
