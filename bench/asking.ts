import type { Target } from "./child";
import { ONE, requestText, type Sent } from "./requests";
import type { Asked } from "./resolving";

/** So many at a time, unless something else is said. */
export const CONNECTIONS = 64;

export function ask(target: Target, ...sent: Sendings): Asked {
  return askAll([target], ...sent);
}

type Sendings = [tokens: readonly (string | null)[], sent: Sent, path?: string, status?: number];

export function askAll(targets: readonly Target[], ...sendings: Sendings): Asked {
  const [tokens, sent, path = "/api/v1/resolve", status = sent.status] = sendings;
  const by = sent.byOneService ? tokens.slice(0, 1) : tokens;
  const requests = by.map((token) => requestText(path, token, sent.body));
  return { targets, requests, status, connections: CONNECTIONS, rate: null };
}

/** Teaches the bare server what Coffer answers. */
export async function prepareBare(
  bare: Target,
  target: Target,
  tokens: string[],
  sent: Sent,
): Promise<void> {
  const answer = await resolve(target, tokens, sent);
  await fetch(`http://127.0.0.1:${String(bare.port)}/case`, { method: "PUT", body: answer });
}

/** The plainest request, with the tag of its own answer. A tag is of one service, so that is the one that sends it. */
export async function unchanged(target: Target, tokens: string[]): Promise<Sent> {
  const { tag } = JSON.parse(await resolve(target, tokens, ONE)) as { tag: string };
  const body = { ...ONE.body, ifChangedFrom: tag };
  return { ...ONE, title: "one reference, unchanged", body, byOneService: true };
}

async function resolve(target: Target, [token = ""]: string[], { body }: Sent): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${String(target.port)}/api/v1/resolve`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.text();
}
