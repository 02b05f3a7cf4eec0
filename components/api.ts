/**
 * A problem document (RFC 9457) that the API answered, or that stands for no answer at all. `message` is
 * written for people and safe to show.
 */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly requestId?: string,
    private readonly errors: readonly FieldError[] = [],
    /** The limits that a service has to send and that were not (`limits_required`). */
    readonly missing: readonly string[] = [],
    /** The secret that a new one's name is taken by (`in_trash`). */
    readonly inTrash: TrashedName | null = null,
  ) {
    super(detail);
  }

  /** What is wrong with one field of the body, if the problem says so. */
  at(field: string): string | undefined {
    const error = this.errors.find(({ pointer }) => {
      const path = pointer.replace(/^#/, "");
      return path === `/${field}` || path.startsWith(`/${field}/`);
    });
    return error?.message;
  }
}

/** A secret in the trash, and until when it stays there. */
export interface TrashedName {
  name: string;
  purgeAt: string | null;
}

interface FieldError {
  pointer: string;
  message: string;
}

interface ProblemDocument {
  title?: string;
  detail?: string;
  code?: string;
  requestId?: string;
  errors?: FieldError[];
  missing?: string[];
  name?: string;
  purgeAt?: string | null;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

let askAgain: (() => Promise<boolean>) | null = null;

/** Sets what is done when Coffer wants to know again that it is them: true once they have shown it. */
export function onConfirmationRequired(ask: (() => Promise<boolean>) | null): void {
  askAgain = ask;
}

/**
 * One call to the API, as the person who is signed in. The path is below `/api/v1`. Where Coffer wants to know
 * again that it is them, they are asked and the call is made once more.
 * @throws Problem
 */
export function send<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  return confirmed(() => sendOnce<T>(method, path, body, signal));
}

async function confirmed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const isAsked = error instanceof Problem && error.code === "confirmation_required";
    if (!isAsked || askAgain === null) throw error;
    if (await askAgain()) return call();
    throw new Problem(403, error.code, "Nothing was changed: it was not confirmed that it is you.");
  }
}

/** The same, without asking. @throws Problem */
export async function sendOnce<T>(
  method: Method,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const answer = await reach(`/api/v1${path}`, {
    method,
    headers: body === undefined ? {} : { "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
    cache: "no-store",
    signal: signal ?? null,
  });
  return answered<T>(answer);
}

/** A file that came whole, and what the server calls it. */
export interface Download {
  file: Blob;
  name: string;
}

/**
 * Posts `body`, and returns the file that is answered once all of it is here. `onBytes` is told how much that is so
 * far. Asks as `send` does. @throws Problem also where the file breaks off
 */
export function download(
  path: string,
  body: unknown,
  { onBytes, signal }: { onBytes: (bytes: number) => void; signal: AbortSignal },
): Promise<Download> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body), cache: "no-store" } as const;
  return confirmed(async () => {
    let bytes = 0;
    const counted = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, out) {
        onBytes((bytes += piece.length));
        out.enqueue(piece);
      },
    });
    try {
      const answer = await reach(`/api/v1${path}`, { ...init, signal });
      if (!answer.ok || !answer.body) throw await problemOf(answer);
      const kept = answer.headers.get("content-disposition") ?? "";
      const file = await new Response(answer.body.pipeThrough(counted)).blob();
      return { file, name: /filename="([^"]+)"/.exec(kept)?.[1] ?? "download" };
    } catch (error) {
      if (error instanceof Problem) throw error;
      const why = signal.aborted ? "Cancelled." : "The connection ended before the file did.";
      throw new Problem(0, "broken_off", `${why} Nothing was saved.`);
    }
  });
}

/**
 * Posts what may be large, and tells as it goes which part of it is sent, from 0 to 1. Asks as `send` does.
 * @throws Problem
 */
export function sendLarge<T>(
  path: string,
  body: unknown,
  sent: (part: number) => void,
): Promise<T> {
  const text = JSON.stringify(body);
  return confirmed(async () => answered<T>(await upload(`/api/v1${path}`, text, sent)));
}

/** Posts a text as it is. @throws Problem */
export async function sendText<T>(path: string, mediaType: string, text: string): Promise<T> {
  const headers = { "content-type": mediaType };
  const body = new TextEncoder().encode(text); // as a text it would be sent with a charset of its own
  const init = { method: "POST", headers, body, cache: "no-store" } as const;
  return answered<T>(await reach(`/api/v1${path}`, init));
}

async function answered<T>(answer: Response): Promise<T> {
  if (!answer.ok) throw await problemOf(answer);
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}

/** The path of a secret, or of something below it, below `/api/v1`. */
export function secretPath(environment: string, name: string, below = "", query = ""): string {
  return `/secrets/${encodeURIComponent(name)}${below}?environment=${encodeURIComponent(environment)}${query}`;
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw noAnswer();
  }
}

/** `fetch` does not tell how much of a body is sent. */
function upload(url: string, body: string, sent: (part: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("content-type", "application/json");
    request.upload.onprogress = ({ loaded, total }) => sent(total > 0 ? loaded / total : 0);
    request.upload.onload = () => sent(1);
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
    request.onerror = () => reject(noAnswer());
    request.onabort = request.onerror;
    request.send(body);
  });
}

function noAnswer(): Problem {
  return new Problem(
    0,
    "no_answer",
    "Coffer did not answer. Check the connection, then try again.",
  );
}

async function problemOf(answer: Response): Promise<Problem> {
  const problem = await documentOf(answer);
  const code = problem.code ?? "unknown";
  const detail =
    answer.status === 401 && code === "unauthenticated"
      ? "Your session has ended. Sign in again in another tab, then come back and save: what you typed is still here."
      : (problem.detail ??
        problem.title ??
        `Coffer answered with status ${String(answer.status)}.`);
  return new Problem(
    answer.status,
    code,
    detail,
    problem.requestId,
    problem.errors,
    problem.missing,
    code === "in_trash" && problem.name !== undefined
      ? { name: problem.name, purgeAt: problem.purgeAt ?? null }
      : null,
  );
}

async function documentOf(answer: Response): Promise<ProblemDocument> {
  try {
    return (await answer.json()) as ProblemDocument;
  } catch {
    return {};
  }
}
