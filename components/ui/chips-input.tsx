"use client";

import { X } from "lucide-react";
import {
  useEffect,
  useRef,
  useState,
  type ChangeEvent,
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type RefObject,
} from "react";
import type { ControlProps } from "./field";

interface ChipsInputProps {
  control: ControlProps;
  values: readonly string[];
  onChange: (values: string[]) => void;
  /** What one of them is called: "tag", "pattern". */
  noun: string;
  placeholder?: string;
  /** Why a value can't be added, or nothing if it can. */
  refuse?: (value: string) => string | undefined;
  onRefused?: (reason: string | undefined) => void;
}

/** A field that holds several short texts. Enter, comma or blank adds one; Backspace takes the last one off. */
export function ChipsInput(props: ChipsInputProps) {
  const { control, values, onChange, noun, placeholder } = props;
  const input = useRef<HTMLInputElement>(null);
  const text = useChipText(props, input);

  function remove(value: string) {
    onChange(values.filter((each) => each !== value));
    input.current?.focus();
  }

  function focusInput(event: MouseEvent) {
    if (event.target === event.currentTarget) input.current?.focus();
  }

  return (
    <div
      onClick={focusInput}
      className="flex min-h-8 flex-wrap items-center gap-1 rounded-md border border-control bg-raised p-1 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-accent has-[input[aria-invalid]]:border-danger"
    >
      {values.map((value) => (
        <ValueChip
          key={value}
          value={value}
          removeLabel={`Remove ${noun} ${value}`}
          onRemove={() => remove(value)}
        />
      ))}
      <input
        {...control}
        {...text}
        ref={input}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={values.length === 0 ? placeholder : ""}
        className="mono h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none placeholder:font-sans"
      />
    </div>
  );
}

interface ValueChipProps {
  value: string;
  removeLabel: string;
  onRemove: () => void;
}

function ValueChip({ value, removeLabel, onRemove }: ValueChipProps) {
  return (
    <span className="flex h-6 max-w-full items-center gap-0.5 rounded-sm bg-sunken pl-2">
      <span className="mono truncate">{value}</span>
      <button
        type="button"
        aria-label={removeLabel}
        onClick={onRemove}
        className="inline-flex size-6 items-center justify-center rounded-sm text-muted hover:bg-line hover:text-ink"
      >
        <X aria-hidden size={12} />
      </button>
    </span>
  );
}

/** The text being typed, and when it becomes values: props for the input. */
function useChipText(props: ChipsInputProps, input: RefObject<HTMLInputElement | null>) {
  const { values, onChange, refuse, onRefused } = props;
  const [text, setText] = useState("");
  const pressed = usePressed();

  /** A text that can't be added stays in the field, and keeps the form from being sent without it. */
  function note(reason: string | undefined) {
    input.current?.setCustomValidity(reason ?? "");
    onRefused?.(reason);
  }

  function add(raw: string) {
    const added = raw.split(/[\s,]+/).filter(Boolean);
    const reason = added.map((value) => refuse?.(value)).find(Boolean);
    note(reason);
    setText(reason ? raw.trim() : "");
    if (!reason) onChange([...new Set([...values, ...added])]);
  }

  return {
    value: text,
    onChange(event: ChangeEvent<HTMLInputElement>) {
      const next = event.target.value;
      note(undefined);
      setText(next);
      if (/[\s,]$/.test(next)) add(next);
    },
    onKeyDown(event: KeyboardEvent) {
      if (event.key === "Backspace" && text === "" && values.length > 0) {
        onChange(values.slice(0, -1));
      } else if (event.key === "Enter" && text !== "") {
        event.preventDefault();
        add(text);
      }
    },
    onPaste(event: ClipboardEvent) {
      const pasted = event.clipboardData.getData("text");
      if (text !== "" || !/[\s,]/.test(pasted.trim())) return;
      event.preventDefault();
      add(pasted);
    },
    /** Adding moves what is below: a click that is under way has to arrive first. */
    onBlur() {
      if (text === "") return;
      if (pressed.current) window.addEventListener("click", () => add(text), { once: true });
      else add(text);
    },
  };
}

/** Whether the pointer is down, at any moment. */
function usePressed(): RefObject<boolean> {
  const pressed = useRef(false);
  useEffect(() => {
    const watch = (event: PointerEvent) => {
      pressed.current = event.type === "pointerdown";
    };
    const types = ["pointerdown", "pointerup", "pointercancel"] as const;
    for (const type of types) document.addEventListener(type, watch, { capture: true });
    return () => {
      for (const type of types) document.removeEventListener(type, watch, { capture: true });
    };
  }, []);
  return pressed;
}
