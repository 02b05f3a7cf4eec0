"use client";

import { CircleAlert, CircleCheck, X } from "lucide-react";
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from "react";
import { Button, IconButton } from "./button";

interface Toast {
  id: number;
  tone: "done" | "trouble";
  text: string;
  undo?: (() => void) | undefined;
}

interface Toaster {
  /** Says that something was done; `undo` takes it back. */
  done: (text: string, undo?: () => void) => void;
  trouble: (text: string) => void;
}

const ToasterContext = createContext<Toaster | null>(null);

/** The page's toaster. */
export function useToaster(): Toaster {
  const toaster = useContext(ToasterContext);
  if (!toaster) throw new Error("useToaster is used outside of Toasts.");
  return toaster;
}

/** Short messages at the bottom, said aloud. They stay while the pointer or focus is on them. */
export function Toasts({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const lastId = useRef(0);

  const add = useCallback((toast: Omit<Toast, "id">) => {
    const id = ++lastId.current;
    setToasts((all) => [...all.slice(-2), { ...toast, id }]);
  }, []);
  const remove = useCallback((id: number) => {
    setToasts((all) => all.filter((toast) => toast.id !== id));
  }, []);
  const toaster = useMemo<Toaster>(
    () => ({
      done: (text, undo) => add({ tone: "done", text, undo }),
      trouble: (text) => add({ tone: "trouble", text }),
    }),
    [add],
  );

  return (
    <ToasterContext.Provider value={toaster}>
      {children}
      <section
        aria-label="Notifications"
        aria-live="polite"
        className="pointer-events-none fixed inset-x-0 bottom-0 z-60 flex flex-col items-center gap-2 p-4"
      >
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} onGone={remove} />
        ))}
      </section>
    </ToasterContext.Provider>
  );
}

function ToastCard({ toast, onGone }: { toast: Toast; onGone: (id: number) => void }) {
  const [held, setHeld] = useState(false);
  const { id, tone, text, undo } = toast;

  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => onGone(id), undo ? 12_000 : tone === "trouble" ? 10_000 : 5_000);
    return () => clearTimeout(timer);
  }, [held, id, tone, undo, onGone]);

  return (
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="rise pointer-events-auto flex max-w-[min(480px,100%)] items-center gap-2 rounded-md border border-line-strong bg-raised py-1.5 pr-1.5 pl-3 shadow-float"
    >
      {tone === "done" ? (
        <CircleCheck aria-hidden size={16} className="shrink-0 text-accent-text" />
      ) : (
        <CircleAlert aria-hidden size={16} className="shrink-0 text-danger-text" />
      )}
      <p className="min-w-0 flex-1 py-1 break-words">{text}</p>
      {undo ? (
        <Button
          onClick={() => {
            onGone(id);
            undo();
          }}
        >
          Undo
        </Button>
      ) : null}
      <IconButton label="Dismiss" onClick={() => onGone(id)}>
        <X aria-hidden size={14} />
      </IconButton>
    </div>
  );
}
