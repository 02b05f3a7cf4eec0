import { readFileSync } from "node:fs";
import { request, type ClientRequest } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Client, mustCreateService, mustMintToken, temporaryHome } from "../support/coffer";
import { ON_POSTGRES } from "../support/database";
import { TEST_ADMIN } from "../support/keys";
import { runToEnd, startProcess } from "../support/process";
import { signIn } from "../support/sign-in";
import { watchPath, WatchConnection } from "../support/watch";

/** Sends the head of a request and the first half of its body. */
function beginUpload(url: string): {
  upload: ClientRequest;
  rest: string;
  answered: Promise<number>;
} {
  const body = JSON.stringify({
    link: "not-a-link",
    email: "a@example.com",
    name: "A",
    password: "",
  });
  const upload = request(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": body.length },
  });
  const answered = new Promise<number>((resolve, reject) => {
    upload.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    upload.on("error", reject);
  });
  upload.write(body.slice(0, 20));
  return { upload, rest: body.slice(20), answered };
}

const aMoment = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a request in flight is finished before the process stops, and new ones are not taken", async () => {
  const coffer = await startProcess({ home: temporaryHome() });
  const { upload, rest, answered } = beginUpload(coffer.url);
  await aMoment(200);
  const ended = coffer.end("SIGTERM");
  await aMoment(300);
  await expect(fetch(`${coffer.url}/health/live`)).rejects.toThrow();
  upload.end(rest);
  expect(await answered).toBe(401); // invalid_link: it was read to the end and answered
  expect(await ended).toBe(0);
});

test("an upload that never ends does not keep the process from stopping", async () => {
  const coffer = await startProcess({ home: temporaryHome() });
  const { answered } = beginUpload(coffer.url);
  answered.catch(() => undefined);
  await aMoment(200);
  expect(await coffer.end("SIGTERM")).toBe(0);
});

test("who watches is told to connect again, and does not keep the process from stopping", async () => {
  const { email, password } = TEST_ADMIN;
  const env = { COFFER_ADMIN_EMAIL: email, COFFER_ADMIN_PASSWORD: password };
  const coffer = await startProcess({ home: temporaryHome(), env });
  const cookie = await signIn(coffer.url, email, password);
  const admin = new Client(coffer.url, { cookie, origin: coffer.url });
  const { id } = await mustCreateService(admin, "gateway", ["*"]);
  const { token } = await mustMintToken(admin, id);
  const service = new Client(coffer.url, { authorization: `Bearer ${token}` });
  const connection = new WatchConnection(service, watchPath("$SECRET/KEY"));
  await connection.heard("state");
  const ended = coffer.end("SIGTERM");
  expect(await connection.heard("end")).toMatchObject({ reason: "stopping", reconnect: true });
  expect(await ended).toBe(0);
  expect(coffer.output()).not.toContain("cut off");
});

test.skipIf(ON_POSTGRES)(
  "two processes that start at once on an empty folder agree on one key",
  async () => {
    const home = temporaryHome();
    const env = { TYK_AI_SECRET_KEY: "" };
    const [one, other] = await Promise.all([
      startProcess({ home, env }),
      startProcess({ home, env }),
    ]);
    expect(await one.end("SIGTERM")).toBe(0);
    expect(await other.end("SIGTERM")).toBe(0);
    expect(readFileSync(join(home, ".env"), "utf8").match(/TYK_AI_SECRET_KEY=/g)).toHaveLength(1);
    const again = await startProcess({ home, env });
    expect(await again.end("SIGTERM")).toBe(0);
  },
);

test("a setting that can't be right stops the start with one line that says what it takes", async () => {
  const { code, output } = await runToEnd({
    home: temporaryHome(),
    env: { TYK_AI_SECRET_KEY: "short" },
  });
  expect(code).toBe(1);
  expect(output).toBe("Coffer did not start. TYK_AI_SECRET_KEY takes at least 16 characters.\n");
});
