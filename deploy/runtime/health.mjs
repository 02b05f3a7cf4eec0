/** Exits 0 if the Coffer of this machine is ready to answer, for a container's health check: no curl is needed for it. */
import { get } from "node:http";

const { HOST, PORT } = process.env;
const anywhere = { "0.0.0.0": "127.0.0.1", "::": "::1" };
const request = get({
  host: anywhere[HOST] ?? (HOST || "127.0.0.1"),
  port: PORT || 3000,
  path: "/health/ready",
  timeout: 4_000,
});
request.on("response", (response) => {
  response.resume();
  if (response.statusCode === 200) return;
  console.error(`/health/ready answered ${response.statusCode}.`);
  process.exitCode = 1;
});
request.on("timeout", () => request.destroy(Object.assign(new Error(), { code: "ETIMEDOUT" })));
request.on("error", (error) => {
  console.error(`Coffer does not answer: ${error.code}.`);
  process.exitCode = 1;
});
