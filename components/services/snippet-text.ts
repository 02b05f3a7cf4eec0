/** What the examples are filled in with. */
export interface Example {
  /** This Coffer's address, without a slash at the end. */
  origin: string;
  token: string;
  /** A secret that the service may resolve. */
  name: string;
}

/** Examples that resolve one reference, in the languages that gateways and jobs are written in. */
export const SNIPPETS: readonly { id: string; label: string; of: (example: Example) => string }[] =
  [
    { id: "curl", label: "curl", of: curl },
    { id: "node", label: "Node", of: node },
    { id: "python", label: "Python", of: python },
    { id: "shell", label: "Shell", of: shell },
  ];

function curl({ origin, token, name }: Example): string {
  return `curl -sS ${origin}/api/v1/resolve \\
  -H 'Authorization: Bearer ${token}' \\
  -H 'Content-Type: application/json' \\
  -d '{"config": {"key": "$SECRET/${name}"}}'`;
}

function node({ origin, token, name }: Example): string {
  return `const answer = await fetch("${origin}/api/v1/resolve", {
  method: "POST",
  headers: {
    authorization: "Bearer ${token}",
    "content-type": "application/json",
  },
  body: JSON.stringify({ config: { key: "$SECRET/${name}" } }),
});
if (!answer.ok) throw new Error(await answer.text());
const { config } = await answer.json();
console.log(config);`;
}

function python({ origin, token, name }: Example): string {
  return `import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    "${origin}/api/v1/resolve",
    data=json.dumps({"config": {"key": "$SECRET/${name}"}}).encode(),
    headers={
        "Authorization": "Bearer ${token}",
        "Content-Type": "application/json",
    },
)
try:
    with urlopen(request) as answer:
        config = json.load(answer)["config"]
except HTTPError as error:
    raise SystemExit(error.read().decode())
print(config)`;
}

function shell({ origin, token, name }: Example): string {
  return `umask 077
export COFFER_TOKEN='${token}'
echo '{"config": {"key": "$SECRET/${name}"}}' > request.json
# A failure leaves the last good answer where it is, and says why.
if curl -sS --fail-with-body ${origin}/api/v1/resolve \\
  -H "Authorization: Bearer $COFFER_TOKEN" \\
  -H 'Content-Type: application/json' \\
  --data-binary @request.json > answer.json.new
then mv answer.json.new answer.json
else cat answer.json.new >&2; rm answer.json.new; fi`;
}
