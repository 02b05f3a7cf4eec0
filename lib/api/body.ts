import { CofferError } from "../errors";
import { MEDIA_TYPES } from "../reference/documents/formats";
import { requireDistinctKeys } from "../reference/json-text";
import type { Route } from "./route";

/** The largest body that is read, in bytes. */
export const BODY_LIMIT_BYTES = 1_048_576;

/** A body as it was sent, beside what it means: resolve splices into the text. */
export interface SentBody {
  /** Without parameters. */
  mediaType: string;
  text: string;
  /** What JSON says; undefined for a document. */
  value: unknown;
}

const JSON_TYPE = "application/json";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the body of a request to `route`; undefined where there is none and the route can do without.
 * @throws CofferError `unsupported_media_type`, `invalid_request`, `invalid_encoding`, `invalid_json`
 */
export function readBody(
  route: Route | undefined,
  contentType: string | undefined,
  bytes: Buffer,
): SentBody | undefined {
  const takesDocuments = route?.documents ?? false;
  if (bytes.length === 0 && !takesDocuments && isOptional(route)) return undefined;
  const mediaType = mediaTypeOf(contentType);
  const isJson = mediaType === JSON_TYPE;
  if (mediaType === null || !(isJson || (takesDocuments && MEDIA_TYPES.includes(mediaType)))) {
    throw unsupported(takesDocuments);
  }
  if (takesDocuments && (!isJson || !route?.body)) return documentBody(mediaType, bytes);
  if (route && !route.body) throw new CofferError("invalid_request", "No body is expected here.");
  const body = parseBody(bytes);
  // What is spliced into keeps its text, and its own members are looked at where it is read.
  if (!route?.raw) requireDistinctKeys(body.text);
  return { mediaType, ...body };
}

function isOptional(route: Route | undefined): boolean {
  return route?.body?.safeParse(undefined).success ?? true;
}

/** The error for a body of a type that is not taken. */
export function unsupported(takesDocuments = false): CofferError {
  const types = takesDocuments ? `one of ${MEDIA_TYPES.join(", ")}` : JSON_TYPE;
  return new CofferError(
    "unsupported_media_type",
    takesDocuments
      ? `Send the document with its Content-Type, in UTF-8: ${types}.`
      : `Send the body as \`Content-Type: ${types}\`, in UTF-8.`,
  );
}

/** A document is read by the vault, as its format has it. An empty one is a file that was not found. */
function documentBody(mediaType: string, bytes: Buffer): SentBody {
  if (bytes.length === 0) {
    throw new CofferError("invalid_request", "The body is empty. Send the document as the body.");
  }
  return { mediaType, text: decodeBody(bytes), value: undefined };
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
function parseBody(bytes: Buffer): Omit<SentBody, "mediaType"> {
  const text = decodeBody(bytes);
  try {
    return { text, value: JSON.parse(text) as unknown };
  } catch {
    // The parser's own message quotes the text, which may hold a value.
    const what =
      text === "" ? "The body is empty; JSON is expected." : "The body is not valid JSON.";
    throw new CofferError("invalid_json", what);
  }
}

function decodeBody(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw new CofferError("invalid_encoding", "The body is not valid UTF-8. Nothing was done.");
  }
}

/** The media type of a Content-Type, in lower case; null unless it is text in UTF-8, said or left unsaid. */
function mediaTypeOf(contentType: string | undefined): string | null {
  const [type = "", ...parameters] = (contentType ?? "").toLowerCase().split(";");
  const isUtf8 = parameters.every((parameter) => {
    const [key = "", value = ""] = parameter.split("=");
    return key.trim() !== "charset" || /^"?utf-?8"?$/.test(value.trim());
  });
  return isUtf8 ? type.trim() : null;
}
