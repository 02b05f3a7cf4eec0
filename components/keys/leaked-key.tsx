import type { ReactNode } from "react";
import { Section } from "../ui/page-header";

/** What to do when somebody else may have the master key. */
export function LeakedKey() {
  return (
    <Section
      id="leaked"
      title="If the master key has leaked"
      about="Who has it and a copy of the database, a backup too, has the values. Who has the key alone has nothing yet. In this order:"
    >
      <ol className="list-decimal space-y-2 pl-5">
        <Item title={<a href="#master-key">Rekey, and end the old key</a>}>
          The leaked one then opens the present database no more.
        </Item>
        <Item title={<a href="#data-keys">Rotate the data key</a>}>
          Data keys that were unwrapped from a copy then open nothing that is written from now on.
        </Item>
        <Item title="Give new values to the secrets">
          At the systems that they are for, and then here: “Leaked?” on the page of each secret
          leads through it. Nothing that Coffer does makes a value unread.
        </Item>
      </ol>
      <p className="mt-2 text-muted">
        What stays is the root key, which neither replaces: who unwrapped it and can write to the
        database can forge rows, sessions and the record. The guide that comes with Coffer,{" "}
        <code className="mono">docs/keys.md</code>, has the whole of it under “The key leaked”.
      </p>
    </Section>
  );
}

function Item({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <li>
      <span className="font-strong [&_a]:underline">{title}.</span>{" "}
      <span className="text-muted">{children}</span>
    </li>
  );
}
