"use client";

import { useEffect, useState } from "react";
import type { ProviderInfo } from "../../lib/shapes";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import { signInBy } from "./session";

const NO_ANSWER = "Coffer did not answer. Check the connection, then try again.";

interface ProviderButtonsProps {
  providers: readonly ProviderInfo[];
  /** Where to go once signed in: a path of this site. */
  next: string;
}

/** The ways to sign in other than by password. */
export function ProviderButtons({ providers, next }: ProviderButtonsProps) {
  return (
    <div role="group" aria-label="Other ways to sign in" className="mt-4 flex flex-col gap-2">
      <p aria-hidden className="mb-2 flex items-center gap-3 text-small text-muted">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </p>
      {providers.map(({ id, name }) => (
        <ProviderButton key={id} id={id} next={next} label={`Sign in with ${name}`} />
      ))}
    </div>
  );
}

interface ProviderButtonProps {
  id: string;
  next: string;
  label: string;
  /** Whether the provider is to ask who it is, also where it knows already. */
  again?: boolean;
}

/** Goes to a provider. The page that is left stays as it is until the next one is there. */
export function ProviderButton({ id, next, label, again = false }: ProviderButtonProps) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");

  useEffect(() => {
    const wake = () => setBusy(false); // who comes back by the browser's button finds one that works
    window.addEventListener("pageshow", wake);
    return () => window.removeEventListener("pageshow", wake);
  }, []);

  async function go() {
    setBusy(true);
    setTrouble("");
    try {
      await signInBy(id, next, again);
    } catch {
      setTrouble(NO_ANSWER);
      setBusy(false);
    }
  }

  return (
    <>
      <div role="alert" className="empty:hidden">
        {trouble ? <Notice tone="danger">{trouble}</Notice> : null}
      </div>
      <Button busy={busy} onClick={() => void go()} className="max-w-full">
        <span className="truncate">{label}</span>
      </Button>
    </>
  );
}
