import type { ReactNode } from "react";
import { callerOfRequest, environmentOf } from "../../console";
import { Frame } from "../../frame";

interface LayoutProps {
  children: ReactNode;
  params: Promise<{ environment: string }>;
}

export default async function EnvironmentLayout({ children, params }: LayoutProps) {
  const slug = (await params).environment;
  const caller = await callerOfRequest();
  // The page redirects to sign-in, or to the second factor, itself: only it knows the whole path to come back to.
  if (!caller || caller.owesTwoStep) return children;
  return (
    <Frame caller={caller} environment={await environmentOf(caller, slug)}>
      {children}
    </Frame>
  );
}
