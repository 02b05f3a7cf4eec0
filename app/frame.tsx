import type { ReactNode } from "react";
import { ConfirmIdentity } from "../components/account/confirm-identity";
import { HeldNotice } from "../components/services/held-notice";
import { Rail } from "../components/shell/rail";
import type { UserCaller } from "../lib/access/caller";
import { may } from "../lib/access/may";
import type { EnvironmentInfo } from "../lib/shapes";
import { environmentsOf, heldServicesOf, themeOfRequest } from "./console";

interface FrameProps {
  caller: UserCaller;
  /** The environment that the rail leads to. */
  environment: EnvironmentInfo;
  children: ReactNode;
}

/** What is around every page of somebody who is signed in: the rail, and the page's place beside it. */
export async function Frame({ caller, environment, children }: FrameProps) {
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
        environments={await environmentsOf(caller)}
        person={{ name, email, role }}
        showServices={may(caller, "services.list", { environment })}
        showPlayground={may(caller, "secrets.check", { environment })}
        showAudit={may(caller, "audit.read")}
        showPeople={may(caller, "users.list")}
        showEnvironments={may(caller, "environments.update")}
        showSettings={may(caller, "integrity.check")}
        theme={await themeOfRequest()}
      />
      <ConfirmIdentity />
      <main id="content" tabIndex={-1} className="min-w-0 px-4 py-5 rail:px-8 rail:py-6">
        <div className="mx-auto max-w-[1200px]">
          <HeldNotice held={await heldServicesOf(caller)} />
          {children}
        </div>
      </main>
    </div>
  );
}
