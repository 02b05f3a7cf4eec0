import type { ReactNode } from "react";
import { Section } from "./page-header";

/** The end of a page: what breaks things. */
export function Danger({ children }: { children: ReactNode }) {
  return (
    <Section title="Danger">
      <div className="divide-y divide-danger-line rounded-md border border-danger-line">
        {children}
      </div>
    </Section>
  );
}

interface DangerRowProps {
  title: string;
  /** What it breaks, and whether it can be undone. */
  about: string;
  action: ReactNode;
}

export function DangerRow({ title, about, action }: DangerRowProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="font-strong">{title}</p>
        <p className="text-muted">{about}</p>
      </div>
      {action}
    </div>
  );
}
