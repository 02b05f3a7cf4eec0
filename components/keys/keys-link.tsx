import { ButtonLink } from "../ui/button";
import { Section } from "../ui/page-header";

/** The way from the settings to the keys. */
export function KeysLink() {
  return (
    <Section
      title="Keys"
      about="What every value is sealed under: change the master key, rotate the data key, check that every value opens."
      actions={<ButtonLink href="/settings/keys">Open the keys</ButtonLink>}
    >
      {null}
    </Section>
  );
}
