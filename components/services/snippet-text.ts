import type { Demand } from "../../lib/shapes";

/** What the examples are filled in with. */
export interface Example {
  /** This Coffer's address, without a slash at the end. */
  origin: string;
  /** A secret that the service may resolve, check or write. */
  name: string;
  /** What the service has to send with each request. */
  demands: readonly Demand[];
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

/** Examples that expand a document in its own format, for a service that need not send paths. */
export const RENDER_SNIPPETS: readonly Snippet[] = [{ id: "render", label: "Render", of: render }];

/** Examples for a job that asks before it deploys. */
export const CHECK_SNIPPETS: readonly Snippet[] = [{ id: "check", label: "Check", of: check }];

/** Examples for a service that writes and does not resolve. */
export const WRITE_SNIPPETS: readonly Snippet[] = [{ id: "rotate", label: "Rotate", of: rotate }];

/** The limits that have to be sent, as members of a JSON object after others. */
function limits({ name, demands }: Example): string {
  const only = demands.includes("only") ? `, "only": ["${name}"]` : "";
  return demands.includes("paths") ? `${only}, "paths": ["/key"]` : only;
}

function curl(example: Example): string {
  const { origin, name } = example;
  return `curl -sS ${origin}/api/v1/resolve \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
  -H 'Content-Type: application/json' \\
  -d '{"config": {"key": "$SECRET/${name}"}${limits(example)}}'`;
}

function node(example: Example): string {
  const { origin, name } = example;
  return `const answer = await fetch("${origin}/api/v1/resolve", {
  method: "POST",
  headers: {
    authorization: \`Bearer \${process.env.${TOKEN_VARIABLE}}\`,
    "content-type": "application/json",
  },
  body: JSON.stringify({ config: { key: "$SECRET/${name}" }${limits(example)} }),
});
if (!answer.ok) throw new Error(await answer.text());
const { config } = await answer.json();
console.log(config);`;
}

function python(example: Example): string {
  const { origin, name } = example;
  return `import json
import os
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    "${origin}/api/v1/resolve",
    data=json.dumps({"config": {"key": "$SECRET/${name}"}${limits(example)}}).encode(),
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

function shell(example: Example): string {
  const { origin, name } = example;
  return `umask 077
echo '{"config": {"key": "$SECRET/${name}"}${limits(example)}}' > request.json
# A failure leaves the last good answer where it is, and says why.
if curl -sS --fail-with-body ${origin}/api/v1/resolve \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
  -H 'Content-Type: application/json' \\
  --data-binary @request.json > answer.json.new
then mv answer.json.new answer.json
else cat answer.json.new >&2; rm answer.json.new; fi`;
}

function render({ origin, name, demands }: Example): string {
  const query = demands.includes("only") ? `?only=${name}` : "";
  return `cat > config.yaml <<'END'
key: $SECRET/${name} # comments stay
END
# What comes back has values in it.
curl -sS --fail-with-body "${origin}/api/v1/render${query}" \\
  -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
  -H 'Content-Type: application/yaml' \\
  --data-binary @config.yaml`;
}

function check(example: Example): string {
  const { origin, name } = example;
  return `echo '{"key": "$SECRET/${name}"}' > config.json
# Ends with 22 and says why where a reference would not resolve. No value is read.
printf '{"config": %s${limits(example)}}' "$(cat config.json)" |
  curl -sS --fail-with-body -X POST "${origin}/api/v1/check?fail=errors" \\
    -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
    -H 'Content-Type: application/json' \\
    --data-binary @-`;
}

function rotate({ origin, name }: Example): string {
  return `# The new value goes from one command to the next, and onto no command line.
printf '{"value": "%s"}' "$(openssl rand -hex 32)" |
  curl -sS --fail-with-body ${origin}/api/v1/secrets/${name}/versions \\
    -H "Authorization: Bearer $${TOKEN_VARIABLE}" \\
    -H 'Content-Type: application/json' \\
    --data-binary @-`;
}
