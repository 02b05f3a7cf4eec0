import type { ProviderInfo } from "../../lib/shapes";
import { Section } from "../ui/page-header";

/** In place of the form that changes a password, for who has none. */
export function NoPassword({ providers }: { providers: readonly ProviderInfo[] }) {
  const by = providers.map(({ name }) => name).join(" or ") || "a provider";
  return (
    <Section title="Password">
      <p className="rounded-md border px-4 py-3 text-muted">
        You sign in with {by} and have no password here, so there is none to change. Should you need
        one, an admin can make you a link that sets it.
      </p>
    </Section>
  );
}
