"use client";

import { useEffect, useRef, useState } from "react";

/**
 * The link's secret, from the address's fragment, which no server sees. It is taken out of the address bar at
 * once, and lives in this page only. `onNew` is called when another one arrives.
 */
export function useLink(onNew: () => void) {
  const link = useRef("");
  const [hasLink, setHasLink] = useState<boolean | null>(null);

  useEffect(() => {
    function take() {
      if (window.location.hash.length > 1) {
        link.current = window.location.hash.slice(1);
        window.history.replaceState(window.history.state, "", window.location.pathname);
        onNew();
      }
      setHasLink(link.current !== "");
    }
    take();
    // The link pasted over this page's own address loads nothing: only the fragment changes.
    window.addEventListener("hashchange", take);
    return () => window.removeEventListener("hashchange", take);
  }, [onNew]);

  return { link, hasLink };
}
