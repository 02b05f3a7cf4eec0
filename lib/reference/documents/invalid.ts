import { CofferError } from "../../errors";
import { Lines } from "./lines";

/**
 * The error for a document that is not one of its format. `what` is the end of a sentence, for people; it must
 * not quote the document, which may hold a value.
 */
export function invalidDocument(
  format: string,
  source: string,
  at: number,
  what: string,
): CofferError {
  const place = new Lines(source).placeOf(at);
  return new CofferError("invalid_document", `This is not valid ${format}: at ${place} ${what}.`, {
    details: { format, place },
  });
}
