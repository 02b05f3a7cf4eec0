import type { PersonInfo } from "../../lib/shapes";
import { Ago } from "../ui/clock";
import { Notice } from "../ui/notice";
import { Facts } from "../ui/page-header";
import { LastSignIn } from "./last-sign-in";
import { roleInWords } from "./roles";

interface PersonAboutProps {
  person: PersonInfo;
  /** When the page was made, in milliseconds. */
  now: number;
}

/** What is known of somebody, and what they may do. */
export function PersonAbout({ person, now }: PersonAboutProps) {
  const { email, role, twoStep, createdAt, state } = person;
  const facts = [
    { label: "E-mail", value: email },
    { label: "Second factor", value: twoStep ? "on" : "off" },
    { label: "Last sign-in", value: <LastSignIn person={person} now={now} /> },
    { label: "Added", value: <Ago at={createdAt} /> },
  ];
  return (
    <>
      {state === "tampered" ? (
        <div className="mb-4">
          <Notice title="Their row is not as Coffer wrote it" tone="danger">
            Something other than Coffer changed it in the database, so they are signed out and
            can&apos;t sign in. Remove them and invite them again, or restore the database from a
            backup.
          </Notice>
        </div>
      ) : null}
      <div className="rounded-md border">
        <p className="border-b px-4 py-3">
          <span className="font-strong">{role}</span>{" "}
          <span className="text-muted">{roleInWords(role)}</span>
        </p>
        <div className="px-4 py-3">
          <Facts facts={facts} />
        </div>
      </div>
    </>
  );
}
