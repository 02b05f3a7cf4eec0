"use client";

import type { Demand } from "../../lib/shapes";
import { Checkbox } from "../ui/field";

const DEMANDS: readonly { demand: Demand; label: string; hint: string }[] = [
  {
    demand: "only",
    label: "Has to send only",
    hint: "With each request it lists the names that this config may use. All others are denied.",
  },
  {
    demand: "paths",
    label: "Has to send paths",
    hint: "With each request it says where in the JSON references are meant. What stands elsewhere stays text. Other formats can't be sent then.",
  },
];

interface DemandFieldsProps {
  demands: readonly Demand[];
  error: string | undefined;
  onChange: (demands: Demand[]) => void;
}

/** What a service has to send with each request to resolve, render or check. */
export function DemandFields({ demands, error, onChange }: DemandFieldsProps) {
  function toggle(demand: Demand, on: boolean) {
    const others = demands.filter((each) => each !== demand);
    onChange(on ? [...others, demand] : others);
  }

  return (
    <fieldset className="flex flex-col gap-2 border-t pt-5">
      <legend className="sr-only">Demands</legend>
      <p aria-hidden className="font-strong">
        Demands
      </p>
      <p className="text-small text-muted">
        For a service whose configs hold text that others wrote: without these, whoever writes such
        a text can put a reference into it and get any secret that the rules cover. A request
        without them is refused.
      </p>
      {DEMANDS.map(({ demand, label, hint }) => (
        <Checkbox
          key={demand}
          label={label}
          hint={hint}
          checked={demands.includes(demand)}
          onChange={(event) => toggle(demand, event.target.checked)}
        />
      ))}
      <div role="alert" className="text-small text-danger-text empty:hidden">
        {error}
      </div>
    </fieldset>
  );
}
