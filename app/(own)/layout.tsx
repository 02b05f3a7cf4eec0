import type { ReactNode } from "react";
import { callerOfRequest, lastEnvironmentOf } from "../console";
import { Frame } from "../frame";

/** Around the pages that belong to no environment. The rail leads back to the one that the reader was in. */
export default async function OwnLayout({ children }: { children: ReactNode }) {
  const caller = await callerOfRequest();
  if (!caller || caller.owesTwoStep) return children; // the page leads elsewhere
  return (
    <Frame caller={caller} environment={await lastEnvironmentOf(caller)}>
      {children}
    </Frame>
  );
}
