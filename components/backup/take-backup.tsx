"use client";

import { Download as DownloadIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { missingCharacters } from "../auth/new-password-field";
import { Button } from "../ui/button";
import { Field, Input } from "../ui/field";
import { Notice, Trouble } from "../ui/notice";
import { Section } from "../ui/page-header";
import { size } from "../ui/amount";
import { useSave } from "../use-save";
import { keepFile, takeBackup } from "./backup-calls";
import { BackupProgress } from "./backup-progress";

/** What became of the last one. */
interface Taken {
  name: string;
  bytes: number;
}

/** Takes a backup: its passphrase, typed twice, then the download. */
export function TakeBackup() {
  const router = useRouter();
  const save = useSave();
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [isTried, setTried] = useState(false);
  const [bytes, setBytes] = useState(0);
  const [taken, setTaken] = useState<Taken | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const short = missingCharacters(passphrase);
  const isOther = passphrase !== again;

  async function submit() {
    setTried(true);
    setTaken(null);
    if (save.busy || short !== undefined || isOther) return;
    const controller = (stop.current = new AbortController());
    setBytes(0);
    await save.run(async () => {
      const options = { onBytes: setBytes, signal: controller.signal };
      const download = await takeBackup(passphrase, options);
      keepFile(download);
      setTaken({ name: download.name, bytes: download.file.size });
      setPassphrase("");
      setAgain("");
      setTried(false);
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
        <Field
          label="Passphrase"
          hint="At least 12 characters. A few random words do well. Coffer does not keep it."
          error={isTried ? (save.problem?.at("passphrase") ?? short) : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={passphrase}
              disabled={save.busy}
              onChange={(event) => setPassphrase(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="The same passphrase again"
          error={isTried && isOther ? "These are two different passphrases." : undefined}
        >
          {(control) => (
            <Input
              {...control}
              type="password"
              autoComplete="new-password"
              value={again}
              disabled={save.busy}
              onChange={(event) => setAgain(event.target.value)}
            />
          )}
        </Field>
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
