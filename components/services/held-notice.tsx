import { ButtonLink } from "../ui/button";
import { many } from "../ui/amount";
import { Notice } from "../ui/notice";

/** Where services that are held are decided about. */
export const HELD_SERVICES = "/settings/held-services";

/** On every page, for who can decide, until it is decided about every service that is held. */
export function HeldNotice({ held }: { held: number }) {
  if (held === 0) return null;
  return (
    <div className="mb-4">
      <Notice
        tone="soon"
        title={`${many(held, "service")} ${held === 1 ? "is" : "are"} held`}
        actions={<ButtonLink href={HELD_SERVICES}>Look at {held === 1 ? "it" : "them"}</ButtonLink>}
      >
        <p>Nothing resolves with {held === 1 ? "its" : "their"} tokens until an admin decides.</p>
      </Notice>
    </div>
  );
}
