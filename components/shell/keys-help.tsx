"use client";

import { Checkbox } from "../ui/field";
import { Modal, ModalBody } from "../ui/modal";
import { useKeySwitch } from "./use-keys";

const GROUPS = [
  {
    title: "Everywhere",
    keys: [
      [["?"], "This list"],
      [["Esc"], "Close what is open"],
    ],
  },
  {
    title: "In a list",
    keys: [
      [["/"], "Search"],
      [["n"], "New secret, service or environment"],
      [["↑", "↓"], "Move between rows"],
      [["←", "→"], "Move between the actions of a row"],
      [["Enter"], "Open the row"],
    ],
  },
  {
    title: "On a secret",
    keys: [
      [["c"], "Copy its reference"],
      [["r"], "Rotate"],
    ],
  },
  {
    title: "In the playground",
    keys: [
      [["Ctrl", "Enter"], "Check (⌘ Enter on a Mac)"],
      [["←", "→"], "Move between the marks of the text"],
    ],
  },
] as const;

/** What the keys do, and the switch for those that work anywhere on a page. */
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const [on, turn] = useKeySwitch();
  return (
    <Modal title="Keys" onClose={onClose}>
      <ModalBody>
        {GROUPS.map((group) => (
          <section key={group.title}>
            <h3 className="mb-1 text-small text-muted">{group.title}</h3>
            <dl className="divide-y divide-line border-y border-line">
              {group.keys.map(([keys, does]) => (
                <div key={does} className="flex items-center justify-between gap-4 py-1.5">
                  <dt className="order-2 flex gap-1">
                    {keys.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <Checkbox
          label="Single keys are on"
          hint="Turn them off if speech input or chance presses set them off."
          checked={on}
          onChange={(event) => turn(event.target.checked)}
        />
      </ModalBody>
    </Modal>
  );
}

/** A key, drawn as one. */
export function Key({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong bg-sunken px-1 text-small text-muted">
      {children}
    </kbd>
  );
}
