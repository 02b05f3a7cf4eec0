import type { Theme } from "../../app/console";
import type { EnvironmentInfo, UserInfo } from "../../lib/shapes";
import { Account } from "./account";
import { EnvironmentSwitcher } from "./environment-switcher";
import { RailLink } from "./rail-link";
import { Wordmark } from "./wordmark";

interface RailProps {
  environment: EnvironmentInfo;
  environments: readonly EnvironmentInfo[];
  person: Pick<UserInfo, "name" | "email" | "role">;
  showServices: boolean;
  showPlayground: boolean;
  showAudit: boolean;
  showEnvironments: boolean;
  showPeople: boolean;
  showSettings: boolean;
  theme: Theme;
}

/** Where one is and where one can go: a rail on the left, or a bar on top where there is less room. */
export function Rail(props: RailProps) {
  const { environment, environments, person, theme } = props;
  const { showServices, showPlayground, showAudit, showEnvironments, showPeople, showSettings } =
    props;
  const base = `/e/${environment.slug}`;
  return (
    <header className="print:hidden sticky top-0 z-20 flex h-12 items-center gap-2 border-b bg-rail px-3 rail:h-dvh rail:flex-col rail:items-stretch rail:gap-5 rail:border-r rail:border-b-0 rail:p-3">
      <div className="hidden px-2 pt-2 rail:block">
        <Wordmark />
      </div>
      <EnvironmentSwitcher
        current={environment}
        environments={environments}
        canManage={showEnvironments}
      />
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
        {showPlayground ? (
          // Where there is no room for it, the account's menu leads there.
          <div className="max-[600px]:hidden rail:flex rail:flex-col">
            <RailLink href={`${base}/playground`} icon="playground">
              Playground
            </RailLink>
          </div>
        ) : null}
        {showAudit ? (
          // Where there is no room for it, the account's menu leads there.
          <div className="max-[600px]:hidden rail:flex rail:flex-col">
            <RailLink href="/audit" icon="audit">
              Audit
            </RailLink>
          </div>
        ) : null}
        {showPeople || showEnvironments || showSettings ? (
          // Where there is less room, the account's menu and the switcher lead there.
          <div className="mt-3 hidden border-t pt-3 rail:flex rail:flex-col">
            {showPeople ? (
              <RailLink href="/people" icon="people">
                People
              </RailLink>
            ) : null}
            {showEnvironments ? (
              <RailLink href="/environments" icon="environments">
                Environments
              </RailLink>
            ) : null}
            {showSettings ? (
              <RailLink href="/settings" icon="settings">
                Settings
              </RailLink>
            ) : null}
          </div>
        ) : null}
      </nav>
      <div className="ml-auto rail:mt-auto rail:ml-0">
        <Account
          person={person}
          playground={showPlayground ? `${base}/playground` : null}
          showAudit={showAudit}
          showPeople={showPeople}
          showSettings={showSettings}
          theme={theme}
        />
      </div>
    </header>
  );
}
