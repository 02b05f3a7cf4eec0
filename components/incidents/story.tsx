import type { IncidentStory, StoryEvent } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Section } from "../ui/page-header";
import { storyWords, toldEvents } from "./story-words";

/** All that was done under an incident, in order of time. */
export function Story({ story }: { story: IncidentStory }) {
  return (
    <Section title="The story" about="As it is in the audit record.">
      <ol aria-label="What was done" className="divide-y divide-line rounded-md border">
        {toldEvents(story.events).map((event, index) => (
          <Told key={`${event.at} ${String(index)}`} event={event} />
        ))}
        {story.more ? (
          <li className="px-4 py-2 text-muted">And more: these are the first 1,000 events.</li>
        ) : null}
      </ol>
    </Section>
  );
}

function Told({ event }: { event: StoryEvent }) {
  const { at, by, address, text, isTextLost, outcome } = event;
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-2">
      <div className="min-w-0 flex-1 basis-72 break-words">
        <p className={outcome === "ok" ? "" : "text-danger-text"}>
          <span className="font-strong">{by}</span> {storyWords(event)}
        </p>
        {text === null ? null : (
          <p className="mt-1 border-l-2 border-line-strong pl-3 whitespace-pre-wrap">{text}</p>
        )}
        {isTextLost ? (
          <p className="mt-1 text-danger-text">
            What was written here was changed or erased in the database by something other than
            Coffer.
          </p>
        ) : null}
      </div>
      <p className="text-small text-muted">
        <Ago at={at} className="print:hidden" />
        <span className="hidden print:inline">{at}</span> from{" "}
        <span className="mono">{address}</span>
      </p>
    </li>
  );
}
