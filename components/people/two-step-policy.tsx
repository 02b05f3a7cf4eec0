"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { PersonInfo, PolicyInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Confirm } from "../ui/confirm";
import { Section } from "../ui/page-header";
import { useToaster } from "../ui/toasts";
import { updatePolicy } from "./people-calls";

interface TwoStepPolicyProps {
  policy: PolicyInfo;
  people: readonly PersonInfo[];
  /** The id of the reader. */
  ownId: string;
}

/** Whether everybody needs a second factor, and the way to change it. */
export function TwoStepPolicy({ policy, people, ownId }: TwoStepPolicyProps) {
  const router = useRouter();
  const toaster = useToaster();
  const [asking, setAsking] = useState(false);
  const { requireTwoStep } = policy;
  const active = people.filter(({ state }) => state === "active");
  const without = active.filter(({ twoStep }) => !twoStep);
  const isOwnMissing = without.some(({ id }) => id === ownId);

  async function turn() {
    await updatePolicy({ requireTwoStep: !requireTwoStep });
    toaster.done(
      requireTwoStep ? "A second factor is optional" : "Everybody needs a second factor",
    );
    router.refresh();
  }

  return (
    <Section
      title="Second factor for all"
      about={
        requireTwoStep
          ? "Whoever signs in by password needs one, and sets it up before anything else."
          : "Optional: everybody chooses in their account."
      }
      actions={
        <Button tone={requireTwoStep ? "risky" : "plain"} onClick={() => setAsking(true)}>
          {requireTwoStep ? "Make it optional" : "Require it"}
        </Button>
      }
    >
      <p className="text-muted">
        {active.length - without.length} of {active.length} active people have one.
      </p>
      {asking ? (
        <Confirm
          title={requireTwoStep ? "Make the second factor optional?" : "Require a second factor?"}
          action={requireTwoStep ? "Make it optional" : "Require it"}
          busyAction="Saving…"
          tone={requireTwoStep ? "danger" : "primary"}
          onConfirm={turn}
          onClose={() => setAsking(false)}
        >
          {requireTwoStep ? (
            <p>
              From the next request on, nobody has to have one. Those who have one are still asked
              for it until they take it away.
            </p>
          ) : (
            <p>
              From the next request on, whoever signed in by password and has none can do nothing
              but set it up{without.length > 0 ? `: ${inWords(without.length)} now` : ""}.
              {isOwnMissing ? " You are one of them." : ""} Services are not touched, nor is who
              signs in by a provider.
            </p>
          )}
        </Confirm>
      ) : null}
    </Section>
  );
}

function inWords(count: number): string {
  return count === 1 ? "one person" : `${String(count)} people`;
}
