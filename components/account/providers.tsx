import type { ProviderInfo } from "../../lib/shapes";
import { ProviderButton } from "../auth/provider-buttons";
import { Section } from "../ui/page-header";

interface ProvidersProps {
  /** Those of the configuration. */
  providers: readonly ProviderInfo[];
  /** Those of them that one can sign in by. */
  connected: readonly ProviderInfo[];
}

/** The providers that one can sign in by, and the way to connect another. */
export function Providers({ providers, connected }: ProvidersProps) {
  if (providers.length === 0) return null;
  return (
    <Section
      title="Sign-in by a provider"
      about="It must know you by the same e-mail address. Connect one within five minutes of signing in."
    >
      <ul aria-label="Providers" className="divide-y divide-line rounded-md border">
        {providers.map(({ id, name }) => {
          const isConnected = connected.some((each) => each.id === id);
          return (
            <li
              key={id}
              className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-2 px-4 py-2"
            >
              <div className="min-w-0">
                <p className="font-strong">{name}</p>
                <p className="text-small text-muted">
                  {isConnected ? "connected" : "not connected"}
                </p>
              </div>
              <ProviderButton
                id={id}
                next="/account"
                again={isConnected}
                label={isConnected ? `Sign in again with ${name}` : `Connect ${name}`}
              />
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
