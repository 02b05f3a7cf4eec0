import type { ReactNode } from "react";
import { Rail } from "../../../components/shell/rail";
import { may } from "../../../lib/access/may";
import { callerOfRequest, environmentOf, themeOfRequest } from "../../console";

interface LayoutProps {
  children: ReactNode;
  params: Promise<{ environment: string }>;
}

export default async function EnvironmentLayout({ children, params }: LayoutProps) {
  const slug = (await params).environment;
  const caller = await callerOfRequest();
  // The page redirects to sign-in itself: only it knows the whole path to come back to.
  if (!caller) return children;
  const environment = await environmentOf(caller, slug);
  const { name, email, role } = caller;
  return (
    <div className="min-h-dvh rail:grid rail:grid-cols-[216px_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-60 -translate-y-16 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <Rail
        environment={environment}
        person={{ name, email, role }}
        showServices={may(caller, "services.list", { environment })}
        theme={await themeOfRequest()}
      />
      <main id="content" tabIndex={-1} className="min-w-0 px-4 py-5 rail:px-8 rail:py-6">
        <div className="mx-auto max-w-[1200px]">{children}</div>
      </main>
    </div>
  );
}
