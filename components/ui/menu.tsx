"use client";

import * as Dropdown from "@radix-ui/react-dropdown-menu";
import { Check } from "lucide-react";
import {
  createContext,
  useCallback,
  useContext,
  useRef,
  useState,
  type ReactElement,
  type ReactNode,
} from "react";

/** Notes what to do once the menu has closed. */
const Choose = createContext<(act: () => void) => void>(() => undefined);

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactElement;
  label: string;
  align?: "start" | "end";
  side?: "top" | "bottom";
  children: ReactNode;
}

/**
 * A menu under a button. What an item does happens after the menu has closed and focus is back on the
 * button, so that a dialog opened by an item can give focus back to the button in its turn.
 */
export function Menu({ trigger, label, align = "end", side = "bottom", children }: MenuProps) {
  const button = useRef<HTMLButtonElement>(null);
  const chosen = useRef<(() => void) | null>(null);
  const leftByPointer = useRef(false);
  const [landmark, setLandmark] = useState<HTMLElement | null>(null);

  // The menu goes into the landmark that its button is in, so that a screen reader finds it there.
  function onOpenChange(open: boolean) {
    if (!open) return;
    leftByPointer.current = false;
    setLandmark(button.current?.closest<HTMLElement>("main, header, [role=dialog]") ?? null);
  }

  const choose = useCallback((act: () => void) => {
    chosen.current = act;
  }, []);

  function afterClose(event: Event) {
    event.preventDefault();
    if (!leftByPointer.current) button.current?.focus();
    const act = chosen.current;
    chosen.current = null;
    act?.();
  }

  return (
    <Dropdown.Root modal={false} onOpenChange={onOpenChange}>
      <Dropdown.Trigger asChild ref={button}>
        {trigger}
      </Dropdown.Trigger>
      <Dropdown.Portal container={landmark}>
        <Dropdown.Content
          aria-label={label}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onInteractOutside={() => (leftByPointer.current = true)}
          onCloseAutoFocus={afterClose}
          className="rise z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[min(420px,calc(100vw-16px))] min-w-44 overflow-y-auto rounded-md border border-line-strong bg-raised p-1 shadow-float"
        >
          <Choose.Provider value={choose}>{children}</Choose.Provider>
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

const ITEM =
  "flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 outline-none select-none data-highlighted:bg-hover";

interface ItemProps {
  icon?: ReactNode;
  /** A key that does the same. */
  hotkey?: string;
  danger?: boolean;
  onChoose: () => void;
  children: ReactNode;
}

/** Something that the menu does. */
export function MenuItem({ icon, hotkey, danger, onChoose, children }: ItemProps) {
  const choose = useContext(Choose);
  return (
    <Dropdown.Item
      onSelect={() => choose(onChoose)}
      className={`${ITEM} ${danger ? "text-danger-text" : ""}`}
    >
      {icon ? <span className="shrink-0 text-muted">{icon}</span> : null}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {hotkey ? (
        <kbd aria-hidden className="text-small text-muted">
          {hotkey}
        </kbd>
      ) : null}
    </Dropdown.Item>
  );
}

interface ChoicesProps<T extends string> {
  label: string;
  value: T;
  /** `aside` is at the end of its line, such as a mark. */
  options: readonly { value: T; label: ReactNode; aside?: ReactNode }[];
  onChoose: (value: T) => void;
}

/** One of several, with a check mark at the present one. */
export function MenuChoices<T extends string>({
  label,
  value,
  options,
  onChoose,
}: ChoicesProps<T>) {
  const choose = useContext(Choose);
  return (
    <Dropdown.RadioGroup aria-label={label} value={value}>
      {options.map((option) => (
        <Dropdown.RadioItem
          key={option.value}
          value={option.value}
          onSelect={() => choose(() => onChoose(option.value))}
          className={ITEM}
        >
          <span className="size-4 shrink-0">
            <Dropdown.ItemIndicator>
              <Check aria-hidden size={16} className="text-accent-text" />
            </Dropdown.ItemIndicator>
          </span>
          <span className="min-w-0 flex-1 truncate">{option.label}</span>
          {option.aside}
        </Dropdown.RadioItem>
      ))}
    </Dropdown.RadioGroup>
  );
}

/** A heading inside a menu. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <Dropdown.Label className="px-2 pt-1.5 pb-1 text-small text-muted">{children}</Dropdown.Label>
  );
}

export function MenuLine() {
  return <Dropdown.Separator className="-mx-1 my-1 h-px bg-line" />;
}
