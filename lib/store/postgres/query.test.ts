import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { queryOn } from "./query";

async function connection(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: inject("postgresUrl") });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const ADD = `SELECT $1::integer + 1 AS "sum"`;
const namesOn = async (client: pg.Client) =>
  (await client.query<{ name: string }>("SELECT name FROM pg_prepared_statements")).rows;

test("a statement has the same name on every connection, and another statement has another one", async () => {
  const one = await connection();
  const other = await connection();
  await queryOn(one, { isOn: true })(ADD, [1]);
  await queryOn(other, { isOn: true })(`${ADD} -- another`, [1]);
  await queryOn(other, { isOn: true })(ADD, [1]);
  const [name, ...more] = await namesOn(one);
  expect(more).toEqual([]);
  const names = await namesOn(other);
  expect(new Set(names.map((each) => each.name)).size).toBe(2);
  expect(names).toContainEqual(name);
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
