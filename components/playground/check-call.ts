import type { CheckReport } from "../../lib/shapes";
import { sendText } from "../api";
import { formatOf, type FormatId } from "./format";

export interface CheckRequest {
  /** The id of the service whose rules count. */
  service: string;
  text: string;
  format: FormatId;
  /** Patterns of names; none: all that the rules cover. */
  only: readonly string[];
  /** Globs of JSON pointers; none: everywhere. */
  paths: readonly string[];
}

/** What would become of a config's references. No value is in the answer. @throws Problem */
export function checkConfig(request: CheckRequest): Promise<CheckReport> {
  const { service, text, format, only, paths } = request;
  const query = new URLSearchParams({ service });
  if (format === "json") {
    return sendText(`/check?${query.toString()}`, formatOf(format).mediaType, bodyOf(request));
  }
  if (only.length > 0) query.set("only", only.join(","));
  for (const path of paths) query.append("paths", path);
  return sendText(`/check?${query.toString()}`, formatOf(format).mediaType, text);
}

/** The config as it was pasted, and not as it would be written again: numbers keep their digits. */
function bodyOf({ text, only, paths }: CheckRequest): string {
  const limits = [
    ...(only.length > 0 ? [`"only":${JSON.stringify(only)}`] : []),
    ...(paths.length > 0 ? [`"paths":${JSON.stringify(paths)}`] : []),
  ];
  return `{${[`"config":${text}`, ...limits].join(",")}}`;
}
