"use client";

import { useRef, useState, type RefObject } from "react";
import type { SecretInfo } from "../../lib/shapes";
import {
  expiryTrouble,
  lifetimeChanges,
  lifetimeOf,
  periodTrouble,
  type Lifetime,
} from "./lifetime";

type Troubles = Partial<Record<keyof Lifetime, string | undefined>>;

export interface LifetimeForm {
  value: Lifetime;
  /** What is wrong with each field, once it was left or a save was tried. */
  troubles: Troubles;
  fields: Record<keyof Lifetime, RefObject<HTMLInputElement | null>>;
  change: (field: keyof Lifetime, text: string) => void;
  /** Looks at what was typed. */
  leave: (field: keyof Lifetime) => void;
  /** Whether both can be saved; if not, says why and goes to the first that can't. */
  isFine: () => boolean;
  isDirty: boolean;
  /** What a save is to send of them. */
  changes: ReturnType<typeof lifetimeChanges>;
}

/** The fields for how often a secret is to be rotated and when it expires, for a new one or for `secret`. */
export function useLifetime(secret?: SecretInfo): LifetimeForm {
  const [before] = useState(() => lifetimeOf(secret));
  const [value, setValue] = useState(before);
  const [troubles, setTroubles] = useState<Troubles>({});
  const rotateEvery = useRef<HTMLInputElement>(null);
  const expires = useRef<HTMLInputElement>(null);

  const look = (): Troubles => ({
    rotateEvery: periodTrouble(value.rotateEvery),
    expires: expiryTrouble(value.expires, new Date(), before),
  });

  function isFine(): boolean {
    const found = look();
    setTroubles(found);
    if (found.rotateEvery) rotateEvery.current?.focus();
    else if (found.expires) expires.current?.focus();
    return !found.rotateEvery && !found.expires;
  }

  const changes = lifetimeChanges(value, before);
  return {
    ...{ value, troubles, isFine, changes },
    fields: { rotateEvery, expires },
    isDirty: Object.keys(changes).length > 0,
    leave: (field) => setTroubles((others) => ({ ...others, [field]: look()[field] })),
    change: (field, text) => {
      setValue((others) => ({ ...others, [field]: text }));
      setTroubles((others) => ({ ...others, [field]: undefined }));
    },
  };
}
