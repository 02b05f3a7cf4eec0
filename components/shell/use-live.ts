"use client";

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Whether the page is live in the browser: false on the server and in the first render after it. */
export function useLive(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
