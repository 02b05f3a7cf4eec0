"use client";

import { useEffect, type RefObject } from "react";

/**
 * Empties a field that holds what must not stay: when it goes away, and before the page is put aside for the back
 * button. The field belongs to the component that calls this, and comes and goes with it.
 */
export function useEmptied(field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const element = field.current;
    const empty = () => {
      if (element) element.value = "";
    };
    window.addEventListener("pagehide", empty);
    return () => {
      window.removeEventListener("pagehide", empty);
      empty();
    };
  }, [field]);
}
