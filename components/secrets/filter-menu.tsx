"use client";

import { ListFilter } from "lucide-react";
import { ATTENTIONS, type Attention } from "../../lib/attention";
import { Button } from "../ui/button";
import { Menu, MenuChoices } from "../ui/menu";
import { ATTENTION_WORDS } from "./attention-words";

interface FilterMenuProps {
  attention: Attention | "";
  /** Whether values were lost with a key: in any other vault there is no such filter to choose. */
  hasLost: boolean;
  onChoose: (attention: Attention | "") => void;
}

/** Chooses secrets by how they ask for attention. */
export function FilterMenu({ attention, hasLost, onChoose }: FilterMenuProps) {
  return (
    <Menu
      label="Filter"
      align="start"
      trigger={<Button icon={<ListFilter aria-hidden size={14} />}>Filter</Button>}
    >
      <MenuChoices<Attention | "">
        label="Filter"
        value={attention}
        options={[
          { value: "", label: "All" },
          ...ATTENTIONS.filter((each) => each !== "lost" || hasLost).map((each) => ({
            value: each,
            label: ATTENTION_WORDS[each].filter,
          })),
        ]}
        onChoose={onChoose}
      />
    </Menu>
  );
}
