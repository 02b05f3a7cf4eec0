"use client";

import * as Dialog from "@radix-ui/react-dialog";
import { X } from "lucide-react";
import {
  createContext,
  useContext,
  useRef,
  useState,
  type ComponentProps,
  type ReactNode,
  type SubmitEvent,
} from "react";
import { Button, IconButton } from "./button";

interface ModalProps {
  title: ReactNode;
  description?: ReactNode;
  /** `sheet`: from the right, for forms. `dialog`: in the middle, for one question. */
  shape?: "sheet" | "dialog";
  /** Whether closing would lose something that was typed; asked when the reader wants to close. */
  isDirty?: () => boolean;
  /** What is asked then. */
  discard?: Question;
  onClose: () => void;
  children: ReactNode;
}

interface Question {
  question: string;
  keep: string;
  discard: string;
}

const DISCARD: Question = {
  question: "Discard what you typed?",
  keep: "Keep editing",
  discard: "Discard",
};

interface ModalHeaderProps {
  title: ReactNode;
  description: ReactNode;
  onClose: () => void;
}

function ModalHeader({ title, description, onClose }: ModalHeaderProps) {
  return (
    <header className="flex items-start gap-3 border-b border-line px-5 py-3">
      <div className="min-w-0 flex-1 py-0.5">
        <Dialog.Title className="text-large font-strong break-words">{title}</Dialog.Title>
        {description ? (
          <Dialog.Description className="mt-0.5 text-muted">{description}</Dialog.Description>
        ) : null}
      </div>
      <IconButton label="Close" tip="Close (Esc)" onClick={onClose}>
        <X aria-hidden size={16} />
      </IconButton>
    </header>
  );
}

/** Closes the modal around, after asking if something would be lost. */
const Close = createContext<() => void>(() => undefined);

const SHAPES = {
  sheet: "slide-in top-0 right-0 h-dvh w-full max-w-[480px] border-l",
  dialog:
    "rise top-1/2 left-1/2 max-h-[90dvh] w-[calc(100%-32px)] max-w-[460px] -translate-x-1/2 -translate-y-1/2 rounded-md border",
};

/**
 * A sheet or a dialog. Mount it to open it, unmount it to close it: focus goes back to where it came from.
 * Radix's own overlay is left out because it injects a style tag, which the content policy refuses.
 */
export function Modal({
  title,
  description,
  shape = "dialog",
  isDirty,
  discard = DISCARD,
  onClose,
  children,
}: ModalProps) {
  const [opener] = useState(() => document.activeElement);
  const [asking, setAsking] = useState(false);
  const content = useRef<HTMLDivElement>(null);
  const inUse = useRef<Element | null>(null);

  function close() {
    if (!isDirty?.()) {
      onClose();
    } else if (!asking) {
      inUse.current = document.activeElement;
      setAsking(true);
    }
  }

  function keep() {
    setAsking(false);
    if (inUse.current instanceof HTMLElement) inUse.current.focus();
  }

  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : close())}>
      <Dialog.Portal>
        <div aria-hidden className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          ref={content}
          {...(description ? {} : { "aria-describedby": undefined })}
          onOpenAutoFocus={(event) => focusFirstField(event, content.current)}
          onCloseAutoFocus={(event) => giveFocusBack(event, opener)}
          className={`fixed z-50 flex flex-col border-line bg-raised shadow-float outline-none ${SHAPES[shape]}`}
        >
          <ModalHeader title={title} description={description} onClose={close} />
          <Close.Provider value={close}>{children}</Close.Provider>
          {asking ? <Discard {...discard} onKeep={keep} onDiscard={onClose} /> : null}
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ModalFormProps {
  onSubmit: () => Promise<void>;
  children: ReactNode;
}

/** A modal's body and footer, sent together. Browsers keep nothing of what is typed in it. */
export function ModalForm({ onSubmit, children }: ModalFormProps) {
  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    void onSubmit();
  }

  return (
    <form onSubmit={submit} autoComplete="off" className="flex min-h-0 flex-1 flex-col">
      {children}
    </form>
  );
}

/** The part of a modal that scrolls. */
export function ModalBody({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto px-5 py-5">{children}</div>
  );
}

/** A button that closes the modal it is in, as its close button and Escape do. */
export function CloseButton(props: ComponentProps<typeof Button>) {
  return <Button {...props} onClick={useContext(Close)} />;
}

/** The buttons at the end of a modal, and a line beside them. */
export function ModalFooter({ note, children }: { note?: ReactNode; children: ReactNode }) {
  return (
    <footer className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2 border-t border-line px-5 py-3">
      {note ? <p className="min-w-0 flex-1 basis-48 text-small text-muted">{note}</p> : null}
      <div className="flex flex-wrap justify-end gap-2">{children}</div>
    </footer>
  );
}

function Discard({
  question,
  keep,
  discard,
  onKeep,
  onDiscard,
}: Question & { onKeep: () => void; onDiscard: () => void }) {
  return (
    <div
      role="alert"
      className="rise absolute inset-x-0 bottom-0 flex flex-wrap items-center justify-between gap-2 border-t border-soon-line bg-soon-soft px-5 py-3"
    >
      <p className="font-strong">{question}</p>
      <div className="flex gap-2">
        <Button autoFocus onClick={onKeep}>
          {keep}
        </Button>
        <Button tone="danger" onClick={onDiscard}>
          {discard}
        </Button>
      </div>
    </div>
  );
}

/** Focus goes to the first field rather than to the close button. */
function focusFirstField(event: Event, content: HTMLElement | null) {
  const field = content?.querySelector<HTMLElement>(
    "[data-autofocus], input:not([disabled]), textarea",
  );
  event.preventDefault();
  (field ?? content)?.focus();
}

function giveFocusBack(event: Event, opener: Element | null) {
  event.preventDefault();
  const back =
    opener?.isConnected && opener !== document.body ? opener : document.querySelector("main");
  if (document.activeElement === document.body && back instanceof HTMLElement) back.focus();
}
