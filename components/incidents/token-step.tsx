"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { IncidentStory, ReaderInfo, ReadersReport } from "../../lib/shapes";
import { many } from "../ui/amount";
import { Button } from "../ui/button";
import { Ago } from "../ui/clock";
import { Confirm } from "../ui/confirm";
import { Checkbox } from "../ui/field";
import { useToaster } from "../ui/toasts";
import { disableService, endTokens } from "./incident-calls";
import { lastDone, Step } from "./step";
import { stopped } from "./version-steps";

interface TokenStepProps {
  story: IncidentStory;
  report: ReadersReport | null;
  /** Something was done: look again. */
  onDone: () => void;
}

type Asked = { what: "end"; services: ReaderInfo[] } | { what: "disable"; service: ReaderInfo };

/** End the tokens of chosen services, or disable one. */
export function TokenStep({ story, report, onDone }: TokenStepProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<Asked | null>(null);
  const isOpen = story.closedAt === null;
  const done = lastDone(story.events, "tokens.revoke");
  const services = (report?.readers ?? []).filter(({ state }) => state !== "deleted");
  const ticked = services.filter((each) => each.liveTokens > 0 && chosen.has(each.service.id));

  function tick(id: string, isTicked: boolean) {
    const next = new Set(chosen);
    if (isTicked) next.add(id);
    else next.delete(id);
    setChosen(next);
  }

  return (
    <Step
      title="End tokens"
      about="For services whose token may be in wrong hands. A service whose tokens are ended gets nothing any more, not this secret alone, until it has a new one. Can't be undone; disabling a service can."
      isDone={done !== undefined}
      last={done}
      says={saysOf(story, report)}
      action={
        isOpen && ticked.length > 0 ? (
          <Button tone="risky" onClick={() => setAsked({ what: "end", services: ticked })}>
            End tokens of {many(ticked.length, "service")}
          </Button>
        ) : null
      }
    >
      {isOpen && services.length > 0 ? (
        <ul
          aria-label="Services that read it or may"
          className="mt-2 divide-y divide-line rounded-md border"
        >
          {services.map((each) => (
            <ServiceRow
              key={each.service.id}
              reader={each}
              isTicked={chosen.has(each.service.id)}
              onTick={tick}
              onDisable={() => setAsked({ what: "disable", service: each })}
            />
          ))}
        </ul>
      ) : null}
      {asked ? (
        <Ask story={story} asked={asked} onDone={onDone} onClose={() => setAsked(null)} />
      ) : null}
    </Step>
  );
}

function saysOf(story: IncidentStory, report: ReadersReport | null): string {
  const ended = story.events
    .filter(({ action, outcome }) => action === "tokens.revoke" && outcome === "ok")
    .map(({ target }) => target);
  if (ended.length > 0) return `Ended those of ${[...new Set(ended)].join(", ")}.`;
  if (story.closedAt !== null) return "No tokens were ended.";
  return report === null ? "Look who read it first: the services are listed here then." : "";
}

interface ServiceRowProps {
  reader: ReaderInfo;
  isTicked: boolean;
  onTick: (id: string, isTicked: boolean) => void;
  onDisable: () => void;
}

function ServiceRow({ reader, isTicked, onTick, onDisable }: ServiceRowProps) {
  const { service, state, liveTokens, reads } = reader;
  return (
    <li className="flex items-start justify-between gap-3 px-3 py-2">
      <Checkbox
        label={service.name}
        checked={isTicked && liveTokens > 0}
        disabled={liveTokens === 0}
        onChange={(event) => onTick(service.id, event.target.checked)}
        hint={
          <>
            {liveTokens === 0 ? "no live token" : many(liveTokens, "live token")}
            {reads ? (
              <>
                , last read <Ago at={reads.lastAt} />
              </>
            ) : (
              ", no read since"
            )}
          </>
        }
      />
      {state === "disabled" ? (
        <span className="text-small text-muted">disabled</span>
      ) : (
        <Button tone="quiet" aria-label={`Disable ${service.name}`} onClick={onDisable}>
          Disable
        </Button>
      )}
    </li>
  );
}

interface AskProps {
  story: IncidentStory;
  asked: Asked;
  onDone: () => void;
  onClose: () => void;
}

function Ask({ story, asked, onDone, onClose }: AskProps) {
  const router = useRouter();
  const toaster = useToaster();

  function finish() {
    router.refresh();
    onDone();
  }

  async function end(services: readonly ReaderInfo[]) {
    const ended: string[] = [];
    try {
      for (const { service } of services) {
        await endTokens(story.id, service.id);
        ended.push(service.name);
      }
      toaster.done(`Ended the tokens of ${ended.join(", ")}`);
    } catch (error) {
      throw stopped(error, ended.length > 0 ? `Ended those of ${ended.join(", ")}.` : "");
    } finally {
      finish();
    }
  }

  if (asked.what === "disable") {
    const { service } = asked.service;
    return (
      <Confirm
        title={`Disable ${service.name}?`}
        action="Disable"
        busyAction="Disabling…"
        onClose={onClose}
        onConfirm={async () => {
          await disableService(story.id, service.id);
          toaster.done(`Disabled ${service.name}`);
          finish();
        }}
      >
        <p>
          Its requests are refused (401) from the next one on, with every token. Its tokens stay:
          enable it again on its page.
        </p>
      </Confirm>
    );
  }
  return (
    <Confirm
      title={`End the tokens of ${many(asked.services.length, "service")}?`}
      action="End tokens"
      busyAction="Ending…"
      onClose={onClose}
      onConfirm={() => end(asked.services)}
    >
      <p>
        Requests with them are refused (401) from the next one on: these services stand still until
        each has a new token. This can&apos;t be undone.
      </p>
      <ul aria-label="What breaks" className="divide-y divide-line rounded-md border">
        {asked.services.map(({ service, liveTokens, reads }) => (
          <li key={service.id} className="flex flex-wrap justify-between gap-x-3 px-3 py-1.5">
            <span className="font-strong break-words">{service.name}</span>
            <span className="text-small text-muted">
              {many(liveTokens, "token")}
              {reads ? (
                <>
                  , read it <Ago at={reads.lastAt} />
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
    </Confirm>
  );
}
