"use client";

import type { KeyCheck, KeyringInfo } from "../../lib/shapes";
import { Notice } from "../ui/notice";
import { CheckEveryValue } from "./check-every-value";
import { DataKeys } from "./data-keys";
import { KeyFacts } from "./key-facts";
import { LeakedKey } from "./leaked-key";
import { MasterKeys } from "./master-keys";
import { useKeyring } from "./use-keyring";

interface KeyringProps {
  info: KeyringInfo;
  check: KeyCheck | null;
}

/** The keyring: what there is, and what can be done with it. What is under way goes on while one looks. */
export function Keyring({ info: initial, check }: KeyringProps) {
  const { info, problem, take, look } = useKeyring(initial);
  return (
    <>
      <KeyFacts info={info} />
      <div role="status" className="mt-4 empty:hidden">
        {problem ? (
          <Notice tone="soon" title="What this page shows of the keys may be old">
            <p>{problem.message} This page asks again by itself.</p>
          </Notice>
        ) : null}
      </div>
      <MasterKeys info={info} onChanged={take} onLook={look} />
      <DataKeys info={info} onChanged={take} />
      <CheckEveryValue initial={check} />
      <LeakedKey />
    </>
  );
}
