import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { freePort } from "./process";

/** Whether PgBouncer is installed here. */
export const HAS_PGBOUNCER = spawnSync("pgbouncer", ["--version"]).status === 0;

/** It refuses to run as root. */
const NOBODY = 65_534;

/**
 * PgBouncer in front of a server, which gives a connection to somebody else after each transaction, and has so many for each
 * database. Returns what leads through it. Ended after the test.
 */
export async function poolerTo(
  serverUrl: string,
  poolSize: number,
): Promise<(databaseUrl: string) => string> {
  const { hostname, port, username, password } = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), "coffer-pgbouncer-"));
  const listenPort = await freePort();
  const server = [
    ...[`host=${hostname} port=${port} user=${decodeURIComponent(username)}`],
    ...[`password='${decodeURIComponent(password)}' pool_size=${String(poolSize)}`],
  ].join(" ");
  const settings = [
    ...["[databases]", `* = ${server}`, "[pgbouncer]"],
    ...["listen_addr = 127.0.0.1", `listen_port = ${String(listenPort)}`, "unix_socket_dir ="],
    ...["auth_type = any", "pool_mode = transaction", "max_client_conn = 500"],
  ];
  writeFileSync(join(folder, "pgbouncer.ini"), `${settings.join("\n")}\n`, { mode: 0o644 });
  chmodSync(folder, 0o755);
  const isRoot = userInfo().uid === 0;
  const child = spawn("pgbouncer", [join(folder, "pgbouncer.ini")], {
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  while (!(await isListening(listenPort))) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start:\n${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return (databaseUrl) =>
    Object.assign(new URL(databaseUrl), { hostname: "127.0.0.1", port: String(listenPort) }).href;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
