"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { IncidentStory } from "../../lib/shapes";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Trouble } from "../ui/notice";
import { useToaster } from "../ui/toasts";
import { useSave } from "../use-save";
import { EntryField } from "./entry-field";
import { closeIncident, writeEntry } from "./incident-calls";
import { lastDone, Step } from "./step";

/** Write down what happened. */
export function WriteStep({ story }: { story: IncidentStory }) {
  const router = useRouter();
  const toaster = useToaster();
  const [text, setText] = useState("");
  const save = useSave();
  const entries = story.events.filter((event) => event.text !== null);

  async function submit() {
    if (save.busy) return;
    await save.run(async () => {
      await writeEntry(story.id, text);
      setText("");
      toaster.done("Written down");
      router.refresh();
    });
  }

  return (
    <Step
      title="Write down what happened"
      about="When and how it was noticed, what the provider was asked to do, who was told. An entry is never changed: what corrects it is another one."
      isDone={entries.length > 0}
      last={entries.at(-1)}
      says={entries.length === 0 ? "Nothing yet." : `${many(entries.length, "text")}.`}
    >
      <form
        className="mt-3 flex max-w-[640px] flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <EntryField label="Entry" text={text} error={save.problem?.at("text")} onChange={setText} />
        <Trouble problem={save.problem?.at("text") === undefined ? save.problem : null} />
        <div>
          <Button type="submit" busy={save.busy} disabled={text.trim() === ""}>
            {save.busy ? "Writing…" : "Write it down"}
          </Button>
        </div>
      </form>
    </Step>
  );
}

interface CloseStepProps {
  story: IncidentStory;
  /** What is not done yet, in words. */
  left: readonly string[];
}

/** Close it, for good. */
export function CloseStep({ story, left }: CloseStepProps) {
  const router = useRouter();
  const toaster = useToaster();
  const [asking, setAsking] = useState(false);
  const done = lastDone(story.events, "incidents.close");
  return (
    <Step
      title="Close"
      about="The secret's page says no longer that an incident is open. It can't be opened again, but another one can."
      isDone={done !== undefined}
      last={done}
      says={done ? "Closed." : "Open."}
      action={
        story.closedAt === null ? (
          <Button onClick={() => setAsking(true)}>Close the incident</Button>
        ) : null
      }
    >
      {asking ? (
        <Confirm
          title="Close the incident?"
          action="Close"
          busyAction="Closing…"
          tone="primary"
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await closeIncident(story.id, "");
            toaster.done("Closed the incident");
            router.refresh();
          }}
        >
          <p>Nothing more can be done under it, but for writing.</p>
          {left.length > 0 ? (
            <div>
              <p className="font-strong">Not done:</p>
              <ul className="list-disc pl-5">
                {left.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </div>
          ) : null}
        </Confirm>
      ) : null}
    </Step>
  );
}
