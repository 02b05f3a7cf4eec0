"use client";

import { Download } from "lucide-react";
import { useRef, useState } from "react";
import { Problem } from "../api";
import { Button } from "../ui/button";
import { Modal, ModalBody } from "../ui/modal";
import { Trouble } from "../ui/notice";
import { useSave } from "../use-save";
import { keepCheckpoint } from "./use-verification";

/** A checkpoint has some hundred bytes. What is larger is not read. */
const MAX_BYTES = 256 * 1024;

interface CheckpointDialogProps {
  /** Why the record was not held against the file that was chosen. */
  problem: Problem | null;
  onVerify: (checkpoint: string) => Promise<void>;
  onClose: () => void;
}

/** Where the record stands, as a file; and the way back from such a file. */
export function CheckpointDialog({ problem, onVerify, onClose }: CheckpointDialogProps) {
  const input = useRef<HTMLInputElement>(null);
  const [tooLarge, setTooLarge] = useState<Problem | null>(null);
  const download = useSave();

  async function verify(file: File | undefined) {
    if (!file) return;
    const isRead = file.size <= MAX_BYTES;
    setTooLarge(isRead ? null : NOT_ONE);
    if (isRead) await onVerify(await file.text());
  }

  return (
    <Modal
      title="Checkpoints"
      description="A checkpoint says, signed, where the record stands. It holds no name and no secret."
      onClose={onClose}
    >
      <ModalBody>
        <section className="flex flex-col items-start gap-2">
          <p>
            Keep one where whoever can write to the database can&apos;t reach it: without it, a
            record whose end was cut off looks like one that ended there.
          </p>
          <Button
            busy={download.busy}
            icon={<Download aria-hidden size={14} />}
            onClick={() => void download.run(keepCheckpoint)}
          >
            Download a checkpoint
          </Button>
          <Trouble problem={download.problem} />
        </section>
        <section className="flex flex-col items-start gap-2">
          <p>
            Hold the record against one that you kept: what was there then and is gone now is found.
          </p>
          <input
            ref={input}
            type="file"
            tabIndex={-1}
            aria-hidden
            className="hidden"
            onChange={(event) => {
              void verify(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
          <Button onClick={() => input.current?.click()}>Verify against a checkpoint…</Button>
          <Trouble problem={tooLarge ?? problem} />
        </section>
      </ModalBody>
    </Modal>
  );
}

const NOT_ONE = new Problem(0, "too_large", "This is not a checkpoint. Nothing was verified.");
