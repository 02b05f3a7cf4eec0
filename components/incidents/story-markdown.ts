import type { IncidentStory, ReaderInfo, ReadersReport } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { storyWords, toldEvents } from "./story-words";

/** An incident as a text to keep elsewhere. Times are ISO 8601. There is no value in it: there is none to put in. */
export function storyMarkdown(story: IncidentStory, report: ReadersReport | null): string {
  const closed =
    story.closedAt === null ? "open" : `closed ${story.closedAt} by ${story.closedBy ?? ""}`;
  const events = toldEvents(story.events).flatMap((event) => {
    const line = `- ${event.at} ${event.by} (${event.address}) ${storyWords(event)}`;
    if (event.isTextLost) return [line, "  > _This text was changed or erased in the database._"];
    return event.text === null ? [line] : [line, ...quoted(event.text)];
  });
  return [
    `# Incident: ${story.secret} in ${story.environment}`,
    "",
    `- May have leaked since: ${story.since}`,
    `- Opened: ${story.openedAt} by ${story.openedBy}`,
    `- State: ${closed}`,
    `- Id: ${story.id}`,
    "",
    "## What was done",
    "",
    ...events,
    ...(story.more ? ["- … and more: see the audit record."] : []),
    ...(report ? ["", ...readersPart(report)] : []),
    "",
  ].join("\n");
}

function quoted(text: string): string[] {
  return text.split("\n").map((line) => `  > ${line}`);
}

function readersPart({ since, until, readers }: ReadersReport): string[] {
  const read = readers.filter(({ reads }) => reads !== null);
  return [
    `## Who read it between ${since} and ${until}`,
    "",
    ...(read.length === 0 ? ["Nobody, as far as the record tells."] : read.map(readerLine)),
  ];
}

function readerLine({ service, reads, versions, addresses, tokens }: ReaderInfo): string {
  const from = addresses.map(({ address, count: times }) => `${address} (${count(times)})`);
  const by = tokens.map(({ id, hint }) => (hint === null ? `token ${id}` : `${hint}…`));
  return [
    `- ${service.name}: ${many(reads?.count ?? 0, "read")} from ${reads?.firstAt ?? ""} to ${reads?.lastAt ?? ""}`,
    `versions ${versions.join(", ")}`,
    `addresses ${from.join(", ")}`,
    ...(by.length > 0 ? [`tokens ${by.join(", ")}`] : []),
  ].join("; ");
}
