import { CofferError } from "../errors";
import { requireDistinctKeys } from "../reference/json-text";
import type { Route } from "./route";

/** The largest body that is read, in bytes. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** A body as it was sent, beside what it means: resolve splices into the text. */
export interface JsonBody {
  text: string;
  value: unknown;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the body of a request to `route`; undefined where there is none and the route can do without.
 * @throws CofferError `unsupported_media_type`, `invalid_request`, `invalid_encoding`, `invalid_json`
 */
export function readBody(
  route: Route | undefined,
  contentType: string | undefined,
  bytes: Buffer,
): JsonBody | undefined {
  const optional = route?.body?.safeParse(undefined).success ?? true;
  if (bytes.length === 0 && optional) return undefined;
  if (!isJson(contentType)) {
    throw new CofferError(
      "unsupported_media_type",
      "Send the body as `Content-Type: application/json`, in UTF-8.",
    );
  }
  if (route && !route.body) throw new CofferError("invalid_request", "No body is expected here.");
  const body = parseBody(bytes);
  // What is spliced into keeps its text, and its own members are looked at where it is read.
  if (!route?.raw) requireDistinctKeys(body.text);
  return body;
}

/** @throws CofferError `unsupported_media_type` for a body that is compressed, or says that it is */
export function requireIdentity(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined || /^\s*(identity\s*)?$/i.test(contentEncoding)) return;
  throw new CofferError(
    "unsupported_media_type",
    "Send the body as it is, without a Content-Encoding.",
  );
}

/**
 * Reads a JSON body. Strict where JSON.parse is given a string by most servers: bytes that are not UTF-8
 * are refused and not replaced, so what is stored is what was sent.
 * @throws CofferError `invalid_encoding`, `invalid_json`
 */
function parseBody(bytes: Buffer): JsonBody {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new CofferError("invalid_encoding", "The body is not valid UTF-8. Nothing was done.");
  }
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    // The parser's own message quotes the text, which may hold a value.
    const what =
      text === "" ? "The body is empty; JSON is expected." : "The body is not valid JSON.";
    throw new CofferError("invalid_json", what);
  }
}

/** Whether a Content-Type is JSON in UTF-8. */
function isJson(contentType: string | undefined): boolean {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  if (type.trim() !== "application/json") return false;
  return parameters.every((parameter) => {
    const [key = "", value = ""] = parameter.split("=");
    return key.trim() !== "charset" || /^"?utf-?8"?$/.test(value.trim());
  });
}
