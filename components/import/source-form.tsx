"use client";

import Link from "next/link";
import { useImperativeHandle, useRef, useState, type Ref, type RefObject } from "react";
import type { Problem } from "../api";
import { Button } from "../ui/button";
import { CONTROL, Field, UNKEPT } from "../ui/field";
import { Trouble } from "../ui/notice";
import { useEmptied } from "../ui/use-emptied";
import { FileField } from "./file-field";
import { textSource, tykSource, type TextFormat, type Way, type Work } from "./import-calls";
import { WorkProgress } from "./work-progress";

/** Reads what the form holds, anew each time; null where there is nothing yet. */
export type ReadSource = () => Promise<Awaited<ReturnType<typeof textSource>> | null>;

interface SourceFormProps {
  environment: string;
  way: Way;
  /** Set to what reads the form. */
  source: Ref<ReadSource>;
  busy: boolean;
  problem: Problem | null;
  work: Work | null;
  onPreview: () => Promise<unknown>;
  onTyped: () => void;
}

/** Where what is to be imported is pasted, dropped or chosen. */
export function SourceForm(props: SourceFormProps) {
  const { environment, way, source, busy, problem, work, onPreview, onTyped } = props;
  const text = useRef<HTMLTextAreaElement>(null);
  const key = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<TextFormat>("guess");
  const [missing, setMissing] = useState<string>();

  useImperativeHandle(
    source,
    (): ReadSource => async () => {
      if (way === "tyk") return file ? tykSource(file, key.current?.value ?? "") : null;
      const typed = text.current?.value ?? "";
      return file || typed !== "" ? textSource(file ?? typed, format) : null;
    },
    [way, file, format],
  );

  function change() {
    setMissing(undefined);
    onTyped();
  }

  function choose(next: File | null) {
    setFile(next);
    if (text.current && next) text.current.value = "";
    change();
  }

  async function submit() {
    if (busy) return;
    const hasText = (text.current?.value ?? "") !== "";
    if (!file && !hasText) {
      setMissing(way === "tyk" ? "Choose its file." : "Paste something, or choose a file.");
    } else if (way === "tyk" && key.current?.value === "") {
      setMissing("Type its key.");
    } else {
      await onPreview();
    }
  }

  return (
    <form
      autoComplete="off"
      className="flex max-w-[760px] flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Ways environment={environment} way={way} />
      {way === "text" ? (
        <>
          <FileField file={file} accept=".env,.json,.yaml,.yml,.txt" onChoose={choose}>
            {file ? null : <PasteField field={text} onTyped={change} />}
          </FileField>
          <FormatField format={format} onChange={setFormat} />
        </>
      ) : (
        <>
          <p className="text-muted">
            Its SQLite file, or a CSV or JSON dump of its <span className="mono">secrets</span>{" "}
            table. Both kinds of ciphertext are read.
          </p>
          <FileField file={file} accept=".db,.sqlite,.sqlite3,.csv,.json" onChoose={choose} />
          <TykKeyField field={key} onTyped={change} />
        </>
      )}
      <div role="alert" className="text-danger-text empty:hidden">
        {missing}
      </div>
      <Trouble problem={problem} />
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" busy={busy}>
          {busy ? "Reading…" : "Preview"}
        </Button>
        <p className="text-small text-muted">Nothing is written before you have seen it.</p>
      </div>
      <WorkProgress work={work} />
    </form>
  );
}

function Ways({ environment, way }: { environment: string; way: Way }) {
  const base = `/e/${environment}/import`;
  return (
    <nav aria-label="Where from" className="flex gap-4 border-b border-line">
      {(["text", "tyk"] as const).map((each) => (
        <Link
          key={each}
          href={each === "tyk" ? `${base}?from=tyk` : base}
          prefetch={false}
          aria-current={each === way ? "page" : undefined}
          className="-mb-px flex h-8 items-center border-b-2 border-transparent text-muted hover:text-ink aria-[current]:border-accent aria-[current]:text-ink"
        >
          {each === "tyk" ? "From Tyk AI Studio" : ".env, JSON or YAML"}
        </Link>
      ))}
    </nav>
  );
}

interface PasteFieldProps {
  /** The text lives in this element alone, and is gone with it. */
  field: RefObject<HTMLTextAreaElement | null>;
  onTyped: () => void;
}

function PasteField({ field, onTyped }: PasteFieldProps) {
  useEmptied(field);
  return (
    <Field label="Or paste it here" hint="It is sent to this Coffer only.">
      {(control) => (
        <textarea
          {...control}
          {...UNKEPT}
          ref={field}
          rows={10}
          placeholder={"# Key of the proxy\nOPENAI_API_KEY=…"}
          onInput={onTyped}
          className={`${CONTROL} mono min-h-32 resize-y py-2`}
        />
      )}
    </Field>
  );
}

function FormatField(props: { format: TextFormat; onChange: (format: TextFormat) => void }) {
  return (
    <Field label="Format" hint="Guessed from the text unless you choose.">
      {(control) => (
        <select
          {...control}
          className={`${CONTROL} h-8 max-w-60`}
          value={props.format}
          onChange={(event) => props.onChange(event.target.value as TextFormat)}
        >
          <option value="guess">Guess</option>
          <option value="dotenv">.env</option>
          <option value="json">JSON map</option>
          <option value="yaml">YAML map</option>
        </select>
      )}
    </Field>
  );
}

function TykKeyField(props: { field: RefObject<HTMLInputElement | null>; onTyped: () => void }) {
  useEmptied(props.field);
  return (
    <Field
      label="Its TYK_AI_SECRET_KEY"
      hint="Used to open its ciphertext once, and not kept. It is not this Coffer's key."
    >
      {(control) => (
        <input
          {...control}
          {...UNKEPT}
          ref={props.field}
          type="password"
          onInput={props.onTyped}
          className={`${CONTROL} mono h-8 max-w-96`}
        />
      )}
    </Field>
  );
}
