"use client";

import { Dices } from "lucide-react";
import { useState, type KeyboardEvent } from "react";
import { Button } from "../ui/button";
import { CONTROL, Input } from "../ui/field";
import { CopyGenerated } from "./copy-generated";
import {
  bitsOf,
  generate,
  LENGTHS,
  troubleOf,
  unitOf,
  type Kind,
  type Recipe,
  type Unit,
} from "./generate";

const KINDS: readonly (readonly [group: string, kinds: readonly (readonly [Kind, string])[]])[] = [
  [
    "Password",
    [
      ["letters", "Letters and digits"],
      ["clear", "Without look-alikes"],
      ["symbols", "With symbols"],
      ["digits", "Digits only"],
      ["own", "Your own characters"],
      ["words", "Passphrase"],
    ],
  ],
  [
    "Random bytes",
    [
      ["hex", "Hex"],
      ["base64", "Base64"],
      ["base64url", "Base64 for URLs"],
      ["uuid", "UUID"],
    ],
  ],
];

/** Below that a machine may find it by trying them all. */
const FEW_BITS = 72;

interface GeneratorProps {
  /** What stands in the value's field. */
  holds: "nothing" | "typed" | "generated";
  /** Takes what was made into the field; it is never in a state. */
  onGenerate: (value: string) => void;
  /** What was generated, out of the field. */
  read: () => string;
}

/** Makes a random value in the browser: kind and length, the button, and a copy of it, once. */
export function Generator({ holds, onGenerate, read }: GeneratorProps) {
  const [kind, setKind] = useState<Kind>("letters");
  const [own, setOwn] = useState("");
  const [lengths, setLengths] = useState<Record<Unit, string>>(FIRST_LENGTHS);
  const [made, setMade] = useState(0);
  const unit = unitOf(kind);
  const recipe: Recipe = { kind, own, length: unit === null ? 0 : lengthOf(lengths[unit]) };
  const trouble = troubleOf(recipe);

  function make() {
    if (trouble !== undefined) return;
    onGenerate(generate(recipe, (bytes) => crypto.getRandomValues(bytes)));
    setMade(made + 1);
  }

  /** Enter would send the form that is around. */
  function makeOnEnter(event: KeyboardEvent) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    make();
  }

  return (
    <div role="group" aria-label="Generate" className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-center gap-2">
        <Button
          icon={<Dices aria-hidden size={16} />}
          disabled={trouble !== undefined}
          onClick={make}
        >
          {holds === "typed" ? "Generate, and replace it" : "Generate"}
        </Button>
        <KindChoice kind={kind} onChange={setKind} />
        {unit === null ? null : (
          <LengthField
            unit={unit}
            length={lengths[unit]}
            onChange={(length) => setLengths({ ...lengths, [unit]: length })}
            onKeyDown={makeOnEnter}
          />
        )}
      </div>
      {kind === "own" ? (
        <Input
          aria-label="Characters to take from"
          className="mono"
          placeholder="abc123…"
          value={own}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setOwn(event.target.value)}
          onKeyDown={makeOnEnter}
        />
      ) : null}
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 text-small text-muted">
        <Strength recipe={recipe} trouble={trouble} />
        {holds === "generated" ? <CopyGenerated key={made} read={read} /> : null}
      </div>
    </div>
  );
}

const FIRST_LENGTHS: Record<Unit, string> = {
  characters: String(LENGTHS.characters.first),
  words: String(LENGTHS.words.first),
  bytes: String(LENGTHS.bytes.first),
};

/** An empty field is no length, rather than zero. */
function lengthOf(typed: string): number {
  return typed === "" ? NaN : Number(typed);
}

function KindChoice({ kind, onChange }: { kind: Kind; onChange: (kind: Kind) => void }) {
  return (
    <span className="min-w-0 flex-1 basis-36">
      <select
        aria-label="What to generate"
        value={kind}
        onChange={(event) => onChange(event.target.value as Kind)}
        className={`${CONTROL} h-8`}
      >
        {KINDS.map(([group, kinds]) => (
          <optgroup key={group} label={group}>
            {kinds.map(([each, label]) => (
              <option key={each} value={each}>
                {label}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </span>
  );
}

interface LengthFieldProps {
  unit: Unit;
  length: string;
  onChange: (length: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** It belongs to no form: a length that can't be must not keep a typed value from being saved. */
function LengthField({ unit, length, onChange, onKeyDown }: LengthFieldProps) {
  const { least, most } = LENGTHS[unit];
  return (
    <span className="flex items-center gap-1.5">
      <span className="w-16">
        <Input
          type="number"
          form=""
          aria-label={`How many ${unit}`}
          min={least}
          max={most}
          value={length}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </span>
      <span aria-hidden className="text-muted">
        {unit}
      </span>
    </span>
  );
}

function Strength({ recipe, trouble }: { recipe: Recipe; trouble: string | undefined }) {
  if (trouble !== undefined) {
    return (
      <span role="status" className="text-danger-text">
        {trouble}
      </span>
    );
  }
  const bits = Math.floor(bitsOf(recipe));
  const amount = `Gives ${bits.toLocaleString("en-US")} bits of entropy`;
  return (
    <span role="status">
      {bits < FEW_BITS ? (
        <span className="text-soon-text">
          {amount}: few enough to be found by trying. Take more where that can be done.
        </span>
      ) : (
        `${amount}, made in this browser.`
      )}
    </span>
  );
}
