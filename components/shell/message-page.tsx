import type { ReactNode } from "react";
import { ButtonLink } from "../ui/button";

interface MessageProps {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

/** A page that says one thing: what happened, what it means, what to do. */
export function Message({ title, children, actions }: MessageProps) {
  return (
    <div className="mx-auto flex max-w-[560px] flex-col items-start gap-3 px-4 py-16">
      <h1 className="text-title font-strong">{title}</h1>
      <div className="flex flex-col gap-2 text-muted">{children}</div>
      {actions ? <div className="mt-2 flex flex-wrap gap-2">{actions}</div> : null}
    </div>
  );
}

/** In place of a page that the caller's role does not include. */
export function Forbidden() {
  return (
    <Message
      title="This page is not yours to open"
      actions={<ButtonLink href="/">Go to the secrets</ButtonLink>}
    >
      <p>Your role does not include it. An admin can change your role.</p>
    </Message>
  );
}
