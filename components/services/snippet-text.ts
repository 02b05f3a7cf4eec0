/** What the examples are filled in with. */
export interface Example {
  /** This Coffer's address, without a slash at the end. */
  origin: string;
  /** A secret that the service may resolve, or write. */
  name: string;
}

export interface Snippet {
  id: string;
  label: string;
  of: (example: Example) => string;
}

/** Where every example takes the token from: never from its own text, which ends up in files and histories. */
export const TOKEN_VARIABLE = "COFFER_TOKEN";

/** Examples that resolve one reference, in the languages that gateways and jobs are written in. */
export const RESOLVE_SNIPPETS: readonly Snippet[] = [
  { id: "curl", label: "curl", of: curl },
  { id: "node", label: "Node", of: node },
  { id: "python", label: "Python", of: python },
  { id: "shell", label: "Shell", of: shell },
];

/** Examples for a service that writes and does not resolve. */
export const WRITE_SNIPPETS: readonly Snippet[] = [{ id: "rotate", label: "Rotate", of: rotate }];

function curl({ origin, name }: Example): string {
  return `curl -sS ${origin}/api/v1/resolve \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
  -H 'Content-Type: application/json' \\
  -d '{"config": {"key": "$SECRET/${name}"}}'`;
}

function node({ origin, name }: Example): string {
  return `const answer = await fetch("${origin}/api/v1/resolve", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.${TOKEN_VARIABLE}}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({ config: { key: "$SECRET/${name}" } }),
});
if (!answer.ok) throw new Error(await answer.text());
const { config } = await answer.json();
console.log(config);`;
}

function python({ origin, name }: Example): string {
  return `import json
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    "${origin}/api/v1/resolve",
    data=json.dumps({"config": {"key": "$SECRET/${name}"}}).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["${TOKEN_VARIABLE}"],
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

function shell({ origin, name }: Example): string {
  return `umask 077
echo '{"config": {"key": "$SECRET/${name}"}}' > request.json
# A failure leaves the last good answer where it is, and says why.
if curl -sS --fail-with-body ${origin}/api/v1/resolve \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
  -H 'Content-Type: application/json' \\
  --data-binary @request.json > answer.json.new
then mv answer.json.new answer.json
else cat answer.json.new >&2; rm answer.json.new; fi`;
}

function rotate({ origin, name }: Example): string {
  return `# The new value goes from one command to the next, and onto no command line.
printf '{"value": "%s"}' "$(openssl rand -hex 32)" |
  curl -sS --fail-with-body ${origin}/api/v1/secrets/${name}/versions \\
    -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
    -H 'Content-Type: application/json' \\
    --data-binary @-`;
}
