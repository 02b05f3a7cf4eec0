"use client";

import { useState } from "react";
import { Problem } from "../api";
import { useSave } from "../use-save";
import { checkConfig, type CheckRequest } from "./check-call";
import { findingsOf, type Finding } from "./findings";
import { jsonFault } from "./json-fault";
import { findMarks } from "./marks";
import type { Mark } from "./spot";

/** What a check said, and of what. */
export interface Checked {
  /** Counts the page's checks, from 1. */
  run: number;
  /** How often the text had been edited by then. */
  edits: number;
  request: CheckRequest;
  ok: boolean;
  findings: Finding[];
  marks: Mark[];
}

/** The most that the API takes, in bytes. */
const MOST_BYTES = 1_048_576;

/** Checks configs, and keeps what the last good check said until the next one. */
export function useCheck() {
  const save = useSave();
  const [checked, setChecked] = useState<Checked | null>(null);

  async function check(request: CheckRequest, edits: number): Promise<void> {
    if (save.busy) return;
    await save.run(async () => {
      refuse(request);
      const report = await checkConfig(request);
      const findings = findingsOf(report);
      const marks = findMarks(request.text, request.format, findings);
      setChecked((last) => ({
        run: (last?.run ?? 0) + 1,
        ...{ edits, request },
        ok: report.ok,
        findings,
        marks,
      }));
    });
  }

  return { checked, check, busy: save.busy, problem: save.problem };
}

/** Says before it is sent what the server would say without the place, or not at all. @throws Problem */
function refuse({ text, format }: CheckRequest): void {
  const size = new TextEncoder().encode(text).length;
  if (text.trim() === "") throw new Problem(0, "invalid_request", "Paste a config first.");
  if (size > MOST_BYTES) {
    const over = (size - MOST_BYTES).toLocaleString("en-US");
    throw new Problem(
      413,
      "body_too_large",
      `Too long by ${over} bytes: Coffer takes at most 1 MiB.`,
    );
  }
  const fault = format === "json" ? jsonFault(text) : null;
  if (fault) {
    const said = `This is not valid JSON: at ${fault.place} ${fault.message}.`;
    throw new Problem(400, "invalid_json", said);
  }
}
