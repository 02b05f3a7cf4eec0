import type { PersonInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";

interface LastSignInProps {
  person: PersonInfo;
  /** When the page was made, in milliseconds. */
  now: number;
}

/** When somebody last signed in; for who is invited, what has become of the link instead. */
export function LastSignIn({ person, now }: LastSignInProps) {
  if (person.state === "tampered") return "remove, invite anew";
  if (person.lastSignInAt) return <Ago at={person.lastSignInAt} />;
  if (person.state !== "invited") return "not yet";
  if (!person.linkExpiresAt) return "no link";
  if (Date.parse(person.linkExpiresAt) <= now) return "link expired";
  return (
    <>
      link ends <Ago at={person.linkExpiresAt} />
    </>
  );
}
