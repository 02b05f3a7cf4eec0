import type { ReactNode } from "react";
import { callerOfRequest, lastEnvironmentOf } from "../console";
import { Frame } from "../frame";

export default async function EnvironmentsLayout({ children }: { children: ReactNode }) {
  const caller = await callerOfRequest();
  // The page redirects to sign-in itself.
  if (!caller || caller.owesTwoStep) return children;
  return (
    <Frame caller={caller} environment={await lastEnvironmentOf(caller)}>
      {children}
    </Frame>
  );
}
