"use client";

import { FileText, X } from "lucide-react";
import { useId, useRef, useState, type DragEvent, type ReactNode } from "react";
import { bytes } from "../ui/amount";
import { Button, IconButton } from "../ui/button";

interface FileFieldProps {
  file: File | null;
  /** Endings that the browser offers first. */
  accept: string;
  onChoose: (file: File | null) => void;
  /** What stands below, within the area that takes a dropped file. */
  children?: ReactNode;
}

/** A file that is chosen or dropped. It is read when it is sent, and not kept. */
export function FileField({ file, accept, onChoose, children }: FileFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const [over, setOver] = useState(false);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const dropped = event.dataTransfer.files[0];
    if (dropped) onChoose(dropped);
  }

  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col gap-4 rounded-md border border-dashed p-4 ${over ? "border-accent bg-accent-soft" : "border-line-strong"}`}
    >
      <input
        ref={input}
        id={id}
        type="file"
        accept={accept}
        tabIndex={-1}
        aria-hidden
        className="hidden"
        onChange={(event) => {
          onChoose(event.target.files?.[0] ?? null);
          event.target.value = "";
        }}
      />
      {file ? (
        <div className="flex items-center gap-2">
          <FileText aria-hidden size={16} className="shrink-0 text-muted" />
          <span className="mono min-w-0 truncate">{file.name}</span>
          <span className="shrink-0 text-muted tabular-nums">{bytes(file.size)}</span>
          <IconButton label={`Take ${file.name} out`} onClick={() => onChoose(null)}>
            <X aria-hidden size={16} />
          </IconButton>
        </div>
      ) : (
        <div className="flex flex-wrap items-center gap-3">
          <Button onClick={() => input.current?.click()}>Choose a file</Button>
          <span className="text-muted">or drop one here. Up to 16 MiB.</span>
        </div>
      )}
      {children}
    </div>
  );
}
