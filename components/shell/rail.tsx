import { Lock } from "lucide-react";
import type { Theme } from "../../app/console";
import type { EnvironmentInfo, UserInfo } from "../../lib/shapes";
import { Account } from "./account";
import { RailLink } from "./rail-link";
import { Wordmark } from "./wordmark";

interface RailProps {
  environment: EnvironmentInfo;
  person: Pick<UserInfo, "name" | "email" | "role">;
  showServices: boolean;
  theme: Theme;
}

/** Where one is and where one can go: a rail on the left, or a bar on top where there is less room. */
export function Rail({ environment, person, showServices, theme }: RailProps) {
  const base = `/e/${environment.slug}`;
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b bg-rail px-3 rail:h-dvh rail:flex-col rail:items-stretch rail:gap-5 rail:border-r rail:border-b-0 rail:p-3">
      <div className="hidden px-2 pt-2 rail:block">
        <Wordmark />
      </div>
      <Environment environment={environment} />
      <nav
        aria-label="Pages"
        className="flex items-center gap-0.5 rail:flex-col rail:items-stretch"
      >
        <RailLink href={`${base}/secrets`} icon="secrets">
          Secrets
        </RailLink>
        {showServices ? (
          <RailLink href={`${base}/services`} icon="services">
            Services
          </RailLink>
        ) : null}
      </nav>
      <div className="ml-auto rail:mt-auto rail:ml-0">
        <Account person={person} theme={theme} />
      </div>
    </header>
  );
}

/** The environment that everything on the page belongs to; a protected one is marked. */
function Environment({ environment }: { environment: EnvironmentInfo }) {
  return (
    <div className="min-w-0 rail:px-2">
      <p className="sr-only text-small text-muted rail:not-sr-only">Environment</p>
      <p className="flex min-w-0 items-center gap-2">
        <span className="mono min-w-0 truncate font-strong">{environment.slug}</span>
        {environment.protected ? (
          <span
            className="flex items-center gap-1 text-small text-muted"
            data-tip="Only admins change its secrets"
          >
            <Lock aria-hidden size={12} />
            <span className="sr-only rail:not-sr-only">protected</span>
          </span>
        ) : null}
      </p>
    </div>
  );
}
