"use client";

import { Download as DownloadIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, type RefObject } from "react";
import { missingCharacters } from "../auth/new-password-field";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice, Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { useEmptied } from "../ui/use-emptied";
import { size } from "../ui/amount";
import { keepFile } from "../keep-file";
import { useSave } from "../use-save";
import { takeBackup } from "./backup-calls";
import { BackupProgress } from "./backup-progress";

/** What became of the last one. */
interface Taken {
  name: string;
  bytes: number;
}

/** What is wrong with what is typed. */
interface Lack {
  short: string | undefined;
  isOther: boolean;
}

/** Takes a backup: its passphrase, typed twice, then the download. */
export function TakeBackup() {
  const router = useRouter();
  const save = useSave();
  // What is typed lives in these two elements alone.
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const [lack, setLack] = useState<Lack | null>(null);
  const [bytes, setBytes] = useState(0);
  const [taken, setTaken] = useState<Taken | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  function measure(): Lack {
    const passphrase = first.current?.value ?? "";
    return {
      short: missingCharacters(passphrase),
      isOther: passphrase !== (second.current?.value ?? ""),
    };
  }

  /** Once it was tried, what is wrong is told as it is typed. */
  function typed() {
    if (lack) setLack(measure());
  }

  async function submit() {
    const next = measure();
    setLack(next);
    setTaken(null);
    if (save.busy || next.short !== undefined || next.isOther) return;
    const controller = (stop.current = new AbortController());
    setBytes(0);
    await save.run(async () => {
      const options = { onBytes: setBytes, signal: controller.signal };
      const download = await takeBackup(first.current?.value ?? "", options);
      keepFile(download);
      setTaken({ name: download.name, bytes: download.file.size });
      for (const { current } of [first, second]) if (current) current.value = "";
      setLack(null);
      router.refresh();
    });
  }

  return (
    <Section
      title="Take a backup"
      about="Coffer goes on working meanwhile. The file is of one moment."
    >
      <form
        className="flex max-w-[480px] flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <PassphraseField
          field={first}
          label="Passphrase"
          hint="At least 12 characters. A few random words do well. Coffer does not keep it."
          error={lack ? (save.problem?.at("passphrase") ?? lack.short) : undefined}
          disabled={save.busy}
          onTyped={typed}
        />
        <PassphraseField
          field={second}
          label="The same passphrase again"
          error={lack?.isOther ? "These are two different passphrases." : undefined}
          disabled={save.busy}
          onTyped={typed}
        />
        <div className="flex flex-wrap gap-2">
          <Button
            type="submit"
            tone="primary"
            icon={<DownloadIcon aria-hidden size={14} />}
            busy={save.busy}
          >
            {save.busy ? "Backing up…" : "Back up and download"}
          </Button>
          {save.busy ? <Button onClick={() => stop.current?.abort()}>Cancel</Button> : null}
        </div>
        {save.busy ? <BackupProgress bytes={bytes} /> : null}
        <Trouble problem={save.problem?.at("passphrase") ? null : save.problem} />
        <div role="status" className="empty:hidden">
          {taken ? (
            <Notice title={`Downloaded ${taken.name}, ${size(taken.bytes)}`}>
              <p>
                Move it to where this server&apos;s disk is not, and keep TYK_AI_SECRET_KEY
                somewhere else again. A backup that was never restored is a hope: rehearse it.
              </p>
            </Notice>
          ) : null}
        </div>
      </form>
    </Section>
  );
}

interface PassphraseFieldProps {
  field: RefObject<HTMLInputElement | null>;
  label: string;
  hint?: string;
  error: string | undefined;
  disabled: boolean;
  onTyped: () => void;
}

function PassphraseField(props: PassphraseFieldProps) {
  const { field, label, hint, error, disabled, onTyped } = props;
  useEmptied(field);
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <Input
          {...control}
          ref={field}
          type="password"
          autoComplete="new-password"
          disabled={disabled}
          onInput={onTyped}
        />
      )}
    </Field>
  );
}
