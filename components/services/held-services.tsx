"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { RELEASED_AT_ONCE } from "../../lib/bounds";
import type { HeldBecause, ServiceInfo } from "../../lib/shapes";
import { count, many } from "../ui/amount";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Checkbox } from "../ui/field";
import { Empty } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { HeldService } from "./held-service";
import { chooseWords, tooManyWords } from "./held-words";
import { releaseServices } from "./service-calls";

const BECAUSE: Record<HeldBecause, string> = {
  restored:
    "This vault was restored from a backup, which may be older than the day on which you took a right away.",
  reset: "The keys of this vault were reset.",
};

/** The services that are held, and what is decided about those that are chosen. */
export function HeldServices({ heldServices: services }: { heldServices: readonly ServiceInfo[] }) {
  const router = useRouter();
  const toaster = useToaster();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asked, setAsked] = useState<"enable" | "leaveOff" | null>(null);
  const ids = services.map(({ id }) => id).filter((id) => chosen.has(id));
  const all = services.slice(0, RELEASED_AT_ONCE).map(({ id }) => id);
  const tooMany = tooManyWords(ids.length);
  const canDecide = ids.length > 0 && tooMany === null;
  const reasons = [...new Set(services.flatMap(({ held }) => held ?? []))];

  if (services.length === 0) {
    return (
      <Empty title="No service is held">
        After a restore, every service is off until an admin has looked at it here.
      </Empty>
    );
  }

  function choose(id: string, isChosen: boolean) {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  }

  async function decide() {
    if (asked === null) return;
    await releaseServices({ [asked]: ids });
    const what = many(ids.length, "service");
    toaster.done(
      asked === "enable" ? `Enabled ${what}` : `${what} stay${ids.length === 1 ? "s" : ""} off`,
    );
    setChosen(new Set());
    router.refresh();
  }

  return (
    <>
      <div className="mb-4 flex max-w-[72ch] flex-col gap-2">
        {reasons.map((because) => (
          <p key={because}>{BECAUSE[because]}</p>
        ))}
        <p>
          So every service that was in force is off. Look at what each may do and at its tokens, and
          enable those that you know. Revoke a token that you don&apos;t know on the service&apos;s
          page first.
        </p>
      </div>
      <div className="rounded-md border">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-t-md border-b bg-sunken px-3 py-2">
          <Checkbox
            label={chooseWords(services.length)}
            checked={all.every((id) => chosen.has(id))}
            onChange={(event) => setChosen(new Set(event.target.checked ? all : []))}
          />
          <div className="ml-auto flex flex-wrap items-center gap-2">
            <p role="status" className="text-soon-text empty:hidden">
              {tooMany}
            </p>
            <Button disabled={!canDecide} onClick={() => setAsked("leaveOff")}>
              Leave off
            </Button>
            <Button tone="primary" disabled={!canDecide} onClick={() => setAsked("enable")}>
              Enable {ids.length > 0 ? count(ids.length) : ""}
            </Button>
          </div>
        </div>
        <ul aria-label="Held services">
          {services.map((service) => (
            <HeldService
              key={service.id}
              service={service}
              isChosen={chosen.has(service.id)}
              onChoose={(isChosen) => choose(service.id, isChosen)}
            />
          ))}
        </ul>
      </div>
      {asked === null ? null : (
        <Confirm
          title={
            asked === "enable"
              ? `Enable ${many(ids.length, "service")}?`
              : `Leave ${many(ids.length, "service")} off?`
          }
          action={asked === "enable" ? "Enable" : "Leave off"}
          busyAction="Saving…"
          tone="primary"
          onConfirm={decide}
          onClose={() => setAsked(null)}
        >
          {asked === "enable" ? (
            <p>From the next request on their live tokens work, within their rules.</p>
          ) : (
            <p>They stay disabled, and leave this list. Enable one under Services at any time.</p>
          )}
        </Confirm>
      )}
    </>
  );
}
